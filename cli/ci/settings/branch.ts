import type { GitHubClient } from "../client";
import { type Answer, answerOf, judged, type Setting, type Verdict } from "./setting";

type Protection = Awaited<ReturnType<GitHubClient["repos"]["getBranchProtection"]>>["data"];
type Rule = Awaited<ReturnType<GitHubClient["repos"]["getBranchRules"]>>["data"][number];
type Ruleset = Awaited<ReturnType<GitHubClient["repos"]["getRepoRuleset"]>>["data"];

/** The checks that a pull request needs: the job of ci.yml, and the status that plan.yml sets. */
export const REQUIRED_CHECKS = ["npm test", "plan"] as const;

/** What protects a branch: GitHub has branch protection and rulesets, which add up. */
interface Protected {
  readonly protection: Protection | null;
  readonly rules: readonly Rule[];
  /** The rulesets that demand a pull request, and the ids of those that GitHub does not show. */
  readonly rulesets: readonly Ruleset[];
}

/** The settings that protect the default branch. */
export async function branchSettings(client: GitHubClient, branch: string): Promise<Setting[]> {
  const answer = await protectionOf(client, branch);
  const where = `Settings → Rules → Rulesets, or Settings → Branches, for ${branch}`;
  const setting = (id: Setting["id"], remedy: string, judge: (found: Protected) => Verdict) =>
    judged([id, branch], answer, `${where}: ${remedy}`, (value) => judge(value as Protected));
  return [
    setting("approval", "require a pull request with 1 approval or more.", ({ protection, rules }) => {
      const counts = [
        protection?.required_pull_request_reviews?.required_approving_review_count,
        ...pullRequestRules(rules).map((one) => one.required_approving_review_count),
      ];
      const most = Math.max(0, ...counts.map((count) => count ?? 0));
      return [most >= 1, `${most} required`];
    }),
    setting("stale-approvals", "dismiss approvals when new commits are pushed.", ({ protection, rules }) =>
      yesOrNo(
        protection?.required_pull_request_reviews?.dismiss_stale_reviews === true ||
          pullRequestRules(rules).some((one) => one.dismiss_stale_reviews_on_push),
        ["dismissed", "kept"],
      ),
    ),
    setting("required-checks", `require the status checks ${quoted(REQUIRED_CHECKS)}.`, (found) => {
      const checks = requiredChecks(found);
      const missing = REQUIRED_CHECKS.filter((name) => !checks.includes(name));
      return [missing.length === 0, checks.length > 0 ? `required: ${quoted(checks)}` : "none required"];
    }),
    setting("up-to-date", "require branches to be up to date before they are merged.", ({ protection, rules }) =>
      yesOrNo(
        protection?.required_status_checks?.strict === true ||
          checkRules(rules).some((one) => one.strict_required_status_checks_policy),
        ["required", "not required"],
      ),
    ),
    setting("force-push", "block force pushes.", ({ protection, rules }) =>
      yesOrNo(
        (protection !== null && protection.allow_force_pushes?.enabled !== true) ||
          rules.some(({ type }) => type === "non_fast_forward"),
        ["blocked", "allowed"],
      ),
    ),
    setting(
      "branch-bypass",
      "let nobody bypass the pull request: no bypass list, and no exception for administrators.",
      bypass,
    ),
  ];
}

async function protectionOf({ repos, paginate, repository }: GitHubClient, branch: string): Promise<Answer<Protected>> {
  const [protection, rules] = await Promise.all([
    answerOf(repos.getBranchProtection({ ...repository, branch })),
    answerOf(paginate(repos.getBranchRules, { ...repository, branch, per_page: 100 }).then((data) => ({ data }))),
  ]);
  if ("refused" in protection) return protection;
  if ("refused" in rules) return rules;
  const active = rules.value ?? [];
  const ids = new Set(active.flatMap((rule) => (rule.type === "pull_request" ? (rule.ruleset_id ?? []) : [])));
  const rulesets: Ruleset[] = [];
  for (const ruleset_id of ids) {
    const ruleset = await answerOf(repos.getRepoRuleset({ ...repository, ruleset_id, includes_parents: true }));
    if ("refused" in ruleset) return ruleset;
    if (ruleset.value) rulesets.push(ruleset.value);
  }
  return { value: { protection: protection.value, rules: active, rulesets } };
}

/** One demand of a pull request that nobody can pass by is enough. */
function bypass({ protection, rulesets }: Protected): Verdict {
  const byProtection = protection?.required_pull_request_reviews !== undefined;
  const firm =
    rulesets.some(({ bypass_actors }) => bypass_actors?.length === 0) ||
    (byProtection && protection?.enforce_admins?.enabled === true);
  if (firm) return [true, "nobody"];
  if (!byProtection && rulesets.length === 0) return [false, "everybody: no pull request is required"];
  const lists = rulesets.map(({ name, bypass_actors }) =>
    bypass_actors ? `${bypass_actors.length} on the list of ${name}` : `the list of ${name} is not shown to this token`,
  );
  return [false, [...lists, ...(byProtection ? ["administrators"] : [])].join(", ")];
}

function requiredChecks({ protection, rules }: Protected): string[] {
  const checks = protection?.required_status_checks;
  const byProtection = [...(checks?.contexts ?? []), ...(checks?.checks ?? []).map(({ context }) => context)];
  const byRules = checkRules(rules).flatMap((one) => one.required_status_checks.map(({ context }) => context));
  return [...new Set([...byProtection, ...byRules])];
}

const pullRequestRules = (rules: readonly Rule[]) =>
  rules.flatMap((rule) => (rule.type === "pull_request" && rule.parameters ? [rule.parameters] : []));

const checkRules = (rules: readonly Rule[]) =>
  rules.flatMap((rule) => (rule.type === "required_status_checks" && rule.parameters ? [rule.parameters] : []));

const quoted = (names: readonly string[]) => names.map((name) => JSON.stringify(name)).join(", ");

const yesOrNo = (right: boolean, [yes, no]: readonly [string, string]): Verdict => [right, right ? yes : no];
