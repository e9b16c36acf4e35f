import type { GithubAccess } from "../../../constructs/access/github-trust";
import type { GitHubClient } from "../client";
import { answerOf, judged, type Setting, type Verdict } from "./setting";

type Repository = Awaited<ReturnType<GitHubClient["repos"]["get"]>>["data"];

/**
 * The repository itself, which its administrator's token shows.
 *
 * @throws Error if the token is of nobody who administers it, to whom GitHub shows settings as absent. GitHubError
 */
export async function administeredRepository({ repos, repository }: GitHubClient): Promise<Repository> {
  const { data } = await repos.get(repository);
  if (data.permissions?.admin) return data;
  throw new Error(
    `The token in GITHUB_TOKEN does not administer ${data.full_name}, and GitHub shows settings to administrators alone. Let an administrator run: GITHUB_TOKEN=$(gh auth token) npx metronome ci check`,
  );
}

/** What the environment's `ci` says of its repository, which the roles' trust is made of. */
export function accessSettings(environment: string, ci: GithubAccess, found: Repository): Setting[] {
  const answer = { value: found };
  const again = `deploy metronome-ci-${environment} again`;
  return [
    judged(
      ["repository-ids", environment],
      answer,
      `Write ownerId: "${found.owner.id}" and repositoryId: "${found.id}" in its \`ci\` in config/environments.ts, and ${again}.`,
      () => [
        String(found.id) === ci.repositoryId && String(found.owner.id) === ci.ownerId,
        `owner ${found.owner.id}, repository ${found.id}`,
      ],
    ),
    judged(
      ["default-branch", environment],
      answer,
      `Write branch: "${found.default_branch}" in its \`ci\` in config/environments.ts, the same name in .github/workflows/, and ${again}.`,
      () => [found.default_branch === ci.branch, found.default_branch],
    ),
  ];
}

/** The settings of the repository as a whole. */
export async function repositorySettings(
  { actions, request, repository }: GitHubClient,
  found: Repository,
): Promise<Setting[]> {
  const of = found.full_name;
  const [token, subject, forks] = await Promise.all([
    answerOf(actions.getGithubActionsDefaultWorkflowPermissionsRepository(repository)),
    answerOf(actions.getCustomOidcSubClaimForRepo(repository)),
    found.private
      ? answerOf(request("GET /repos/{owner}/{repo}/actions/permissions/fork-pr-workflows-private-repos", repository))
      : answerOf(request("GET /repos/{owner}/{repo}/actions/permissions/fork-pr-contributor-approval", repository)),
  ]);
  return [
    judged(
      ["workflow-token", of],
      token,
      'Settings → Actions → General → Workflow permissions: choose "Read repository contents and packages permissions", and let Actions neither create nor approve pull requests.',
      (value) => [
        value?.default_workflow_permissions === "read" && value.can_approve_pull_request_reviews === false,
        `${value?.default_workflow_permissions}${value?.can_approve_pull_request_reviews ? ", may approve pull requests" : ""}`,
      ],
    ),
    judged(
      ["fork-workflows", of],
      forks,
      `Settings → Actions → General → Fork pull request workflows: ${
        found.private
          ? "send forks neither write tokens nor secrets, and require approval, or run no workflow of theirs."
          : 'choose "Require approval for all external contributors".'
      }`,
      forkVerdict,
    ),
    judged(
      ["oidc-subject", of],
      subject,
      `The roles compare GitHub's default subject. Set it: gh api -X PUT repos/${of}/actions/oidc/customization/sub -F use_default=true`,
      // Without a customization GitHub answers that the default is used.
      (value) => [value?.use_default === true, value?.use_default ? "the default" : "customized"],
    ),
  ];
}

/** As GitHub answers for a private repository, or for a public one. */
type ForkWorkflows =
  | {
      readonly run_workflows_from_fork_pull_requests: boolean;
      readonly send_write_tokens_to_workflows: boolean;
      readonly send_secrets_and_variables: boolean;
      readonly require_approval_for_fork_pr_workflows: boolean;
    }
  | { readonly approval_policy: string };

function forkVerdict(value: ForkWorkflows | null): Verdict {
  if (value === null) return [false, "not set"];
  if ("approval_policy" in value) {
    return [value.approval_policy === "all_external_contributors", `approval for ${value.approval_policy}`];
  }
  if (!value.run_workflows_from_fork_pull_requests) return [true, "none is run"];
  const given = [
    ...(value.send_write_tokens_to_workflows ? ["write tokens"] : []),
    ...(value.send_secrets_and_variables ? ["secrets"] : []),
    ...(value.require_approval_for_fork_pr_workflows ? [] : ["a start without approval"]),
  ];
  return [
    given.length === 0,
    given.length === 0 ? "run with approval, without rights" : `forks get ${given.join(", ")}`,
  ];
}
