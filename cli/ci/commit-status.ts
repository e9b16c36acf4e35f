import type { GitHubClient } from "./client";

/** GitHub's limit of a status's description, in characters. */
const LONGEST_DESCRIPTION = 140;

/** A commit's status, which a branch's protection can demand by its name. */
export interface CommitStatus {
  /** The commit's whole hash. */
  readonly commit: string;
  /** The status's name, such as `plan`. */
  readonly context: string;
  readonly state: "success" | "failure";
  /** One sentence beside the name. */
  readonly description: string;
  /** Address of the run. @default the status has no link */
  readonly run?: string;
}

/**
 * Sets a status of a commit. A run that another workflow has started stands at no pull request, so this is how its
 * result gets there.
 *
 * @throws GitHubError
 */
export async function writeCommitStatus({ repos, repository }: GitHubClient, status: CommitStatus): Promise<void> {
  const { commit: sha, context, state, description, run } = status;
  const text = description.slice(0, LONGEST_DESCRIPTION);
  await repos.createCommitStatus({ ...repository, sha, context, state, description: text, target_url: run });
}
