import { checkSettings, renderSettings } from "../../../../cli/ci/settings/check-settings";
import { FakeGitHub } from "../fake-github";
import { answering, branchProtection, type GitHubSettings, OWNER, rightSettings } from "./github-settings";

const ci = { repository: "octo/clock", ownerId: "1", repositoryId: "5678", branch: "main" };
const PROD = { environment: "prod", account: "222222222222", region: "eu-central-1", ci };

let settings: GitHubSettings;
let github: FakeGitHub;
beforeEach(async () => {
  settings = rightSettings();
  github = await new FakeGitHub((request) => answering(settings)(request)).start();
});
afterEach(() => github.stop());

const check = () => checkSettings(github.client, [PROD]);
const wrong = async () =>
  (await check()).filter(({ state }) => state !== "ok").map(({ id, of, state, found }) => [id, of, state, found]);

/** Changes a part of an answer, as deep as the names go. */
function change(path: string, fields: Record<string, unknown>): void {
  settings[path] = { ...(settings[path] as object), ...fields };
}

function changeRule(type: string, fields: Record<string, unknown>): void {
  settings["/rules/branches/main"] = (settings["/rules/branches/main"] as { type: string; parameters?: object }[]).map(
    (rule) => (rule.type === type ? { ...rule, parameters: { ...rule.parameters, ...fields } } : rule),
  );
}

const without = (type: string) => {
  const rules = settings["/rules/branches/main"] as { type: string }[];
  settings["/rules/branches/main"] = rules.filter((rule) => rule.type !== type);
};

test("settings as docs/ci.md has them are right, and nothing is changed", async () => {
  await expect(wrong()).resolves.toEqual([]);
  expect(github.changes).toEqual([]);
});

test("the same by branch protection in place of a ruleset", async () => {
  settings["/rules/branches/main"] = [];
  settings["/branches/main/protection"] = branchProtection();
  await expect(wrong()).resolves.toEqual([]);
});

const cases: readonly (readonly [what: string, id: string, of: string, found: string, change: () => void])[] = [
  ["another repository of this name", "repository-ids", "prod", "owner 1, repository 9", () => change("", { id: 9 })],
  [
    "another owner",
    "repository-ids",
    "prod",
    "owner 9, repository 5678",
    () => change("", { owner: { ...OWNER, id: 9 } }),
  ],
  [
    "tokens that may write",
    "workflow-token",
    "octo/clock",
    "write",
    () => change("/actions/permissions/workflow", { default_workflow_permissions: "write" }),
  ],
  [
    "workflows that may approve",
    "workflow-token",
    "octo/clock",
    "read, may approve pull requests",
    () => change("/actions/permissions/workflow", { can_approve_pull_request_reviews: true }),
  ],
  [
    "forks that start workflows",
    "fork-workflows",
    "octo/clock",
    "approval for first_time_contributors",
    () => change("/actions/permissions/fork-pr-contributor-approval", { approval_policy: "first_time_contributors" }),
  ],
  [
    "a subject of its own",
    "oidc-subject",
    "octo/clock",
    "customized",
    () => change("/actions/oidc/customization/sub", { use_default: false, include_claim_keys: ["repo"] }),
  ],
  [
    "no approval",
    "approval",
    "main",
    "0 required",
    () => changeRule("pull_request", { required_approving_review_count: 0 }),
  ],
  [
    "approvals that stay",
    "stale-approvals",
    "main",
    "kept",
    () => changeRule("pull_request", { dismiss_stale_reviews_on_push: false }),
  ],
  [
    "a check that is not required",
    "required-checks",
    "main",
    'required: "npm test"',
    () => changeRule("required_status_checks", { required_status_checks: [{ context: "npm test" }] }),
  ],
  [
    "no check",
    "required-checks",
    "main",
    "none required",
    () => changeRule("required_status_checks", { required_status_checks: [] }),
  ],
  [
    "branches that are behind",
    "up-to-date",
    "main",
    "not required",
    () => changeRule("required_status_checks", { strict_required_status_checks_policy: false }),
  ],
  ["force pushes", "force-push", "main", "allowed", () => without("non_fast_forward")],
  [
    "a bypass list",
    "branch-bypass",
    "main",
    "1 on the list of main",
    () =>
      change("/rulesets/42", { bypass_actors: [{ actor_id: 5, actor_type: "RepositoryRole", bypass_mode: "always" }] }),
  ],
  [
    "a bypass list that is not shown",
    "branch-bypass",
    "main",
    "the list of main is not shown to this token",
    () => change("/rulesets/42", { bypass_actors: undefined }),
  ],
  [
    "no environment",
    "environment",
    "prod-plan",
    "does not exist",
    () => {
      settings["/environments/prod-plan"] = undefined;
    },
  ],
  [
    "every branch",
    "deployment-branch",
    "prod-plan",
    "every branch and tag",
    () => change("/environments/prod-plan", { deployment_branch_policy: null }),
  ],
  [
    "every protected branch",
    "deployment-branch",
    "prod",
    "every protected branch",
    () =>
      change("/environments/prod", {
        deployment_branch_policy: { protected_branches: true, custom_branch_policies: false },
      }),
  ],
  [
    "a pattern of branches",
    "deployment-branch",
    "prod",
    "branch *",
    () => change("/environments/prod/deployment-branch-policies", { branch_policies: [{ name: "*", type: "branch" }] }),
  ],
  [
    "a tag",
    "deployment-branch",
    "prod",
    "tag main",
    () => change("/environments/prod/deployment-branch-policies", { branch_policies: [{ name: "main", type: "tag" }] }),
  ],
  [
    "one branch more",
    "deployment-branch",
    "prod",
    "branch main, branch evil",
    () =>
      change("/environments/prod/deployment-branch-policies", {
        branch_policies: [
          { name: "main", type: "branch" },
          { name: "evil", type: "branch" },
        ],
      }),
  ],
  [
    "no variable",
    "role-variable",
    "prod",
    "no variable METRONOME_ROLE_ARN",
    () => {
      settings["/environments/prod/variables/METRONOME_ROLE_ARN"] = undefined;
    },
  ],
  [
    "the other role",
    "role-variable",
    "prod-plan",
    "METRONOME_ROLE_ARN is arn:aws:iam::222222222222:role/metronome-ci-prod-deploy",
    () => {
      const path = "variables/METRONOME_ROLE_ARN";
      settings[`/environments/prod-plan/${path}`] = settings[`/environments/prod/${path}`];
    },
  ],
  [
    "administrators that pass by",
    "admin-bypass",
    "prod",
    "allowed",
    () => change("/environments/prod", { can_admins_bypass: true }),
  ],
  [
    "an answer that does not say so",
    "admin-bypass",
    "prod",
    "allowed",
    () => change("/environments/prod", { can_admins_bypass: undefined }),
  ],
];

