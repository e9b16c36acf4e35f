import { ACCOUNT, KEY, REGION } from "../config/examples";
import { list } from "../template";
import { type CiAccess, type CiRole, OWN } from "./ci-roles";
import type { IamRequest, Place } from "./iam-request";
import { arnsFor, changes, isWithoutResource, wouldAllow } from "./policy-evaluation";

/** What the plan role may change after all. Neither action on a key changes it: they are how S3 reads and writes. */
const PLAN_MAY: readonly string[] = [
  `s3:PutObject ${OWN.lock}`,
  `s3:DeleteObject ${OWN.lock}`,
  `kms:Decrypt ${KEY}`,
  `kms:GenerateDataKey ${KEY}`,
];

/** Searches that IAM is asked about with an ARN of everything: they tell names and settings of the account's alarms. */
const SEARCHES = new Set(["cloudwatch:DescribeAlarms"]);

/** Names of others that come near to `metronome-dev-…`, and of what guards it. */
const FOREIGN_NAMES = [
  "metronome-prod-iterator",
  "metronome-development-iterator",
  "metronome-dev",
  "metronome-de-v-iterator",
  "metronome-state-dev",
  "metronome-ci-dev-plan",
  "metronome-ci-dev-deploy",
  "metronome-ci-dev-boundary",
  "other-metronome-dev-iterator",
  "billing",
];

const OWN_NAME = "metronome-dev-iterator";
const HOME: Place = { account: ACCOUNT, region: REGION };
const ELSEWHERE: readonly Place[] = [
  { account: "999999999999", region: REGION },
  { account: ACCOUNT, region: "us-east-1" },
];

