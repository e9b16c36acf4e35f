import type { Answer, Handler } from "../fake-github";

/** GitHub's answers on a repository's settings by path, in the shapes of its REST reference; undefined is 404. */
export type GitHubSettings = Record<string, Answer["body"] | undefined>;

export const OWNER = { login: "octo", id: 1 };

/** A user, and the branch `main`, as GitHub writes them in an environment. */
const reviewers = { id: 3755, node_id: "x", type: "required_reviewers", prevent_self_review: true };

const environment = (name: string, rules: readonly object[]) => ({
  id: 161088068,
  node_id: "MDExOkVudmlyb25tZW50MTYxMDg4MDY4",
  name,
  url: `https://api.github.com/repos/octo/clock/environments/${name}`,
  html_url: "https://github.com/octo/clock/deployments/activity_log",
  created_at: "2026-11-23T22:00:40Z",
  updated_at: "2026-11-23T22:00:40Z",
  can_admins_bypass: false,
  protection_rules: [{ id: 3515, node_id: "x", type: "branch_policy" }, ...rules],
  deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
});

const policies = (...branches: readonly object[]) => ({ total_count: branches.length, branch_policies: branches });
const main = { id: 361471, node_id: "x", name: "main", type: "branch" };
const variable = (name: string, value: string) => ({ name, value, created_at: "", updated_at: "" });

/** Settings that are as docs/ci.md has them, for the environment `prod` of account 222222222222, by a ruleset. */
export function rightSettings(): GitHubSettings {
  return {
    "": {
      id: 5678,
      full_name: "octo/clock",
      owner: OWNER,
      private: false,
      visibility: "public",
      default_branch: "main",
      permissions: { admin: true, maintain: true, push: true, triage: true, pull: true },
    },
    "/actions/permissions/workflow": { default_workflow_permissions: "read", can_approve_pull_request_reviews: false },
    "/actions/permissions/fork-pr-contributor-approval": { approval_policy: "all_external_contributors" },
    "/actions/oidc/customization/sub": { use_default: true },
    "/rules/branches/main": [
      {
        type: "pull_request",
        ruleset_source_type: "Repository",
        ruleset_source: "octo/clock",
        ruleset_id: 42,
        parameters: {
          dismiss_stale_reviews_on_push: true,
          require_code_owner_review: false,
          require_last_push_approval: false,
          required_approving_review_count: 1,
          required_review_thread_resolution: false,
        },
      },
      {
        type: "required_status_checks",
        ruleset_id: 42,
        parameters: {
          required_status_checks: [{ context: "npm test", integration_id: 15368 }, { context: "plan" }],
          strict_required_status_checks_policy: true,
        },
      },
      { type: "non_fast_forward", ruleset_id: 42 },
    ],
    "/rulesets/42": {
      id: 42,
      name: "main",
      target: "branch",
      source_type: "Repository",
      source: "octo/clock",
      enforcement: "active",
      bypass_actors: [],
      current_user_can_bypass: "never",
    },
    "/environments/prod-plan": environment("prod-plan", []),
    "/environments/prod-plan/deployment-branch-policies": policies(main),
    "/environments/prod-plan/variables/METRONOME_ROLE_ARN": variable(
      "METRONOME_ROLE_ARN",
      "arn:aws:iam::222222222222:role/metronome-ci-prod-plan",
    ),
    "/environments/prod": environment("prod", [
      { ...reviewers, reviewers: [{ type: "User", reviewer: { login: "anna", id: 7 } }] },
    ]),
    "/environments/prod/deployment-branch-policies": policies(main),
    "/environments/prod/variables/METRONOME_ROLE_ARN": variable(
      "METRONOME_ROLE_ARN",
      "arn:aws:iam::222222222222:role/metronome-ci-prod-deploy",
    ),
  };
}

/** Branch protection in place of a ruleset, with the same demands. */
export const branchProtection = () => ({
  required_status_checks: {
    strict: true,
    contexts: ["npm test", "plan"],
    checks: [
      { context: "npm test", app_id: 15368 },
      { context: "plan", app_id: null },
    ],
  },
  enforce_admins: { url: "x", enabled: true },
  required_pull_request_reviews: {
    dismiss_stale_reviews: true,
    require_code_owner_reviews: false,
    required_approving_review_count: 2,
  },
  allow_force_pushes: { enabled: false },
  allow_deletions: { enabled: false },
});

/** Answers from settings; a body with `status` in it is an error of GitHub's. */
export function answering(settings: GitHubSettings): Handler {
  return ({ method, path }) => {
    const body = method === "GET" ? settings[path] : undefined;
    if (body === undefined) return undefined;
    const { status } = body as { readonly status?: string };
    return { body, ...(status && { status: Number(status) }) };
  };
}