test.each(cases)("%s: %s of %s is missing, with what to do", async (_, id, of, found, changing) => {
  changing();
  await expect(wrong()).resolves.toEqual([[id, of, "missing", found]]);
  const lines = renderSettings(await check()).split("\n");
  const line = lines.findIndex((text) => text.startsWith(`✗ ${id} `));
  expect(lines[line + 1]).toMatch(/^ +→ \S.{20,}/);
});

test("a default branch of another name is that whose protection counts", async () => {
  change("", { default_branch: "trunk" });
  const found = await wrong();
  expect(found).toContainEqual(["default-branch", "prod", "missing", "trunk"]);
  expect(found).toContainEqual(["approval", "trunk", "missing", "0 required"]);
  expect(found).toContainEqual(["deployment-branch", "prod", "missing", "branch main"]);
});

test("an unprotected branch, and an environment that GitHub created by itself", async () => {
  settings["/rules/branches/main"] = [];
  change("/environments/prod", { protection_rules: [], deployment_branch_policy: null, can_admins_bypass: true });
  expect((await wrong()).map(([id, of]) => `${id} ${of}`)).toEqual([
    ...["approval", "stale-approvals", "required-checks", "up-to-date", "force-push", "branch-bypass"].map(
      (id) => `${id} main`,
    ),
    ...["deployment-branch", "reviewers", "self-review", "admin-bypass"].map((id) => `${id} prod`),
  ]);
});

test("branch protection that administrators pass by is none, if no ruleset demands a pull request", async () => {
  settings["/branches/main/protection"] = { ...branchProtection(), enforce_admins: { enabled: false } };
  await expect(wrong()).resolves.toEqual([]);
  settings["/rules/branches/main"] = [];
  await expect(wrong()).resolves.toEqual([["branch-bypass", "main", "missing", "administrators"]]);
});

test("in a private repository the remedy says that required reviewers take GitHub Enterprise", async () => {
  change("", { private: true, visibility: "private" });
  settings["/actions/permissions/fork-pr-workflows-private-repos"] = {
    run_workflows_from_fork_pull_requests: true,
    send_write_tokens_to_workflows: true,
    send_secrets_and_variables: true,
    require_approval_for_fork_pr_workflows: false,
  };
  change("/environments/prod", { protection_rules: [] });
  expect(await wrong()).toEqual([
    ["fork-workflows", "octo/clock", "missing", "forks get write tokens, secrets, a start without approval"],
    ["reviewers", "prod", "missing", "none"],
    ["self-review", "prod", "missing", "allowed"],
  ]);
  const reviewers = (await check()).find(({ id }) => id === "reviewers");
  expect(reviewers?.remedy).toContain('they take GitHub Enterprise. Without it, delete "push" from deploy.yml');
});

test("what GitHub's plan does not have is unknown, with GitHub's words", async () => {
  const message = "Upgrade to GitHub Pro or make this repository public to enable this feature.";
  settings["/rules/branches/main"] = { status: "403", message };
  const found = await wrong();
  expect(found).toHaveLength(6);
  expect(found[0]).toEqual(["approval", "main", "unknown", expect.stringContaining(message)]);
  expect(renderSettings(await check())).toMatch(/^\? approval +main/m);
});

test("a token of nobody who administers the repository sees nothing: it is refused, with the command to run", async () => {
  change("", { permissions: { admin: false, push: true, pull: true } });
  await expect(check()).rejects.toThrow(
    "does not administer octo/clock, and GitHub shows settings to administrators alone. Let an administrator run: GITHUB_TOKEN=$(gh auth token)",
  );
  expect(github.received).toHaveLength(1);
});

test("what others wrote is made visible", async () => {
  change("/environments/prod/variables/METRONOME_ROLE_ARN", { value: "\u001b[2J" });
  expect(renderSettings(await check())).not.toContain("\u001b");
});
