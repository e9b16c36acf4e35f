import { KEY, schedule } from "../config/examples";
import { synthesize } from "../synthesis";
import { list, type Statement, statements, type Template } from "../template";
import { CI } from "./ci-roles";
import { isWithoutResource, unknownParts } from "./policy-evaluation";
import { everyTarget, MANY_FUNCTIONS, STRATEGIES } from "./strategies";

/** Statements of CI's access: what they are wide in, `ci-access*.test.ts` says. */
const ofCi = ([where]: readonly [string, Statement]) => where.startsWith("metronome-ci-");

const environments = Object.fromEntries([
  ...STRATEGIES.map(
    ([, strategy], k) =>
      [
        `env-${k}`,
        everyTarget(strategy, { backend: { bucket: `state-${k}`, kmsKeyId: KEY }, ...(k === 0 && { ci: CI }) }),
      ] as const,
  ),
  ["many", everyTarget({ kind: "sqs-delay" }, { schedules: [schedule({ targets: MANY_FUNCTIONS })] })],
]);

/** Every statement of every policy in every stack: of a role, of its trust, of a queue, of a bucket. */
const all: readonly (readonly [where: string, statement: Statement])[] = Object.entries(
  synthesize(environments),
).flatMap(([stack, template]) =>
  policiesOf(template).flatMap(([address, policy]) =>
    statements(policy).map((statement) => [`${stack} ${address}`, statement] as const),
  ),
);

function policiesOf(template: Template): [address: string, policy: unknown][] {
  return template.entries().flatMap(([address, values]) =>
    Object.entries(values)
      .filter(([, value]) => typeof value === "string" && value.includes('"Statement"'))
      .map(([key, value]): [string, unknown] => [`${address}.${key}`, value]),
  );
}

const allowing = all.filter(([, { Effect }]) => Effect === "Allow");

test("the walk finds the policies of every kind", () => {
  const kinds = new Set(all.map(([where]) => where.replace(/^\S+ (\w+)\.[^.]+/, "$1")));
  expect([...kinds].sort()).toEqual([
    "aws_iam_policy.policy",
    "aws_iam_role.assume_role_policy",
    "aws_iam_role_policy.policy",
    "aws_s3_bucket_policy.policy",
    "aws_sns_topic_policy.policy",
    "aws_sqs_queue.policy",
  ]);
  expect(all.length).toBeGreaterThan(60);
});

test("a policy allows an action on every resource only if the action takes none", async () => {
  const wide = allowing.filter(([, { Resource }]) => list(Resource).includes("*"));
  const actions = new Set(wide.flatMap(([, { Action }]) => list(Action)));
  expect(actions.size).toBeGreaterThan(10);
  for (const action of actions) expect([action, await isWithoutResource(action)]).toEqual([action, true]);
});

test("a wildcard stands at the end of an ARN only, for the streams of one log group or the objects of one bucket", () => {
  const resources = all
    .filter((one) => !ofCi(one))
    .flatMap(([, { Resource }]) => list(Resource))
    .filter((resource) => resource !== "*");
  const wild = resources.filter((resource) => resource.includes("*"));
  expect(wild.length).toBeGreaterThan(0);
  for (const resource of wild)
    expect(resource).toMatch(/^\$\{aws_(cloudwatch_log_group|s3_bucket)\.[\w-]+\.arn\}(:|\/)\*$/);
});

test("no policy allows a family of actions", () => {
  expect(allowing.flatMap(([, { Action }]) => list(Action)).filter((action) => action.includes("*"))).toEqual([]);
});

test("AWS knows every action, and every condition key as one of each action that it stands beside", async () => {
  const unknown: string[] = [];
  for (const [where, statement] of allowing) {
    unknown.push(...(await unknownParts(statement)).map((part) => `${where}: ${part}`));
  }
  expect(unknown).toEqual([]);
  const misspelt = { Effect: "Allow", Action: ["sns:Subscribe", "sns:Subcribe"], Resource: "*" };
  expect(await unknownParts(misspelt)).toEqual(["sns:Subcribe"]);
  const foreign = { ...misspelt, Action: ["sns:Subscribe", "sns:DeleteTopic"] };
  expect(await unknownParts({ ...foreign, Condition: { StringEquals: { "sns:Protocol": "lambda" } } })).toEqual([
    "sns:Protocol of sns:DeleteTopic",
  ]);
});

test("nobody but an AWS service is let in from outside, and only for this account's resources where the service can say so", () => {
  const outside = allowing.filter((one) => one[1].Principal !== undefined && !ofCi(one));
  for (const [where, { Principal, Condition }] of outside) {
    expect([where, Principal]).toEqual([where, { Service: expect.stringMatching(/^[a-z]+\.amazonaws\.com$/) }]);
    const { Service } = Principal as { Service: string };
    if (Service === "lambda.amazonaws.com") continue;
    expect([where, JSON.stringify(Condition)]).toEqual([where, expect.stringContaining("111111111111")]);
    expect([where, Condition]).toEqual([
      where,
      expect.objectContaining({ ArnLike: { "aws:SourceArn": expect.stringMatching(/^arn:aws:\w+:/) } }),
    ]);
  }
});
