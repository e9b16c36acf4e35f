import type { GitHubClient } from "./client";
import { isMarked, markedBody, WORKFLOW_USER, withoutTimed } from "./texts";

/** What became of a comment. */
export interface StickyComment {
  readonly done: "created" | "updated" | "unchanged";
  readonly url: string;
}

/**
 * Writes the one comment of this name on a pull request: creates it, or changes its text. Only a comment that the
 * workflows wrote is changed, and no other with the same text. What is marked as timed is no reason to change it.
 *
 * @param number the pull request's.
 * @throws GitHubError
 */
export async function writeStickyComment(
  { issues, paginate, repository }: GitHubClient,
  number: number,
  name: string,
  text: string,
): Promise<StickyComment> {
  const body = markedBody(name, text);
  const pullRequest = { ...repository, issue_number: number };
  const comments = await paginate(issues.listComments, { ...pullRequest, per_page: 100 });
  const own = comments.find((comment) => comment.user?.login === WORKFLOW_USER && isMarked(comment.body, name));
  if (!own) {
    const { data } = await issues.createComment({ ...pullRequest, body });
    return { done: "created", url: data.html_url };
  }
  // GitHub may hand a text back without the line break at its end.
  const [then, now] = [own.body ?? "", body].map((one) => withoutTimed(one.replaceAll("\r\n", "\n")).trim());
  if (then === now) return { done: "unchanged", url: own.html_url };
  await issues.updateComment({ ...repository, comment_id: own.id, body });
  return { done: "updated", url: own.html_url };
}
