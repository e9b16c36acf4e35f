import { ACCOUNT, KEY, REGION } from "../config/examples";
import { list, type Statement } from "../template";
import { type CiAccess, type CiRole, OWN } from "./ci-roles";
import type { IamRequest, Place } from "./iam-request";
import { arnsFor, changes, type Identity, isWithoutResource, wouldAllow } from "./policy-evaluation";

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

/** Resources that AWS names: a role may use those of the environment's functions alone, and of the others only the tags. */
const NAMED_BY_AWS = `arn:aws:lambda:${REGION}:${ACCOUNT}:event-source-mapping:`;
const TAG_ACTIONS = new Set(["lambda:ListTags", "lambda:TagResource", "lambda:UntagResource"]);
const OWN_FUNCTIONS = {
  ArnLike: { "lambda:FunctionArn": `arn:aws:lambda:${REGION}:${ACCOUNT}:function:metronome-dev-*` },
};

/** An ARN without a wildcard, or with one right behind the environment's name, and in no other place. */
const OWN_PATTERN = /^[^*?]+(metronome-dev-\*)?$/;

const OWN_NAME = "metronome-dev-iterator";
const HOME: Place = { account: ACCOUNT, region: REGION };
const ELSEWHERE: readonly Place[] = [
  { account: "999999999999", region: REGION },
  { account: ACCOUNT, region: "us-east-1" },
];

const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";

/** How the state's key is used: by S3, for the state. */
const THROUGH_S3 = {
  "kms:ViaService": `s3.${REGION}.amazonaws.com`,
  "kms:EncryptionContext:aws:s3:arn": OWN.state,
};

