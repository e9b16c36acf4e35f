import type { GitHubClient } from "./client";

interface PullRequest {
  readonly number: number;
  readonly merged_at: string | null;
  readonly merge_commit_sha: string | null;
  /** The branch that was merged; its repository is null where that is gone. */
  readonly head: { readonly sha: string; readonly ref: string; readonly repo: { readonly full_name: string } | null };
  readonly base: { readonly ref: string };
}

interface Run {
  readonly id: number;
  readonly head_sha: string;
  readonly event: string;
  readonly conclusion: string | null;
  readonly run_started_at: string;
  /** The repository that the run's commit came from: a fork's, for a fork. Null where that is gone. */
  readonly head_repository: { readonly full_name: string } | null;
  readonly head_branch: string | null;
  /** The open pull requests of the run's commit: empty once they are merged or closed. */
  readonly pull_requests?: readonly { readonly number: number }[];
}

interface Artifact {
  readonly id: number;
  readonly name: string;
  readonly expired: boolean;
  readonly created_at: string;
}

/** The workflow whose runs make plans. */
const PLAN_WORKFLOW = "plan.yml";

/** Names of a plan's artifacts: what reviewers read, and what a deploy applies, sealed; the latter only of changes. */
export const reviewArtifact = (environment: string) => `review-${environment}`;
export const sealedArtifact = (environment: string) => `sealed-plan-${environment}`;

/** An environment whose plan is looked for; further fields, such as its region, are handed on. */
export interface Target {
  readonly environment: string;
}

/** An environment's reviewed plan: where it lies, or why there is none to apply. */
export type FoundBundle<T extends Target = Target> =
  | (T & { readonly run: number; readonly artifact: number })
  | (T & { readonly unchanged: true })
  | (T & { readonly missing: string });

/**
 * The run that made the plans which were reviewed with a commit of the default branch: the newest successful one of the
 * plan workflow for the last commit of the pull request that was merged as this commit into that branch.
 *
 * @param commit the full hash of a commit on the default branch.
 * @returns the run's id, or why there is none.
 * @throws GitHubError
 */
export async function reviewedRun(
  client: GitHubClient,
  repository: string,
  commit: string,
): Promise<{ readonly run: number } | { readonly missing: string }> {
  const { default_branch: main } = await client.get<{ default_branch: string }>("");
  const pulls = await client.list<PullRequest>(`/commits/${commit}/pulls`);
  // A pull request into another branch was planned, if at all, with code that nobody had reviewed.
  const pull = pulls.find(
    ({ merged_at, merge_commit_sha, base }) => merged_at !== null && merge_commit_sha === commit && base.ref === main,
  );
  if (!pull) return { missing: `no pull request was merged into ${main} as ${short(commit)}` };
  if (pull.head.repo?.full_name !== repository) return { missing: `#${pull.number} came from a fork, and has no plan` };
  const query = new URLSearchParams({ event: "pull_request", head_sha: pull.head.sha });
  const runs = await client.list<Run>(`/actions/workflows/${PLAN_WORKFLOW}/runs?${query}`, "workflow_runs");
  const [newest] = runs
    .filter((run) => run.event === "pull_request" && run.conclusion === "success" && isOf(run, pull, repository))
    .sort((one, other) => Date.parse(other.run_started_at) - Date.parse(one.run_started_at));
  return newest
    ? { run: newest.id }
    : { missing: `no successful plan of #${pull.number} for its last commit, ${short(pull.head.sha)}` };
}

/** Whether a run is of this pull request, by its commit and branch, and by its number where GitHub still says that. */
function isOf(run: Run, { number, head }: PullRequest, repository: string): boolean {
  const numbers = run.pull_requests ?? [];
  return (
    run.head_sha === head.sha &&
    run.head_branch === head.ref &&
    run.head_repository?.full_name === repository &&
    (numbers.length === 0 || numbers.some((one) => one.number === number))
  );
}

/**
 * The plans of a run, of each of these environments.
 *
 * @throws GitHubError
 */
export async function bundlesOfRun<T extends Target>(
  client: GitHubClient,
  run: number,
  targets: readonly T[],
): Promise<FoundBundle<T>[]> {
  const artifacts = await client.list<Artifact>(`/actions/runs/${run}/artifacts`, "artifacts");
  const newest = (name: string) =>
    artifacts
      .filter((artifact) => artifact.name === name)
      .sort((one, other) => Date.parse(other.created_at) - Date.parse(one.created_at))[0];
  return targets.map((target): FoundBundle<T> => {
    const { environment } = target;
    const sealed = newest(sealedArtifact(environment));
    if (sealed?.expired) return { ...target, missing: `its plan in run ${run} has expired` };
    if (sealed) return { ...target, run, artifact: sealed.id };
    return newest(reviewArtifact(environment))
      ? { ...target, unchanged: true }
      : { ...target, missing: `run ${run} made no plan of it` };
  });
}

/** What was found, for the job's summary. */
export function describeBundles(bundles: readonly FoundBundle[]): string {
  const rows = bundles.map((bundle) => {
    if ("unchanged" in bundle) return `| ${bundle.environment} | no changes, nothing to deploy |`;
    if ("artifact" in bundle) return `| ${bundle.environment} | the reviewed plan of run ${bundle.run} is applied |`;
    return `| ${bundle.environment} | **not deployed**: ${bundle.missing}. Plan again: run this workflow by hand with \`environment: ${bundle.environment}\`, and approve the plan it shows. |`;
  });
  return ["| environment | what happens |", "|---|---|", ...rows].join("\n");
}

const short = (sha: string) => sha.slice(0, 12);
