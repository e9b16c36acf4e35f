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

/** The resource for which alone a service may take a role, such as a state machine or a rule. */
export interface RoleTaker {
  /** Its account, 12 digits. */
  readonly account: string;
  readonly arn: string;
}

/**
 * The JSON text of the trust policy of a role for an AWS service, for one resource only: no other resource, and no other
 * account's, can make the service act for it (the confused deputy; Step Functions Developer Guide, "Cross-service confused
 * deputy prevention", and EventBridge User Guide, the same).
 *
 * @param taker absent for services that send no source when they take a role (Lambda).
 */
export function trustPolicy(service: string, taker?: RoleTaker): string {
  const from = taker && {
    StringEquals: { "aws:SourceAccount": taker.account },
    ArnLike: { "aws:SourceArn": taker.arn },
  };
  return policyText({
    Effect: "Allow",
    Principal: { Service: service },
    Action: "sts:AssumeRole",
    ...(from && { Condition: from }),
  });
}

/** A statement that refuses what arrives without TLS, for the policy of a resource. */
export function tlsOnly(actions: string, resources: string | readonly string[]): object {
  return {
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: actions,
    Resource: resources,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}
