import { policyText } from "../policy";

/** A repository on GitHub, and what its workflows are known by. */
export interface GithubAccess {
  /** `owner/name`. */
  readonly repository: string;
  readonly ownerId: string;
  readonly repositoryId: string;
  /** The default branch, whose workflows alone take the roles. */
  readonly branch: string;
  /** ARN of the account's OIDC provider for GitHub. @default it is created */
  readonly oidcProviderArn?: string;
}

/** GitHub's issuer of OIDC tokens, without its scheme: how condition keys and the provider's ARN name it. */
export const GITHUB_ISSUER = "token.actions.githubusercontent.com";

/** The audience of the tokens that aws-actions/configure-aws-credentials asks for. */
export const AUDIENCE = "sts.amazonaws.com";

/**
 * The subjects of a workflow's job that runs in a GitHub environment. Repositories created or renamed since July 2026
 * send the ids of owner and repository in it, older ones their names alone (docs.github.com, "OpenID Connect reference":
 * immutable subject claims; github/docs#45221).
 */
export function githubSubjects(
  { repository, ownerId, repositoryId }: GithubAccess,
  githubEnvironment: string,
): string[] {
  const [owner, name] = repository.split("/");
  return [`${owner}@${ownerId}/${name}@${repositoryId}`, repository].map(
    (one) => `repo:${one}:environment:${githubEnvironment}`,
  );
}

/** The files in `.github/workflows/` whose jobs take a role. */
export const ROLE_WORKFLOWS = {
  plan: ["plan.yml", "deploy-environment.yml", "drift.yml"],
  deploy: ["deploy-environment.yml"],
} as const;

/**
 * The JSON text of the trust policy of a role for the jobs of one GitHub environment, in the named workflows of the default
 * branch, and no others. GitHub signs into each token the ref that the run is of, and the file that the job is in with the
 * ref that this file was taken from (`job_workflow_ref`, also for a job in no reusable workflow). AWS compares both since
 * January 2026 (Service Authorization Reference, AWS STS). Both are demanded: a branch can call the default branch's
 * reusable workflow, and it can name the GitHub environment, which GitHub creates without protection if it is missing.
 *
 * After a repository was renamed or deleted, another owner could take its name, and with it the older subject. The ids
 * keep them out. They are compared if they are present; GitHub signs them into each of its tokens.
 *
 * @param role whose jobs take the role.
 * @param providerArn of the account's OIDC provider for GitHub.
 */
export function githubTrust(
  ci: GithubAccess,
  role: keyof typeof ROLE_WORKFLOWS,
  githubEnvironment: string,
  providerArn: string,
): string {
  const ref = `refs/heads/${ci.branch}`;
  return policyText({
    Effect: "Allow",
    Principal: { Federated: providerArn },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: {
      StringEquals: {
        [`${GITHUB_ISSUER}:aud`]: AUDIENCE,
        [`${GITHUB_ISSUER}:sub`]: githubSubjects(ci, githubEnvironment),
        [`${GITHUB_ISSUER}:ref`]: ref,
        [`${GITHUB_ISSUER}:job_workflow_ref`]: ROLE_WORKFLOWS[role].map(
          (file) => `${ci.repository}/.github/workflows/${file}@${ref}`,
        ),
      },
      StringEqualsIfExists: {
        [`${GITHUB_ISSUER}:repository_id`]: ci.repositoryId,
        [`${GITHUB_ISSUER}:repository_owner_id`]: ci.ownerId,
      },
    },
  });
}
