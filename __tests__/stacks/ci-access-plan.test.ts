import { KEY } from "../config/examples";
import { accessProblems, changesBy } from "./access-checks";
import { ciAccess, OWN, withCi } from "./ci-roles";
import { changingActions, isWithoutResource, wouldAllow } from "./policy-evaluation";
import { localAccess, recording } from "./recording";

const access = ciAccess();
const { plan } = access;

/** The services that the stacks, the state and its key are of, and those by which one could get further. */
const SERVICES = [
  "cloudwatch",
  "dynamodb",
  "events",
  "iam",
  "kms",
  "lambda",
  "logs",
  "s3",
  "sns",
  "sqs",
  "states",
  "sts",
  "xray",
];

test.each(SERVICES)(
  "the plan role changes nothing of %s but the state's lock, by any action there is",
  async (service) => {
    const actions = await changingActions(service);
    expect(actions.length).toBeGreaterThan(3);
    const problems: string[] = [];
    for (const action of actions) for await (const problem of changesBy(plan, action)) problems.push(problem);
    expect(problems).toEqual([]);
  },
  60_000,
);

test("it may hold the lock, and let go of it", () => {
  for (const action of ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]) {
    expect(wouldAllow(plan, { action, resource: OWN.lock })).toBe(true);
  }
});

test("it reads the state, versions of a lost one too, and cannot write or delete any", () => {
  const reads = ["s3:GetObject", "s3:GetObjectVersion"];
  const may = [...reads, "s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"].filter((action) =>
    wouldAllow(plan, { action, resource: OWN.state }),
  );
  expect(may).toEqual(reads);
});

test.each([
  "metronome-state-dev/terraform.tfstate",
  "metronome-ci-dev/terraform.tfstate",
  "metronome-prod/terraform.tfstate",
  "env:/other/metronome-dev/terraform.tfstate",
])("it cannot read %s", (key) => {
  expect(wouldAllow(plan, { action: "s3:GetObject", resource: `${OWN.bucket}/${key}` })).toBe(false);
});

test("it reads no contents: no row, message, or log line", () => {
  const own = "metronome-dev-thing";
  const place = "eu-central-1:111111111111";
  const contents = [
    ["dynamodb:GetItem", `arn:aws:dynamodb:${place}:table/${own}`],
    ["dynamodb:Scan", `arn:aws:dynamodb:${place}:table/${own}`],
    ["sqs:ReceiveMessage", `arn:aws:sqs:${place}:${own}`],
    ["logs:GetLogEvents", `arn:aws:logs:${place}:log-group:/aws/lambda/${own}:log-stream:s`],
    ["logs:FilterLogEvents", `arn:aws:logs:${place}:log-group:/aws/lambda/${own}`],
    ["states:GetExecutionHistory", `arn:aws:states:${place}:execution:${own}:run`],
  ] as const;
  expect(contents.filter(([action, resource]) => wouldAllow(plan, { action, resource }))).toEqual([]);
});

test("the state's key is used by S3 alone, for the state and its lock", () => {
  const through = (object: string) => ({
    "kms:ViaService": "s3.eu-central-1.amazonaws.com",
    "kms:EncryptionContext:aws:s3:arn": object,
  });
  for (const action of ["kms:Decrypt", "kms:GenerateDataKey"]) {
    const may = (context: Record<string, string>) => wouldAllow(plan, { action, resource: KEY, context });
    // The bucket's ARN stands for all of its objects if the bucket has a key of its own.
    for (const object of [OWN.state, OWN.lock, OWN.bucket])
      expect([object, may(through(object))]).toEqual([object, true]);
    expect(may(through(`${OWN.bucket}/another`))).toBe(false);
    expect(may({ ...through(OWN.state), "kms:ViaService": "lambda.eu-central-1.amazonaws.com" })).toBe(false);
    expect(may({ "kms:EncryptionContext:aws:s3:arn": OWN.state })).toBe(false);
  }
});

test("it reads the tags of a dashboard, which a later provider asks for", () => {
  const resource = "arn:aws:cloudwatch::111111111111:dashboard/metronome-dev-clock";
  expect(wouldAllow(plan, { action: "cloudwatch:ListTagsForResource", resource })).toBe(true);
});

test("the state's key is used where the state has one, and no key else", () => {
  const actions = (of: typeof access) => JSON.stringify(of.plan.policies).match(/"kms:\w+"(?=[,\]])/g) ?? [];
  expect(actions(access)).toEqual(['"kms:Decrypt"', '"kms:GenerateDataKey"']);
  expect(actions(ciAccess(withCi({ backend: { bucket: "without-a-key" } })))).toEqual([]);
  const id = KEY.split("/")[1] as string;
  expect(ciAccess(withCi({ backend: { bucket: "by-id", kmsKeyId: id } })).plan.documents.state).toEqual(
    expect.objectContaining({
      Statement: expect.arrayContaining([expect.objectContaining({ Resource: [KEY] })]),
    }),
  );
});

test("`*` stands for what knows no resource only: these searches, and this check of a text", async () => {
  const wide = plan.documents.reads?.Statement.filter(({ Resource }) => Resource?.includes("*")) ?? [];
  const actions = wide.flatMap(({ Action }) => Action);
  expect(actions).toEqual([
    "logs:DescribeLogGroups",
    "logs:DescribeQueryDefinitions",
    "states:ValidateStateMachineDefinition",
  ]);
  for (const action of actions) expect([action, await isWithoutResource(action)]).toEqual([action, true]);
});

test("none of the checks that a widened role fails finds anything", async () => {
  const problems: string[] = [];
  for await (const problem of accessProblems(access)) problems.push(problem);
  expect(problems).toEqual([]);
}, 60_000);

const plans = Object.entries(recording.steps).filter(([step]) => step.startsWith("plan "));

test.each(plans)("it may make each call of a real %s", async (_step, requests) => {
  expect(requests.length).toBeGreaterThan(20);
  expect(await localAccess.refused("plan", requests)).toEqual([]);
});

test("there is a recorded plan of every kind of stack", () => {
  expect(plans.map(([step]) => step)).toEqual([
    "plan sfn-loop, monitored",
    "plan relative pacing",
    "plan Express",
    "plan lambda-clock, paused",
    "plan sqs-delay",
  ]);
});
