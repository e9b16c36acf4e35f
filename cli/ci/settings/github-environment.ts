import type { GitHubClient } from "../client";
import { type Answer, answerOf, judged, type Setting, type Verdict } from "./setting";

/** `can_admins_bypass` is in GitHub's answer, and not in its description of it. */
type GitHubEnvironment = Awaited<ReturnType<GitHubClient["repos"]["getEnvironment"]>>["data"] & {
  readonly can_admins_bypass?: boolean;
};

/** What a GitHub environment is to be. */
export interface WantedEnvironment {
  readonly name: string;
  /** The one branch whose jobs may run in it. */
  readonly branch: string;
  /** The ARN in its variable `METRONOME_ROLE_ARN`. */
  readonly roleArn: string;
  /** Whether it asks for an approval. */
  readonly approved: boolean;
  /** Whether the repository is private or internal, where required reviewers take a plan of GitHub's. */
  readonly privately: boolean;
}

const VARIABLE = "METRONOME_ROLE_ARN";

/** The settings of a GitHub environment. One that does not exist is one finding. */
export async function environmentSettings(
  { repos, actions, paginate, repository }: GitHubClient,
  wanted: WantedEnvironment,
): Promise<Setting[]> {
  const { name, branch, roleArn } = wanted;
  const of = { ...repository, environment_name: name };
  const answer: Answer<GitHubEnvironment> = await answerOf(repos.getEnvironment(of));
  const where = `Settings → Environments → ${name}`;
  const exists = judged(
    ["environment", name],
    answer,
    "Settings → Environments: create it before the first run. GitHub creates an environment that a workflow names by itself, without protection.",
    (value) => [value !== null, value ? "exists" : "does not exist"],
  );
  if (!("value" in answer) || answer.value === null) return [exists];
  const policies = await answerOf(
    paginate(repos.listDeploymentBranchPolicies, { ...of, per_page: 100 }).then((data) => ({ data })),
  );
  const variable = await answerOf(actions.getEnvironmentVariable({ ...of, name: VARIABLE }));
  return [
    exists,
    judged(
      ["deployment-branch", name],
      policies,
      `${where} → Deployment branches and tags: "Selected branches and tags", with the branch ${branch} alone.`,
      (value) => branchVerdict(answer.value?.deployment_branch_policy, value ?? [], branch),
    ),
    judged(
      ["role-variable", name],
      variable,
      `${where}: set the environment variable ${VARIABLE} to ${roleArn}.`,
      (value) => [value?.value === roleArn, value ? `${VARIABLE} is ${value.value}` : `no variable ${VARIABLE}`],
    ),
    ...(wanted.approved ? approvalSettings(answer, where, wanted) : []),
  ];
}

function branchVerdict(
  policy: GitHubEnvironment["deployment_branch_policy"],
  policies: readonly { readonly name?: string; readonly type?: "branch" | "tag" }[],
  branch: string,
): Verdict {
  if (!policy) return [false, "every branch and tag"];
  if (policy.protected_branches) return [false, "every protected branch"];
  const [only, ...others] = policies;
  return [
    only?.name === branch && only.type !== "tag" && others.length === 0,
    policies.map(({ name, type = "branch" }) => `${type} ${name}`).join(", ") || "no branch",
  ];
}

function approvalSettings(
  answer: Answer<GitHubEnvironment>,
  where: string,
  { name, privately }: WantedEnvironment,
): Setting[] {
  const reviewersOf = (value: GitHubEnvironment | null) =>
    value?.protection_rules?.find((rule) => rule.type === "required_reviewers");
  const enterprise = privately
    ? ' In a private repository they take GitHub Enterprise. Without it, delete "push" from deploy.yml, and run it by hand after the review.'
    : "";
  return [
    judged(["reviewers", name], answer, `${where}: add required reviewers.${enterprise}`, (value) => {
      const rule = reviewersOf(value);
      const count = (rule && "reviewers" in rule && rule.reviewers?.length) || 0;
      return [count > 0, count > 0 ? String(count) : "none"];
    }),
    judged(["self-review", name], answer, `${where}: choose "Prevent self-review".`, (value) => {
      const rule = reviewersOf(value);
      const prevented = rule !== undefined && "prevent_self_review" in rule && rule.prevent_self_review === true;
      return [prevented, prevented ? "prevented" : "allowed"];
    }),
    judged(
      ["admin-bypass", name],
      answer,
      `${where}: do not allow administrators to bypass the protection rules.`,
      (value) => [value?.can_admins_bypass === false, value?.can_admins_bypass === false ? "not allowed" : "allowed"],
    ),
  ];
}
