import fc from "fast-check";
import { ACCOUNT, REGION } from "../config/examples";
import { list } from "../template";
import { forbidden } from "./access-checks";
import { ciAccess, OWN } from "./ci-roles";
import { changes, isWithoutResource, wouldAllow } from "./policy-evaluation";
import { localAccess, recording } from "./recording";

const access = ciAccess();
const { deploy, boundaryArn } = access;

const steps = Object.entries(recording.steps);
const requests = steps.flatMap(([, all]) => all);

describe("what a real deployment asks for", () => {
  test.each(steps)("%s: each call is allowed", async (_step, all) => {
    expect(all.length).toBeGreaterThan(20);
    expect(await localAccess.refused("deploy", all)).toEqual([]);
  });

  test("every kind of change was recorded: what creates, changes, and deletes, of each service", () => {
    const recorded = new Set(requests.map(({ action }) => action));
    const expected = [
      ...["CreateFunction", "UpdateFunctionCode", "UpdateFunctionConfiguration", "DeleteFunction"].map(
        (action) => `lambda:${action}`,
      ),
      ...["AddPermission", "RemovePermission"].map((action) => `lambda:${action}`),
      ...["CreateStateMachine", "UpdateStateMachine", "DeleteStateMachine"].map((action) => `states:${action}`),
      ...["PutRule", "DeleteRule", "PutTargets", "RemoveTargets"].map((action) => `events:${action}`),
      ...["CreateTopic", "SetTopicAttributes", "DeleteTopic", "Subscribe", "Unsubscribe"].map((a) => `sns:${a}`),
      ...["PutMetricAlarm", "DeleteAlarms", "PutDashboard", "DeleteDashboards"].map((a) => `cloudwatch:${a}`),
      ...["CreateRole", "DeleteRole", "PutRolePolicy", "PassRole", "PutRolePermissionsBoundary"].map((a) => `iam:${a}`),
      ...["CreateLogGroup", "DeleteLogGroup", "PutRetentionPolicy"].map((action) => `logs:${action}`),
      ...["PutQueryDefinition", "DeleteQueryDefinition"].map((action) => `logs:${action}`),
      ...["CreateQueue", "DeleteQueue"].map((action) => `sqs:${action}`),
      ...["Create", "Update", "Delete"].map((verb) => `lambda:${verb}EventSourceMapping`),
      ...["CreateTable", "DeleteTable", "UpdateTimeToLive"].map((action) => `dynamodb:${action}`),
      ...["ListBucket", "GetObject", "PutObject", "DeleteObject"].map((action) => `s3:${action}`),
    ];
    expect(expected.filter((action) => !recorded.has(action))).toEqual([]);
  });

  test("a handover was recorded: its begin takes nothing of the old clock away, its end does", () => {
    const named = (step: string, ...actions: readonly string[]) => {
      const all = recording.steps[step]?.filter(({ action }) => actions.includes(action)) ?? [];
      return all.map(({ resource }) => resource.replace(/^.*:metronome-local-/, ""));
    };
    const deletions = ["lambda:DeleteFunction", "states:DeleteStateMachine"];
    expect(named("begin the handover to lambda-clock", "lambda:CreateFunction")).toContain("LambdaClock");
    expect(named("begin the handover to lambda-clock", ...deletions)).toEqual([]);
    expect(named("end the handover, and pause lambda-clock", ...deletions)).toEqual([
      "express-iterator",
      "express-loop-heartbeat",
      "express-loop-report",
    ]);
  });

  test("each role it makes is behind the boundary", () => {
    const created = requests.filter(({ action }) => action === "iam:CreateRole");
    expect(created.length).toBeGreaterThan(5);
    for (const { context } of created) {
      expect(context).toEqual({ "iam:PermissionsBoundary": localAccess.boundaryArn });
    }
  });

  test("the plan role is refused what changes anything, but the lock", async () => {
    const refused = await localAccess.refused("plan", requests);
    const changing = [];
    for (const request of requests) if (await changes(request.action)) changing.push(request);
    const lock = changing.filter(({ resource }) => resource.endsWith(".tflock"));
    expect(lock.length).toBeGreaterThan(5);
    expect(new Set(changing.filter((request) => !refused.includes(request)))).toEqual(new Set(lock));
  });
});

/** Changes that no recorded run makes, and a later one may. */
const BESIDES: readonly (readonly [why: string, action: string, resource: string])[] = [
  [
    "a schedule more or less for a subscriber",
    "sns:SetSubscriptionAttributes",
    `arn:aws:sns:${REGION}:${ACCOUNT}:metronome-dev-LambdaClock`,
  ],
  ["a tag less on a topic", "sns:UntagResource", `arn:aws:sns:${REGION}:${ACCOUNT}:metronome-dev-LambdaClock`],
  [
    "a tag less on an alarm",
    "cloudwatch:UntagResource",
    `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:metronome-dev-failures`,
  ],
  ["another setting of a queue", "sqs:SetQueueAttributes", `arn:aws:sqs:${REGION}:${ACCOUNT}:metronome-dev-failures`],
  [
    "another setting of the ledger",
    "dynamodb:UpdateTable",
    `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/metronome-dev-ledger`,
  ],
  [
    "backups of the ledger",
    "dynamodb:UpdateContinuousBackups",
    `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/metronome-dev-ledger`,
  ],
  ...["PutFunctionConcurrency", "DeleteFunctionConcurrency"].map(
    (action) => ["another reserved concurrency", `lambda:${action}`, OWN.function] as const,
  ),
  ...["AssociateKmsKey", "DisassociateKmsKey"].map(
    (action) =>
      [
        "another key of a log group",
        `logs:${action}`,
        `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/lambda/metronome-dev-iterator`,
      ] as const,
  ),
  ["another trust of a role that is behind the boundary", "iam:UpdateAssumeRolePolicy", OWN.role],
  ...["CreatePolicy", "CreatePolicyVersion", "DeletePolicy", "DeletePolicyVersion", "TagPolicy", "UntagPolicy"].map(
    (action) => ["more targets than a role's own policy holds", `iam:${action}`, OWN.policy] as const,
  ),
  ...["AttachRolePolicy", "DetachRolePolicy"].map(
    (action) => ["such a policy of a role that is behind the boundary", `iam:${action}`, OWN.role] as const,
  ),
];

