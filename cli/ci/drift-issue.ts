import type { GitHubClient } from "./client";
import { isMarked, markedBody, WORKFLOW_USER } from "./texts";

interface Issue {
  readonly number: number;
  readonly body: string | null;
  readonly html_url: string;
  readonly state: "open" | "closed";
  /** There where the issue is a pull request. */
  readonly pull_request?: unknown;
}

/** What a drift check found. */
export interface DriftFinding {
  readonly environment: string;
  /** Whether anything was changed outside Terraform. */
  readonly drifted: boolean;
  /** Markdown for the issue; read only where it drifted. */
  readonly text: string;
  /** The run that found it. @default none is named */
  readonly run?: string;
}

/** What became of an environment's issue. `none`: there is no drift, and no issue is open. */
export interface DriftIssue {
  readonly done: "created" | "updated" | "unchanged" | "reopened" | "closed" | "none";
  readonly url?: string;
}

/**
 * Brings the one drift issue of an environment in line with what was found: created at the first drift, its text
 * changed while that lasts, closed when it is over, and reopened at the next. Closing and reopening leave a comment, so
 * that who follows the issue is told. Only an issue that the workflows opened is ever taken for it.
 *
 * @throws GitHubError
 */
export async function writeDriftIssue(client: GitHubClient, finding: DriftFinding): Promise<DriftIssue> {
  const name = `drift ${finding.environment}`;
  const issue = await ownIssue(client, name);
  if (!finding.drifted) return issue?.state === "open" ? close(client, issue, finding) : { done: "none" };
  const body = markedBody(name, finding.text);
  if (!issue) {
    const title = `Drift in ${finding.environment}: something was changed outside Terraform`;
    const created = await client.send<Issue>("POST", "/issues", { title, body });
    return { done: "created", url: created.html_url };
  }
  if (issue.state === "closed") {
    await client.send("PATCH", `/issues/${issue.number}`, { state: "open", body });
    await comment(client, issue, `${finding.environment} has drifted again${from(finding)}.`);
    return { done: "reopened", url: issue.html_url };
  }
  if (issue.body?.trim() === body.trim()) return { done: "unchanged", url: issue.html_url };
  await client.send("PATCH", `/issues/${issue.number}`, { body });
  return { done: "updated", url: issue.html_url };
}

/** The newest one, and an open one first, should there be several. */
async function ownIssue(client: GitHubClient, name: string): Promise<Issue | undefined> {
  const query = new URLSearchParams({ state: "all", creator: WORKFLOW_USER, sort: "created", direction: "desc" });
  const issues = await client.list<Issue>(`/issues?${query}`);
  const own = issues.filter((issue) => !issue.pull_request && isMarked(issue.body, name));
  return own.find(({ state }) => state === "open") ?? own[0];
}

async function close(client: GitHubClient, issue: Issue, finding: DriftFinding): Promise<DriftIssue> {
  await comment(client, issue, `${finding.environment} is as Terraform has it again${from(finding)}.`);
  await client.send("PATCH", `/issues/${issue.number}`, { state: "closed", state_reason: "completed" });
  return { done: "closed", url: issue.html_url };
}

const comment = (client: GitHubClient, issue: Issue, body: string) =>
  client.send("POST", `/issues/${issue.number}/comments`, { body });

const from = ({ run }: DriftFinding) => (run ? ` ([the check](${run}))` : "");