/** Requests that only a role which is too wide would be granted; each is near to one that a deployment makes. */
export function forbidden(boundaryArn: string): readonly IamRequest[] {
  const bounded = { "iam:PermissionsBoundary": boundaryArn };
  const admin = { "iam:PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess" };
  const granting = [
    "iam:CreateRole",
    "iam:PutRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:UpdateAssumeRolePolicy",
  ];
  const ciRole = `arn:aws:iam::${ACCOUNT}:role/metronome-ci-dev-deploy`;
  return [
    ...granting.flatMap((action) => [
      { action, resource: OWN.role },
      { action, resource: OWN.role, context: admin },
      { action, resource: ciRole, context: bounded },
    ]),
    { action: "iam:DeleteRolePermissionsBoundary", resource: OWN.role, context: bounded },
    { action: "iam:AttachRolePolicy", resource: OWN.role, context: bounded },
    ...["iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:SetDefaultPolicyVersion", "iam:DeletePolicyVersion"].map(
      (action) => ({ action, resource: boundaryArn }),
    ),
    ...["ec2.amazonaws.com", "ecs-tasks.amazonaws.com", "glue.amazonaws.com"].map((service) => ({
      action: "iam:PassRole",
      resource: OWN.role,
      context: { "iam:PassedToService": service },
    })),
    { action: "iam:PassRole", resource: OWN.role },
    { action: "iam:PassRole", resource: ciRole, context: { "iam:PassedToService": "lambda.amazonaws.com" } },
    ...["*", "999999999999", "apigateway.amazonaws.com"].map((principal) => ({
      action: "lambda:AddPermission",
      resource: OWN.function,
      context: { "lambda:Principal": principal },
    })),
    {
      action: "lambda:AddPermission",
      resource: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:mine`,
      context: { "lambda:Principal": "events.amazonaws.com" },
    },
    { action: "s3:DeleteObject", resource: OWN.state },
    { action: "s3:DeleteObjectVersion", resource: OWN.state },
    { action: "s3:PutBucketPolicy", resource: OWN.bucket },
    { action: "s3:GetObject", resource: `${OWN.bucket}/metronome-ci-dev/terraform.tfstate` },
    { action: "s3:PutObject", resource: `${OWN.bucket}/metronome-state-dev/terraform.tfstate` },
    { action: "s3:GetObject", resource: "arn:aws:s3:::the-state-of-prod/metronome-prod/terraform.tfstate" },
    { action: "s3:ListBucket", resource: OWN.bucket, context: { "s3:prefix": "metronome-ci-dev/" } },
    { action: "lambda:InvokeFunction", resource: OWN.function },
    { action: "sts:AssumeRole", resource: ciRole },
  ];
}

/** What is wrong with CI's access, in words; nothing where all is as it should be. The cheap checks go first. */
export async function* accessProblems({ plan, deploy, boundaryArn }: CiAccess): AsyncGenerator<string> {
  for (const role of [plan, deploy]) yield* wideStatements(role);
  for (const role of [plan, deploy]) {
    for (const request of forbidden(boundaryArn)) {
      if (wouldAllow(role, request)) yield `${role.principal} may ${shown(request)}`;
    }
  }
  for (const role of [plan, deploy]) yield* foreignAccess(role);
  for (const action of actionsOf(plan)) if (await changes(action)) yield* changesBy(plan, action);
}

/** Families of actions, and `*` for actions that know a resource. */
async function* wideStatements({ principal, documents }: CiRole): AsyncGenerator<string> {
  for (const { Action, Resource } of Object.values(documents).flatMap(({ Statement }) => Statement)) {
    for (const action of list(Action)) {
      if (/[*?]/.test(action)) yield `${principal}: a family of actions: ${action}`;
      else if (list(Resource).includes("*") && !(await isWithoutResource(action))) yield `${principal}: ${action} on *`;
    }
  }
}

/** What a role may do to what is not its environment's. */
async function* foreignAccess(role: CiRole): AsyncGenerator<string> {
  const contexts = favourable(role);
  for (const action of actionsOf(role)) {
    if (/[*?]/.test(action) || SEARCHES.has(action) || (await isWithoutResource(action))) continue;
    for (const resource of await foreignArns(action)) {
      if (contexts.some((context) => wouldAllow(role, { action, resource, context }))) {
        yield `${role.principal} may ${action} on ${resource}`;
      }
    }
  }
}

/** ARNs of other names in the environment's place, and of any name in others' places. */
async function foreignArns(action: string): Promise<Set<string>> {
  const arns = async (places: readonly Place[], names: readonly string[]) => {
    const all = places.flatMap((place) => names.flatMap(spellings).map((name) => arnsFor(action, { ...place, name })));
    return new Set((await Promise.all(all)).flat());
  };
  // What is in no region, such as a role, is the environment's own in each.
  const own = await arns([HOME], [OWN_NAME]);
  const foreign = await arns([HOME, ...ELSEWHERE], FOREIGN_NAMES);
  const elsewhere = await arns(ELSEWHERE, [OWN_NAME]);
  return new Set([...foreign, ...elsewhere].filter((one) => !own.has(one)));
}

/** What an action changes of anything in the environment, or near it, beyond the lock. */
export async function* changesBy(role: CiRole, action: string): AsyncGenerator<string> {
  const names = [OWN_NAME, "mine", ...FOREIGN_NAMES].flatMap(spellings);
  const fromNames = await Promise.all(names.map((name) => arnsFor(action, { ...HOME, name })));
  const objects = action.startsWith("s3:") ? [OWN.bucket, OWN.state, OWN.lock] : [];
  const keys = action.startsWith("kms:") ? [KEY] : [];
  for (const resource of new Set([...fromNames.flat(), ...objects, ...keys])) {
    if (PLAN_MAY.includes(`${action} ${resource}`)) continue;
    for (const context of favourable(role)) {
      if (wouldAllow(role, { action, resource, context })) yield `${role.principal} may ${action} on ${resource}`;
    }
  }
}

/** A name as the ARNs of different services have it. */
function spellings(name: string): string[] {
  return [name, `/aws/lambda/${name}`, `/aws/vendedlogs/states/${name}`];
}

/** Circumstances under which the conditions of a role's statements are met, so that they do not hide a wide resource. */
function favourable({ documents }: CiRole): Record<string, string>[] {
  const met = Object.values(documents)
    .flatMap(({ Statement }) => Statement)
    .flatMap(({ Condition }) => Object.values((Condition ?? {}) as Record<string, Record<string, string | string[]>>))
    .map((keys) =>
      Object.fromEntries(Object.entries(keys).map(([key, values]) => [key, [values].flat()[0] as string])),
    );
  const all: Record<string, string> = Object.assign({}, ...met);
  return [{}, all, { ...all, "lambda:Principal": "sns.amazonaws.com" }];
}

function actionsOf({ documents }: CiRole): string[] {
  const statements = Object.values(documents).flatMap(({ Statement }) => Statement);
  return [...new Set(statements.flatMap(({ Action }) => list(Action)))];
}

const shown = ({ action, resource, context }: IamRequest) =>
  `${action} on ${resource} ${JSON.stringify(context ?? {})}`;
