import type { EnvironmentConfig } from "../../config/schema";
import {
  ACCOUNT,
  environment,
  FUNCTION,
  FUNCTION_ALIAS,
  KEY,
  QUEUE,
  REGION,
  schedule,
  TOPIC,
} from "../config/examples";
import { synthesize } from "../synthesis";
import { type Statement, statements, type Template } from "../template";
import type { Identity } from "./policy-evaluation";

export const PROVIDER = `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`;

export const CI: NonNullable<EnvironmentConfig["ci"]> = {
  repository: "an-owner/a-repository",
  ownerId: "1234",
  repositoryId: "5678",
};

/** A policy as AWS reads it. */
export interface PolicyDocument {
  readonly Version: string;
  readonly Statement: readonly Statement[];
}

/** A role of CI's access, as synthesized. */
export interface CiRole extends Identity {
  readonly trust: PolicyDocument;
  /** By the name of the policy. */
  readonly documents: Readonly<Record<string, PolicyDocument>>;
}

export interface CiAccess {
  readonly template: Template;
  readonly plan: CiRole;
  readonly deploy: CiRole;
  readonly boundary: PolicyDocument;
  readonly boundaryArn: string;
}

/** An environment with access for CI: with targets of each kind, and a state that is encrypted with a key. */
export function withCi(fields: Partial<EnvironmentConfig> = {}): EnvironmentConfig {
  return environment({
    ci: { ...CI, oidcProviderArn: PROVIDER },
    schedules: [schedule(), schedule({ name: "report", targets: [FUNCTION, FUNCTION_ALIAS, TOPIC, QUEUE] })],
    backend: { bucket: "the-state-of-dev", kmsKeyId: KEY },
    ...fields,
  });
}

/** Synthesizes `metronome-ci-<name>` and reads its roles. */
export function ciAccess(config: EnvironmentConfig = withCi(), name = "dev"): CiAccess {
  const template = synthesize({ [name]: config })[`metronome-ci-${name}`] as Template;
  const { account } = config;
  const document = (policy: unknown): PolicyDocument => ({ Version: "2012-10-17", Statement: statements(policy) });
  const state = document(template.resource("aws_iam_policy", "state").policy);
  const reads = document(template.resource("aws_iam_policy", "reads").policy);
  const changes = document(template.resource("aws_iam_role_policy", "changes").policy);
  const role = (id: "plan" | "deploy", documents: CiRole["documents"]): CiRole => {
    const { name: roleName, assume_role_policy } = template.resource("aws_iam_role", `${id}-role`);
    return {
      principal: `arn:aws:iam::${account}:role/${roleName}`,
      trust: document(assume_role_policy),
      documents,
      policies: Object.values(documents),
    };
  };
  return {
    template,
    plan: role("plan", { state, reads }),
    deploy: role("deploy", { state, reads, changes }),
    boundary: document(template.resource("aws_iam_policy", "boundary").policy),
    boundaryArn: `arn:aws:iam::${account}:policy/${template.resource("aws_iam_policy", "boundary").name}`,
  };
}

/** ARNs of the environment that `withCi` describes. */
export const OWN = {
  function: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:metronome-dev-iterator`,
  topic: `arn:aws:sns:${REGION}:${ACCOUNT}:metronome-dev-LambdaClock`,
  role: `arn:aws:iam::${ACCOUNT}:role/metronome-dev-iterator`,
  policy: `arn:aws:iam::${ACCOUNT}:policy/metronome-bounded/metronome-dev-pacer-targets-1`,
  state: "arn:aws:s3:::the-state-of-dev/metronome-dev/terraform.tfstate",
  lock: "arn:aws:s3:::the-state-of-dev/metronome-dev/terraform.tfstate.tflock",
  bucket: "arn:aws:s3:::the-state-of-dev",
} as const;
