import type { EnvironmentConfig, StrategyConfig } from "../../config/schema";
import { ACCOUNT, environment, KEY, QUEUE, REGION, schedule, TOPIC, UNWATCHED } from "../config/examples";
import { problemsOf } from "../config/problems";
import { synthesizeClock } from "../synthesis";
import { list, statements, type Template } from "../template";
import { CI } from "./ci-roles";

const INLINE = 10_240;
const MANAGED = 6_144;
const ATTACHED = 10;

const FUNCTION = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:`;
const functions = (count: number) => Array.from({ length: count }, (_, k) => `${FUNCTION}tenant-${1000 + k}`);

const clock = (strategy: StrategyConfig, targets: readonly string[], fields: Partial<EnvironmentConfig> = {}) =>
  environment({
    strategy,
    monitoring: UNWATCHED,
    tracing: true,
    schedules: [schedule({ targets: [...targets] }), schedule({ name: "sample" })],
    ...fields,
  });

/** The dispatching function's policies: the texts of the inline one and of the attached ones. */
function policiesOf(template: Template, id: string) {
  const attachments = Object.values(template.resources("aws_iam_role_policy_attachment"));
  const managed = Object.entries(template.resources("aws_iam_policy")).filter(([name]) => name.startsWith(`${id}_`));
  for (const [name] of managed) {
    const own = attachments.filter(({ policy_arn }) => policy_arn === `\${aws_iam_policy.${name}.arn}`);
    expect(own).toEqual([expect.objectContaining({ role: expect.stringContaining(`aws_iam_role.${id}_role_`) })]);
  }
  return {
    inline: String(template.resource("aws_iam_role_policy", `${id}_`).policy),
    managed: managed.map(([, { policy }]) => String(policy)),
  };
}

const resources = (policy: string, action: string) =>
  statements(policy)
    .filter(({ Action }) => list(Action).includes(action))
    .flatMap(({ Resource }) => list(Resource));

const DISPATCHERS: readonly (readonly [name: string, strategy: StrategyConfig, id: string])[] = [
  ["sfn-loop", { kind: "sfn-loop" }, "iterator"],
  ["sfn-loop on Express", { kind: "sfn-loop", machineType: "EXPRESS" }, "express-iterator"],
  ["relative sfn-loop", { kind: "sfn-loop", pacing: "relative" }, "iterator"],
  ["sqs-delay", { kind: "sqs-delay" }, "pacer"],
];

describe.each(DISPATCHERS)("%s", (_name, strategy, id) => {
  test.each([
    [40, 0],
    [140, 0],
    [200, 9],
    [600, 9],
  ])("%i functions, and a topic and a queue: each target once, in %i managed policies", (count, policies) => {
    const targets = [...functions(count - 2), TOPIC, QUEUE];
    const template = synthesizeClock(clock(strategy, targets));
    const { inline, managed } = policiesOf(template, id);
    expect(managed).toHaveLength(policies);
    expect(policies).toBeLessThan(ATTACHED);
    expect(inline.length).toBeLessThanOrEqual(INLINE);
    for (const policy of managed) expect(policy.length).toBeLessThanOrEqual(MANAGED);
    const named = ["lambda:InvokeFunction", "sns:Publish", "sqs:SendMessage"].flatMap((action) =>
      [inline, ...managed].flatMap((policy) => resources(policy, action)),
    );
    const [own, others] = [named.filter((arn) => arn.startsWith("$")), named.filter((arn) => !arn.startsWith("$"))];
    expect(others.sort()).toEqual([...targets].sort());
    expect(own).toEqual([expect.stringMatching(/^\$\{aws_lambda_function\.sample-target_function_\w+\.arn\}$/)]);
    expect(resources(inline, "lambda:InvokeFunction")).toHaveLength(policies === 0 ? count - 1 : 1);
  });

  test("the function waits for all of its policies, and what leaves the inline one for what takes it over", () => {
    const template = synthesizeClock(clock(strategy, functions(200)));
    const attachments = Object.keys(template.resources("aws_iam_role_policy_attachment")).map(
      (name) => `aws_iam_role_policy_attachment.${name}`,
    );
    expect(attachments).toHaveLength(9);
    const [inline] = Object.keys(template.resources("aws_iam_role_policy")).filter((name) => name.startsWith(`${id}_`));
    const { depends_on } = template.resource("aws_lambda_function", `${id}_function`);
    expect([...(depends_on as string[])].sort()).toEqual([`aws_iam_role_policy.${inline}`, ...attachments].sort());
    const after = template.resource("aws_iam_role_policy", `${id}_`).depends_on as string[];
    expect([...after].sort()).toEqual(attachments.sort());
  });

  test("one more target changes the policy of that target alone", () => {
    const policies = (count: number) =>
      Object.entries(synthesizeClock(clock(strategy, functions(count))).resources("aws_iam_policy"));
    const [before, after] = [policies(300), policies(301)];
    const changed = after.filter(([, values], k) => values.policy !== before[k]?.[1].policy);
    expect(after.map(([name]) => name)).toEqual(before.map(([name]) => name));
    expect(changed.map(([, { policy }]) => String(policy).includes("tenant-1300"))).toEqual([true]);
  });

  test("beyond, the environment is refused; a pattern stands for its targets, and for nothing else", () => {
    const many = functions(800);
    expect(problemsOf({ dev: clock(strategy, many) })).toEqual([
      expect.stringMatching(/^dev\.schedules: .* take 51200 bytes, .* have 49500\. Name a topic, .* targetPatterns/),
    ]);
    const targetPatterns = [`${FUNCTION}tenant-*`];
    const config = clock(strategy, [...many, `${FUNCTION}mine`, TOPIC], { targetPatterns });
    const { inline, managed } = policiesOf(synthesizeClock(config), id);
    expect(managed).toEqual([]);
    const literal = resources(inline, "lambda:InvokeFunction").filter((arn) => !arn.startsWith("$"));
    expect(literal).toEqual([...targetPatterns, `${FUNCTION}mine`]);
    expect(resources(inline, "sns:Publish")).toEqual([TOPIC]);
  });
});

test("keys stay in the inline policy, and count there", () => {
  const targets = [...functions(139), TOPIC];
  const strategy = { kind: "sqs-delay" } as const;
  expect(policiesOf(synthesizeClock(clock(strategy, targets)), "pacer").managed).toEqual([]);
  const keyed = policiesOf(synthesizeClock(clock(strategy, targets, { topicKeyArns: [KEY] })), "pacer");
  expect(keyed.managed).toHaveLength(9);
  expect(resources(keyed.inline, "kms:Decrypt")).toEqual([KEY]);
  expect(keyed.managed.join("")).not.toContain("kms:");
});

test("the number of resources depends on the targets, not on the schedules", () => {
  const targets = functions(200);
  const count = (schedules: number) =>
    synthesizeClock(
      clock({ kind: "sqs-delay" }, [], {
        schedules: Array.from({ length: schedules }, (_, k) =>
          schedule({
            name: `tenant-${k}`,
            phase: "auto",
            targets: k === 0 ? targets : targets.slice(k % 200, (k % 200) + 1),
          }),
        ),
      }),
    ).addresses().length;
  expect(count(1_000)).toBe(count(1));
});

test("in a handover each clock has policies of its own, with names of their own", () => {
  const config = clock({ kind: "sqs-delay" }, functions(200), { retiring: { kind: "sfn-loop" } });
  const names = Object.values(synthesizeClock(config).resources("aws_iam_policy")).map(({ name }) => name);
  expect(new Set(names).size).toBe(18);
  expect(names).toEqual(expect.arrayContaining(["metronome-dev-pacer-targets-1", "metronome-dev-iterator-targets-9"]));
});

test("with `ci` the policies are below the path that CI may write, and without it they are not", () => {
  const paths = (fields: Partial<EnvironmentConfig>) =>
    new Set(
      Object.values(
        synthesizeClock(clock({ kind: "sqs-delay" }, functions(200), fields)).resources("aws_iam_policy"),
      ).map(({ path }) => path),
    );
  expect(paths({ ci: CI })).toEqual(new Set(["/metronome-bounded/"]));
  expect(paths({})).toEqual(new Set([undefined]));
});

test("lambda-clock subscribes functions, and names a pattern for topics and queues", () => {
  const targetPatterns = [`${TOPIC}*`];
  const config = clock({ kind: "lambda-clock" }, [`${FUNCTION}mine`, TOPIC, `${TOPIC}-too`, QUEUE], { targetPatterns });
  const { inline, managed } = policiesOf(synthesizeClock(config), "lambda-clock");
  expect(managed).toEqual([]);
  expect(resources(inline, "sns:Publish").filter((arn) => !arn.startsWith("$"))).toEqual(targetPatterns);
  expect(inline).not.toContain("lambda:InvokeFunction");
});
