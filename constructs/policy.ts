/** The JSON text of a policy with these statements, each as IAM writes it. */
export function policyText(...statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** One statement of an IAM policy that allows. */
export interface Allow {
  readonly actions: readonly string[];
  /** ARNs; a `*` only if the action knows no resource. */
  readonly resources: readonly string[];
  /** Under which circumstances, by operator and key. @default under any */
  readonly condition?: Conditions;
}

/** Conditions of a statement: operator, key, and the values of which one must be met. All operators and keys must. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** The JSON text of a policy that allows exactly these statements. */
export function policyDocument(statements: readonly Allow[]): string {
  return policyText(
    ...statements.map(({ actions, resources, condition }) => ({
      Effect: "Allow",
      Action: actions,
      Resource: resources,
      ...(condition && { Condition: condition }),
    })),
  );
}

/**
 * The JSON text of the trust policy of a role for an AWS service, for callers from this account only: another
 * account's resource cannot make the service act for it (the confused deputy).
 *
 * @param account absent for services that send no source account when they take a role (Lambda).
 */
export function trustPolicy(service: string, account?: string): string {
  return policyText({
    Effect: "Allow",
    Principal: { Service: service },
    Action: "sts:AssumeRole",
    ...(account && { Condition: { StringEquals: { "aws:SourceAccount": account } } }),
  });
}
