import type { GitHubClient } from "./client";

type Run = Awaited<ReturnType<GitHubClient["actions"]["getWorkflowRun"]>>["data"];
type PullRequest = Awaited<ReturnType<GitHubClient["pulls"]["list"]>>["data"][number];

/** The workflow that synthesizes a pull request without credentials. */
export const SYNTH_WORKFLOW = ".github/workflows/synth.yml";

const DEPENDABOT = "dependabot[bot]";

/** The pull request that a run of {@link SYNTH_WORKFLOW} was of. */
export interface SynthesizedPullRequest {
  readonly number: number;
  /** Its head, which the run synthesized. */
  readonly commit: string;
  /** Why it is not planned with credentials; `null` if it is. */
  readonly unplanned: string | null;
}

/**
 * Finds the pull request that a run of the workflow `synth` was of, for a job on the default branch. The run itself names
 * none that could be trusted: its artifacts are the branch's own, and GitHub leaves out `pull_requests` for forks and for
 * closed ones. So it is the open pull request into the default branch whose head is the run's, branch and commit.
 *
 * The workflow file of a pull request is that of its merge with its base. If another pull request of this head goes into
 * another branch, the run may be that one's, by another branch's file. So such a head is refused, also after the other
 * pull request was closed.
 *
 * @throws Error if no pull request, or more than the one, can be meant. GitHubError
 */
export async function pullRequestOf(client: GitHubClient, runId: number): Promise<SynthesizedPullRequest> {
  const { actions, repos, pulls, paginate, repository } = client;
  const { data: run } = await actions.getWorkflowRun({ ...repository, run_id: runId });
  checkRun(run);
  const { data: own } = await repos.get(repository);
  const head = `${run.head_repository.owner.login}:${run.head_branch}`;
  const all = await paginate(pulls.list, { ...repository, state: "all", head, per_page: 100 });
  // GitHub lists all if it cannot read `head`, so each is compared again.
  const same = all.filter(
    ({ head }) => head.sha === run.head_sha && head.ref === run.head_branch && head.repo?.id === run.head_repository.id,
  );
  const others = same.filter(({ base }) => base.ref !== own.default_branch);
  if (others.length > 0) {
    throw new Error(
      `Run ${runId} is not planned: its commit ${run.head_sha} is also the head of ${others.map(named).join(", ")}, so the run may be of another branch's workflow file. Push a new commit to ${head}.`,
    );
  }
  const open = same.filter(({ state }) => state === "open");
  const [only] = open;
  if (!only) {
    throw new Error(
      `Run ${runId} is not planned: no open pull request into ${own.default_branch} has its commit ${run.head_sha} as head. If the branch was pushed to since, the newer run is planned; else reopen the pull request, or push a new commit.`,
    );
  }
  if (open.length > 1) {
    throw new Error(
      `Run ${runId} is not planned: its commit ${run.head_sha} is the head of ${open.map(named).join(", ")}. Close all but one.`,
    );
  }
  return { number: only.number, commit: run.head_sha, unplanned: whyUnplanned(only, run, own.id) };
}

/** GitHub starts workflows by the name that the finished one gives itself, and any file can give itself any name. */
function checkRun({ id, path, event, status, conclusion }: Run): void {
  // Of a run of a reusable workflow the path ends with its ref.
  const file = path.split("@")[0];
  if (file === SYNTH_WORKFLOW && event === "pull_request" && status === "completed" && conclusion === "success") return;
  throw new Error(
    `Run ${id} is not planned: it is a run of ${file} on ${event}, ${conclusion ?? status}, and not a successful run of ${SYNTH_WORKFLOW} on pull_request.`,
  );
}

/** Forks get no credentials. Neither does Dependabot: its branches are in this repository, its changes are of others. */
function whyUnplanned({ user }: PullRequest, { head_repository, actor }: Run, ownId: number): string | null {
  if (head_repository.id !== ownId) return "a fork's changes are not planned with credentials";
  const authors = [user?.login, actor?.login];
  return authors.includes(DEPENDABOT) ? "Dependabot's changes are not planned with credentials" : null;
}

const named = ({ number, base, state }: PullRequest) => `#${number} into ${base.ref} (${state})`;