/** Requests that only a role which is too wide would be granted; each is near to one that a deployment makes. */
export function forbidden(boundaryArn: string): readonly IamRequest[] {
  const bounded = { "iam:PermissionsBoundary": boundaryArn };
  const admin = { "iam:PermissionsBoundary": ADMINISTRATOR };
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
    { action: "iam:AttachRolePolicy", resource: OWN.role, context: { ...bounded, "iam:PolicyARN": ADMINISTRATOR } },
    { action: "iam:AttachRolePolicy", resource: OWN.role, context: { "iam:PolicyARN": OWN.policy } },
    { action: "iam:AttachRolePolicy", resource: ciRole, context: { ...bounded, "iam:PolicyARN": OWN.policy } },
    { action: "iam:DetachRolePolicy", resource: OWN.role, context: { ...bounded, "iam:PolicyARN": ADMINISTRATOR } },
    // A role that was made before `ci` may have it, and no boundary.
    { action: "iam:CreatePolicyVersion", resource: OWN.policy.replace("/metronome-bounded/", "/") },
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
    ...["lambda:CreateFunction", "lambda:UpdateFunctionConfiguration"].map((action) => ({
      action,
      resource: OWN.function,
      context: { "lambda:Layer": `arn:aws:lambda:${REGION}:999999999999:layer:any:1` },
    })),
    ...["https", "sqs"].map((protocol) => ({
      action: "sns:Subscribe",
      resource: OWN.topic,
      context: { "sns:Protocol": protocol },
    })),
    { action: "sns:Subscribe", resource: OWN.topic },
    ...[
      {},
      { "kms:ViaService": `s3.${REGION}.amazonaws.com` },
      { ...THROUGH_S3, "kms:ViaService": `secretsmanager.${REGION}.amazonaws.com` },
      { ...THROUGH_S3, "kms:EncryptionContext:aws:s3:arn": `${OWN.bucket}/metronome-ci-dev/terraform.tfstate` },
    ].map((context) => ({ action: "kms:Decrypt", resource: KEY, context })),
    { action: "s3:DeleteObject", resource: OWN.state },
    { action: "s3:DeleteObjectVersion", resource: OWN.state },
    { action: "s3:PutBucketPolicy", resource: OWN.bucket },
    { action: "s3:GetObject", resource: `${OWN.bucket}/metronome-ci-dev/terraform.tfstate` },
    { action: "s3:PutObject", resource: `${OWN.bucket}/metronome-state-dev/terraform.tfstate` },
    { action: "s3:GetObject", resource: "arn:aws:s3:::the-state-of-prod/metronome-prod/terraform.tfstate" },
    { action: "s3:ListBucket", resource: OWN.bucket, context: { "s3:prefix": "metronome-ci-dev/" } },
    ...["Create", "Delete", "Get", "Update"].flatMap((verb) =>
      [{}, { "lambda:FunctionArn": `arn:aws:lambda:${REGION}:${ACCOUNT}:function:metronome-prod-pacer` }].map(
        (context) => ({
          action: `lambda:${verb}EventSourceMapping`,
          resource: verb === "Create" ? "*" : `${NAMED_BY_AWS}8f2c`,
          context,
        }),
      ),
    ),
    ...[{}, { "dynamodb:LeadingKeys": "tick#beat-1795371900" }].map((context) => ({
      action: "dynamodb:GetItem",
      resource: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/metronome-dev-ledger`,
      context,
    })),
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

/** Families of actions, `*` for actions that know a resource, and wildcards elsewhere than behind the environment's name. */
async function* wideStatements(role: CiRole): AsyncGenerator<string> {
  const { principal } = role;
  for (const { Action, Resource, Condition } of statementsOf(role)) {
    const ofOwnFunctions = JSON.stringify(Condition) === JSON.stringify(OWN_FUNCTIONS);
    for (const action of list(Action)) {
      if (/[*?]/.test(action)) yield `${principal}: a family of actions: ${action}`;
      else if (list(Resource).includes("*") && !(await isWithoutResource(action))) yield `${principal}: ${action} on *`;
    }
    for (const resource of list(Resource)) {
      const search = list(Action).every((action) => SEARCHES.has(action));
      const tags = list(Action).every((action) => TAG_ACTIONS.has(action));
      if (resource === `${NAMED_BY_AWS}*` && (ofOwnFunctions || tags)) continue;
      if (resource !== "*" && !search && !OWN_PATTERN.test(resource)) yield `${principal}: a wildcard in ${resource}`;
    }
  }
}

/** What a role may do to what is not its environment's. */
async function* foreignAccess(role: CiRole): AsyncGenerator<string> {
  for (const action of actionsOf(role)) {
    if (/[*?]/.test(action) || SEARCHES.has(action) || (await isWithoutResource(action))) continue;
    const speaking = onlyOf(role, action);
    const contexts = favourable(speaking);
    for (const resource of await foreignArns(action)) {
      if (contexts.some((context) => wouldAllow(speaking, { action, resource, context }))) {
        yield `${role.principal} may ${action} on ${resource}`;
      }
    }
  }
}

/** ARNs of other names in the environment's place, and of any name in others' places. */
async function foreignArns(action: string): Promise<Set<string>> {
  const arns = async (places: readonly Place[], names: readonly string[]) => {
    const all = places.flatMap((place) =>
      names.flatMap((name) => spellings(action, name)).map((name) => arnsFor(action, { ...place, name })),
    );
    return new Set((await Promise.all(all)).flat());
  };
  // What is in no region, such as a role, is the environment's own in each.
  const own = await arns([HOME], [OWN_NAME]);
  const foreign = await arns([HOME, ...ELSEWHERE], FOREIGN_NAMES);
  const elsewhere = await arns(ELSEWHERE, [OWN_NAME]);
  return new Set([...foreign, ...elsewhere].filter((one) => !own.has(one) && !one.startsWith(NAMED_BY_AWS)));
}

/** What an action changes of anything in the environment, or near it, beyond the lock. */
export async function* changesBy(role: CiRole, action: string): AsyncGenerator<string> {
  const names = [OWN_NAME, "mine", "billing"].flatMap((name) => spellings(action, name));
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

/** A name as the ARNs of a service may have it. */
function spellings(action: string, name: string): string[] {
  const groups = [`/aws/lambda/${name}`, `/aws/vendedlogs/states/${name}`];
  return action.startsWith("logs:") ? [name, ...groups] : [name];
}

/** A role with those of its statements that name an action: evaluating them alone comes to the same, and is faster. */
function onlyOf(role: CiRole, action: string): Identity {
  const Statement = statementsOf(role).filter(({ Action }) => list(Action).includes(action));
  return { principal: role.principal, policies: [{ Version: "2012-10-17", Statement }] };
}

/** Circumstances in which the conditions of a role's statements are met, each once, so that they do not hide a wide resource. */
function favourable(role: Identity): Record<string, string>[] {
  const met = (role.policies as readonly { readonly Statement: readonly Statement[] }[])
    .flatMap(({ Statement }) => Statement)
    .flatMap(({ Condition }) => circumstances((Condition ?? {}) as Conditions));
  return [...new Map([{}, ...met].map((one) => [JSON.stringify(one), one])).values()];
}

type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** Circumstances that meet a statement's conditions: as many as the key with the most values has. */
function circumstances(conditions: Conditions): Record<string, string>[] {
  const keys = Object.entries(conditions).flatMap(([operator, all]) =>
    Object.entries(all)
      // Met by the key's absence.
      .filter(([, values]) => !(operator === "Null" && list(values).includes("true")))
      .map(([key, values]) => [key, list(values)] as const),
  );
  const most = Math.max(0, ...keys.map(([, values]) => values.length));
  return Array.from({ length: most }, (_, k) =>
    Object.fromEntries(keys.map(([key, values]) => [key, values[k % values.length] as string])),
  );
}

function statementsOf({ documents }: CiRole): readonly Statement[] {
  return Object.values(documents).flatMap(({ Statement }) => Statement);
}

function actionsOf(role: CiRole): string[] {
  return [...new Set(statementsOf(role).flatMap(({ Action }) => list(Action)))];
}

const shown = ({ action, resource, context }: IamRequest) =>
  `${action} on ${resource} ${JSON.stringify(context ?? {})}`;
