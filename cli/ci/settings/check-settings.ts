import { existsSync } from "node:fs";
import { relative } from "node:path";
import type { Environment } from "../../../config/environment";
import type { GithubAccess } from "../../../constructs/access/github-trust";
import { globalArn } from "../../../constructs/arn";
import { ciName, stackId } from "../../../constructs/naming";
import { PROJECT_DIR } from "../../../host/work-dir";
import { columns } from "../../lib/table";
import { visibleLine } from "../../lib/visible";
import { committedLock } from "../../terraform/provider-locks";
import { type GitHubClient, githubClient } from "../client";
import { branchSettings } from "./branch";
import { environmentSettings } from "./github-environment";
import { accessSettings, administeredRepository, repositorySettings } from "./repository";
import { judged, type Setting } from "./setting";

/** GitHub's API; GITHUB_API_URL names another one. */
const API_URL = "https://api.github.com";

/** An environment that GitHub's workflows plan and deploy. */
export type CiEnvironment = Pick<Environment, "environment" | "account" | "region"> & { readonly ci: GithubAccess };

/** The environments with `ci`, by their repository. */
export function byRepository(environments: readonly Environment[]): Map<string, CiEnvironment[]> {
  const all = environments.flatMap(({ environment, account, region, ci }) =>
    ci ? [{ environment, account, region, ci }] : [],
  );
  const groups = new Map<string, CiEnvironment[]>();
  for (const one of all) groups.set(one.ci.repository, [...(groups.get(one.ci.repository) ?? []), one]);
  return groups;
}

/**
 * Looks at all of GitHub's settings that the workflows of one repository rely on.
 *
 * @param environments those of this repository.
 * @throws Error if the token does not administer the repository. GitHubError
 */
export async function checkSettings(client: GitHubClient, environments: readonly CiEnvironment[]): Promise<Setting[]> {
  const found = await administeredRepository(client);
  const settings = [
    ...(await repositorySettings(client, found)),
    ...(await branchSettings(client, found.default_branch)),
  ];
  for (const { environment, account, region, ci } of environments) {
    settings.push(...accessSettings(environment, ci, found));
    for (const role of ["plan", "deploy"] as const) {
      const wanted = {
        name: role === "plan" ? `${environment}-plan` : environment,
        branch: found.default_branch,
        roleArn: globalArn("iam", region, account, `role/${ciName(environment, role)}`),
        approved: role === "deploy",
        privately: found.private,
      };
      settings.push(...(await environmentSettings(client, wanted)));
    }
  }
  return settings;
}

/**
 * Looks at all settings that the environments with `ci` rely on, and at their committed lock files.
 *
 * @param env the caller's variables. GITHUB_TOKEN is the token of an administrator of the repositories.
 * @throws Error if no environment has `ci`, or the token is missing. What `checkSettings` throws
 */
export async function checkConfigured(
  environments: Readonly<Record<string, Environment>>,
  env: NodeJS.ProcessEnv,
): Promise<Setting[]> {
  const groups = byRepository(Object.values(environments));
  if (groups.size === 0) {
    throw new Error(
      "No environment has `ci` in config/environments.ts, so the workflows rely on no setting of GitHub's.",
    );
  }
  if (!env.GITHUB_TOKEN) {
    throw new Error(
      "GITHUB_TOKEN is not set, and GitHub shows settings to administrators alone. Run: GITHUB_TOKEN=$(gh auth token) npx metronome ci check",
    );
  }
  const settings: Setting[] = [];
  for (const [repository, own] of groups) {
    const client = githubClient({ GITHUB_API_URL: API_URL, ...env, GITHUB_REPOSITORY: repository });
    settings.push(
      ...(await checkSettings(client, own)),
      ...own.map(({ environment }) => lockSetting(environment, env)),
    );
  }
  return settings;
}

function lockSetting(environment: string, env: NodeJS.ProcessEnv): Setting {
  const file = committedLock(stackId(environment), env);
  const remedy = `Run npx metronome lock ${environment}, and commit the file. Without it the workflows plan and deploy nothing.`;
  return judged(["provider-lock", environment], { value: existsSync(file) }, remedy, (exists) => [
    exists === true,
    `${relative(PROJECT_DIR, file)} ${exists ? "exists" : "does not exist"}`,
  ]);
}

/** The settings as lines, each with its remedy below. */
export function renderSettings(settings: readonly Setting[]): string {
  const mark = { ok: "✓", missing: "✗", unknown: "?" } as const;
  return columns(
    settings.flatMap(({ id, of, state, found, remedy }) => [
      [`${mark[state]} ${id}`, of, visibleLine(found)],
      ...(remedy ? [["", "", `→ ${remedy}`]] : []),
    ]),
  );
}
