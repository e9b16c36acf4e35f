import { GitHubError } from "../client";

/** What the workflows rely on outside of the code, by the id under which docs/ci.md explains it. */
export const SETTINGS = [
  "repository-ids",
  "default-branch",
  "workflow-token",
  "fork-workflows",
  "oidc-subject",
  "approval",
  "stale-approvals",
  "required-checks",
  "up-to-date",
  "force-push",
  "branch-bypass",
  "environment",
  "deployment-branch",
  "role-variable",
  "reviewers",
  "self-review",
  "admin-bypass",
  "provider-lock",
] as const;

/** One setting of a repository, as it was found. */
export interface Setting {
  readonly id: (typeof SETTINGS)[number];
  /** What has the setting: the repository, its default branch, a GitHub environment, or an environment. */
  readonly of: string;
  /** `unknown` if GitHub does not show it. */
  readonly state: "ok" | "missing" | "unknown";
  readonly found: string;
  /** What to do; `null` if nothing is to be done. */
  readonly remedy: string | null;
}

/** What GitHub answered. */
export type Answer<T> =
  /** `null` for 404: it does not exist. */
  | { readonly value: T | null }
  /** The message of a 403: the token, or the owner's plan, does not allow the request. */
  | { readonly refused: string };

/** Waits for an answer of GitHub's. @throws GitHubError if the request fails otherwise than with 403 or 404 */
export async function answerOf<T>(request: Promise<{ readonly data: T }>): Promise<Answer<T>> {
  try {
    return { value: (await request).data };
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    if (error.status === 404) return { value: null };
    if (error.status === 403) return { refused: error.message };
    throw error;
  }
}

/** What was found, and whether it is right. */
export type Verdict = readonly [right: boolean, found: string];

/**
 * Judges a setting by GitHub's answer.
 *
 * @param remedy what to do if the setting is not right, or not shown.
 * @param judge gets `null` if what has the setting does not exist.
 */
export function judged<T>(
  [id, of]: readonly [Setting["id"], string],
  answer: Answer<T>,
  remedy: string,
  judge: (value: T | null) => Verdict,
): Setting {
  if ("refused" in answer) return { id, of, state: "unknown", found: answer.refused, remedy };
  const [right, found] = judge(answer.value);
  return { id, of, state: right ? "ok" : "missing", found, remedy: right ? null : remedy };
}
