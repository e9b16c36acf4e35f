import { retry } from "@octokit/plugin-retry";
import { Octokit } from "@octokit/rest";

/** Variables of a process. */
type Variables = Readonly<Record<string, string | undefined>>;

/** GitHub's REST API for one repository. Every request throws a {@link GitHubError} if it fails. */
export interface GitHubClient {
  readonly actions: Octokit["rest"]["actions"];
  readonly issues: Octokit["rest"]["issues"];
  readonly pulls: Octokit["rest"]["pulls"];
  readonly repos: Octokit["rest"]["repos"];
  /** A request by its route, for those that have no method. */
  readonly request: Octokit["request"];
  readonly paginate: Octokit["paginate"];
  /** The parameters that name the repository. */
  readonly repository: { readonly owner: string; readonly repo: string };
}

/** A request that GitHub refused or did not answer. The message names the request, the answer and the remedy. */
export class GitHubError extends Error {
  override readonly name = "GitHubError";

  /** @param status of GitHub's answer; undefined without an answer. */
  constructor(
    message: string,
    readonly status?: number,
  ) {
    super(message);
  }
}

const RETRIES = 2;
const ANSWER_WITHIN_MS = 30_000;

/** What a status most likely means in a workflow, and what to do. */
const REMEDIES: Readonly<Record<number, string>> = {
  401: "GITHUB_TOKEN is not valid: give the step the `github.token` in its `env`.",
  403: "the job's token may not do that: give the job the permission (docs/ci.md lists them). If it is the rate limit, wait.",
  404: "it does not exist, or the job's token may not see it: give the job the permission (docs/ci.md lists them).",
};

const ignore = () => undefined;
const RetryingOctokit = Octokit.plugin(retry);

/**
 * A client for the repository that a workflow runs in. It makes a reading request again after a short failure, and never
 * a change.
 *
 * @param env the variables that GitHub's runners set, and GITHUB_TOKEN.
 * @param pauseMs pause before the first retry; the second one is four times as long.
 * @throws Error if a variable is missing.
 */
export function githubClient(env: Variables, pauseMs = 1_000): GitHubClient {
  const apiUrl = required(env, "GITHUB_API_URL").replace(/\/+$/, "");
  const [owner = "", repo = ""] = required(env, "GITHUB_REPOSITORY").split("/");
  const octokit = new RetryingOctokit({
    baseUrl: apiUrl,
    auth: required(env, "GITHUB_TOKEN"),
    retry: { retries: RETRIES, retryAfterBaseValue: pauseMs },
    // An error is reported once, by the command that ends with it.
    log: { debug: ignore, info: ignore, warn: console.warn, error: ignore },
    request: {
      fetch: (url: string, init: RequestInit) => fetch(url, { ...init, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }),
    },
  });
  octokit.hook.before("request", (options) => {
    options.headers["x-github-api-version"] = "2022-11-28";
    if (options.method !== "GET") options.request = { ...options.request, retries: 0 };
    // The address of a next page comes from the answer; the token goes to the API alone.
    if (new URL(options.url, `${apiUrl}/`).origin !== new URL(apiUrl).origin) {
      throw new GitHubError(`${options.url} is not an address of ${apiUrl}.`);
    }
  });
  octokit.hook.error("request", (error) => {
    if (!("request" in error)) throw error;
    const { status, response, message, request } = error;
    const said = response
      ? `GitHub says ${status}, ${JSON.stringify(message.slice(0, 200))}`
      : `no answer from GitHub (${message})`;
    const remedy =
      (response && REMEDIES[status]) || "run the job again; if it fails again, see GitHub's REST reference.";
    const text = `${request.method} ${new URL(request.url).pathname}: ${said}: ${remedy}`;
    throw new GitHubError(text, response ? status : undefined);
  });
  const { actions, issues, pulls, repos } = octokit.rest;
  const { request, paginate } = octokit;
  return { actions, issues, pulls, repos, request, paginate, repository: { owner, repo } };
}

function required(env: Variables, name: string): string {
  const value = env[name];
  if (value) return value;
  const remedy =
    name === "GITHUB_TOKEN" ? "Give the step the `github.token` in its `env`." : "GitHub's runners set it.";
  throw new Error(`${name} is not set: this command is for GitHub workflows. ${remedy}`);
}

/** The address of this run, for people; undefined outside a workflow. */
export function runUrl(env: Variables): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  return server && repository && run ? `${server}/${repository}/actions/runs/${run}` : undefined;
}
