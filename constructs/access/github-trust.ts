import { policyText } from "../policy";

/** A repository on GitHub, and what its workflows are known by. */
export interface GithubAccess {
  /** `owner/name`. */
  readonly repository: string;
  readonly ownerId: string;
  readonly repositoryId: string;
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

/**
 * The JSON text of the trust policy of a role for the jobs of one repository's GitHub environment, and no others: no
 * other branch's, pull request's (`repo:…:pull_request`), fork's or repository's token has one of these subjects.
 *
 * After a repository was renamed or deleted, another owner could take its name, and with it the older subject. The ids
 * keep them out: AWS has compared them since January 2026 (Service Authorization Reference, AWS STS). They are
 * compared if they are present, because not every partition passes them on; GitHub signs them into each of its tokens.
 *
 * @param providerArn of the account's OIDC provider for GitHub.
 */
export function githubTrust(ci: GithubAccess, githubEnvironment: string, providerArn: string): string {
  return policyText({
    Effect: "Allow",
    Principal: { Federated: providerArn },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: {
      StringEquals: {
        [`${GITHUB_ISSUER}:aud`]: AUDIENCE,
        [`${GITHUB_ISSUER}:sub`]: githubSubjects(ci, githubEnvironment),
      },
      StringEqualsIfExists: {
        [`${GITHUB_ISSUER}:repository_id`]: ci.repositoryId,
        [`${GITHUB_ISSUER}:repository_owner_id`]: ci.ownerId,
      },
    },
  });
}
