import type { GitHubClient } from "./client";
import { isMarked, markedBody, WORKFLOW_USER } from "./texts";

interface Comment {
  readonly id: number;
  readonly body: string | null;
  readonly html_url: string;
  readonly user: { readonly login: string } | null;
}

/** What became of a comment. */
export interface StickyComment {
  readonly done: "created" | "updated" | "unchanged";
  readonly url: string;
}

/**
 * Writes the one comment of this name on a pull request: creates it, or changes the text of the one that is there. A
 * comment by anyone but the workflows is never touched, whatever its text.
 *
 * @param number the pull request's.
 * @throws GitHubError
 */
export async function writeStickyComment(
  client: GitHubClient,
  number: number,
  name: string,
  text: string,
): Promise<StickyComment> {
  const body = markedBody(name, text);
  const comments = await client.list<Comment>(`/issues/${number}/comments`);
  const own = comments.find((comment) => comment.user?.login === WORKFLOW_USER && isMarked(comment.body, name));
  if (!own) {
    const created = await client.send<Comment>("POST", `/issues/${number}/comments`, { body });
    return { done: "created", url: created.html_url };
  }
  // GitHub may hand a text back without the line break at its end.
  if (own.body?.trim() === body.trim()) return { done: "unchanged", url: own.html_url };
  await client.send<Comment>("PATCH", `/issues/comments/${own.id}`, { body });
  return { done: "updated", url: own.html_url };
}
