import type { GitHubClient } from "./client";
import { isMarked, markedBody, WORKFLOW_USER } from "./texts";

type Issue = Awaited<ReturnType<GitHubClient["issues"]["listForRepo"]>>["data"][number];

/** What a drift check found. */
export interface DriftFinding {
  readonly environment: string;
  /** Whether anything was changed outside Terraform. */
  readonly drifted: boolean;
  /** Markdown for the issue; empty without drift. */
  readonly text: string;
  /** Address of the run that found it. @default the comments name no run */
  readonly run?: string;
}

/** What became of an environment's issue. `none`: no drift, and no open issue. */
export interface DriftIssue {
  readonly done: "created" | "updated" | "unchanged" | "reopened" | "closed" | "none";
  readonly url?: string;
}

/**
 * Brings the one drift issue of an environment in line with what was found. It is created at the first drift, its text
 * changes while the drift lasts, it is closed when the drift is over, and reopened at the next. Closing and reopening
 * leave a comment, which GitHub sends to the followers of the issue. Only an issue that the workflows opened is changed.
 *
 * @throws GitHubError
 */
export async function writeDriftIssue(client: GitHubClient, finding: DriftFinding): Promise<DriftIssue> {
  const { issues, repository } = client;
  const name = `drift ${finding.environment}`;
  const issue = await ownIssue(client, name);
  if (!finding.drifted && issue?.state !== "open") return { done: "none" };
  const body = markedBody(name, finding.text);
  if (!issue) {
    const title = `Drift in ${finding.environment}: something was changed outside Terraform`;
    const { data } = await issues.create({ ...repository, title, body });
    return { done: "created", url: data.html_url };
  }
  const of = { ...repository, issue_number: issue.number };
  const done = (what: DriftIssue["done"]) => ({ done: what, url: issue.html_url });
  if (!finding.drifted) {
    await issues.createComment({ ...of, body: `${finding.environment} is as Terraform has it again${from(finding)}.` });
    await issues.update({ ...of, state: "closed", state_reason: "completed" });
    return done("closed");
  }
  if (issue.state === "closed") {
    await issues.update({ ...of, state: "open", body });
    await issues.createComment({ ...of, body: `${finding.environment} has drifted again${from(finding)}.` });
    return done("reopened");
  }
  if (issue.body?.trim() === body.trim()) return done("unchanged");
  await issues.update({ ...of, body });
  return done("updated");
}

/** The open one, else the newest one. */
async function ownIssue({ issues, paginate, repository }: GitHubClient, name: string): Promise<Issue | undefined> {
  const all = await paginate(issues.listForRepo, {
    ...repository,
    state: "all",
    creator: WORKFLOW_USER,
    sort: "created",
    direction: "desc",
    per_page: 100,
  });
  const own = all.filter((issue) => !issue.pull_request && isMarked(issue.body, name));
  return own.find(({ state }) => state === "open") ?? own[0];
}

const from = ({ run }: DriftFinding) => (run ? ` ([the check](${run}))` : "");
