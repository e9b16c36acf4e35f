import { GitHubClient } from "./client";

/** Variables of a process. */
type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The client for the repository that a workflow runs in, from the variables that GitHub's runners set, and GITHUB_TOKEN.
 *
 * @throws Error where one is missing.
 */
export function clientFrom(env: Variables): GitHubClient {
  return new GitHubClient({
    apiUrl: required(env, "GITHUB_API_URL").replace(/\/+$/, ""),
    repository: required(env, "GITHUB_REPOSITORY"),
    token: required(env, "GITHUB_TOKEN"),
  });
}

/** A variable that a workflow must have. @throws Error where it is missing or empty. */
export function required(env: Variables, name: string): string {
  const value = env[name];
  if (value) return value;
  const remedy =
    name === "GITHUB_TOKEN" ? "Give the step the `github.token` in its `env`." : "GitHub's runners set it.";
  throw new Error(`${name} is not set: this command is for GitHub workflows. ${remedy}`);
}

/** The address of this run, for people; undefined outside of a workflow. */
export function runUrl(env: Variables): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  return server && repository && run ? `${server}/${repository}/actions/runs/${run}` : undefined;
}