test.each(BESIDES)("it may also make %s: %s", (_why, action, resource) => {
  const context = { "iam:PermissionsBoundary": boundaryArn, "iam:PolicyARN": OWN.policy };
  expect(wouldAllow(deploy, { action, resource, context })).toBe(true);
});

test.each(["cloudwatch:TagResource", "cloudwatch:UntagResource"])(
  "it may %s on a dashboard, as later providers do",
  (action) => {
    const resource = `arn:aws:cloudwatch::${ACCOUNT}:dashboard/metronome-dev-clock`;
    expect(wouldAllow(deploy, { action, resource })).toBe(true);
  },
);

test("beyond what a real deployment changes, and these, it may change nothing", async () => {
  const recorded = new Set(requests.map(({ action }) => action));
  const unrecorded: string[] = [];
  for (const { Action } of Object.values(deploy.documents).flatMap(({ Statement }) => Statement)) {
    for (const action of list(Action)) if (!recorded.has(action) && (await changes(action))) unrecorded.push(action);
  }
  // The state's bucket on the embedded AWS has no key of its own.
  const ofTheKey = ["kms:Decrypt", "kms:GenerateDataKey"];
  expect(new Set(unrecorded)).toEqual(new Set([...BESIDES.map(([, action]) => action), ...ofTheKey]));
});

test.each(forbidden(boundaryArn))("it may not: $action on $resource, $context", (request) => {
  expect(wouldAllow(deploy, request)).toBe(false);
});

test("it gives actions to a role that is behind the boundary, and to no other", () => {
  for (const action of ["iam:CreateRole", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"]) {
    const context = { "iam:PermissionsBoundary": boundaryArn };
    expect([action, wouldAllow(deploy, { action, resource: OWN.role, context })]).toEqual([action, true]);
    expect([action, wouldAllow(deploy, { action, resource: OWN.role })]).toEqual([action, false]);
  }
});

test.each(["email", "lambda"])("it subscribes to the clock's topics by %s", (protocol) => {
  const context = { "sns:Protocol": protocol };
  expect(wouldAllow(deploy, { action: "sns:Subscribe", resource: OWN.topic, context })).toBe(true);
});

test.each(["lambda", "states", "events"])("it hands roles to %s", (service) => {
  const context = { "iam:PassedToService": `${service}.amazonaws.com` };
  expect(wouldAllow(deploy, { action: "iam:PassRole", resource: OWN.role, context })).toBe(true);
});

/** The kinds of ARNs that the deploy role's statements are of, by action; `{}` is the name. */
const KINDS: readonly (readonly [action: string, format: string])[] = [
  ["lambda:DeleteFunction", `arn:aws:lambda:${REGION}:${ACCOUNT}:function:{}`],
  ["dynamodb:DeleteTable", `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/{}`],
  ["events:DeleteRule", `arn:aws:events:${REGION}:${ACCOUNT}:rule/{}`],
  ["states:DeleteStateMachine", `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:{}`],
  ["logs:DeleteLogGroup", `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/lambda/{}`],
  ["logs:DeleteLogGroup", `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/vendedlogs/states/{}`],
  ["sqs:DeleteQueue", `arn:aws:sqs:${REGION}:${ACCOUNT}:{}`],
  ["sns:DeleteTopic", `arn:aws:sns:${REGION}:${ACCOUNT}:{}`],
  ["iam:CreatePolicyVersion", `arn:aws:iam::${ACCOUNT}:policy/metronome-bounded/{}`],
  ["iam:DeleteRole", `arn:aws:iam::${ACCOUNT}:role/{}`],
  ["cloudwatch:DeleteAlarms", `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:{}`],
  ["cloudwatch:DeleteDashboards", `arn:aws:cloudwatch::${ACCOUNT}:dashboard/{}`],
];

const letters = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/);
const others = fc.oneof(
  letters,
  letters.map((rest) => `metronome-${rest}`),
  letters.map((rest) => `metronome-dev${rest}`),
  letters.map((rest) => `metronome-ci-dev-${rest}`),
  letters.map((rest) => `${rest}metronome-dev-${rest}`),
);

test.each(KINDS)("%s (%s): of names, exactly those of this environment", (action, format) => {
  const may = (name: string) => wouldAllow(deploy, { action, resource: format.replace("{}", name) });
  fc.assert(fc.property(letters, (rest) => may(`metronome-dev-${rest}`)));
  fc.assert(
    fc.property(
      others.filter((name) => !name.startsWith("metronome-dev-")),
      (name) => !may(name),
    ),
  );
});

test("`*` stands for what knows no resource only", async () => {
  const wide = deploy.documents.changes?.Statement.filter(({ Resource }) => Resource?.includes("*")) ?? [];
  const actions = wide.flatMap(({ Action }) => Action);
  expect(actions).toEqual(["lambda:CreateEventSourceMapping", "logs:DeleteQueryDefinition", "logs:PutQueryDefinition"]);
  for (const action of actions) expect([action, await isWithoutResource(action)]).toEqual([action, true]);
});
