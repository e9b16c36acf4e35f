import type { EnvironmentConfig, ScheduleConfig } from "../../config/schema";
import { ClockDashboard } from "../../constructs/monitoring/clock-dashboard";
import { asciiJsonBytes } from "../../strategies/json-text";
import { PAUSED_BYTES, pausedVariable } from "../../strategies/sfn-loop/paused";
import { synthesize } from "../synthesis";
import { synthesizeStack, type Template } from "../template";
import { environment, parsed, schedule, TOPIC, UNWATCHED } from "./examples";
import { problemsOf } from "./problems";

/** The longest names, in a region with the longest ARNs. */
const NAME = "a".repeat(16);
const REGION = "us-gov-west-1";
const ACCOUNT = "111111111111";
const MINUTELY = Array.from({ length: 301 }, (_, k) =>
  schedule({ name: `${"n".repeat(21)}${String(k).padStart(3, "0")}` }),
);
const ARN_BYTES = 150;

const loop = (schedules: readonly ScheduleConfig[], fields: Partial<EnvironmentConfig> = {}) =>
  environment({ region: REGION, account: ACCOUNT, schedules, monitoring: UNWATCHED, ...fields });

const problems = (config: EnvironmentConfig) => problemsOf({ [NAME]: config });
const template = (config: EnvironmentConfig) => synthesize({ [NAME]: config })[`metronome-${NAME}`] as Template;
/** A text as it is deployed, its references replaced by the longest ARN. */
const resolved = (text: unknown) => String(text).replace(/\$\{aws_[^}]*\}/g, "x".repeat(ARN_BYTES));

const PREFIX = `arn:aws-us-gov:lambda:${REGION}:${ACCOUNT}:function:${"f".repeat(40)}`;
const MANY = Array.from({ length: 1_000 }, (_, k) => `${PREFIX}${k + 1_000}:live`);
const KEYS = Array.from(
  { length: 50 },
  (_, k) => `arn:aws-us-gov:kms:${REGION}:${ACCOUNT}:key/12345678-1234-1234-1234-1234567890${k + 10}`,
);
const FUNCTIONS = Array.from(
  { length: 470 },
  (_, k) => `arn:aws-us-gov:lambda:${REGION}:${ACCOUNT}:function:${"f".repeat(40)}${k + 100}:live`,
);
const pausing = (count: number) =>
  MINUTELY.slice(0, 200).map((one, k) => (k < count ? { ...one, enabled: false, note: "why" } : one));
const RELATIVE: EnvironmentConfig["strategy"] = { kind: "sfn-loop", pacing: "relative" };
const TAGS = Object.fromEntries(MINUTELY.slice(0, 49).map(({ name }) => [name, "x"]));

/** Each limit: a configuration with so many parts, the most that are let pass, and what is said of one more. */
const LIMITS: readonly (readonly [
  what: string,
  of: (count: number) => EnvironmentConfig,
  most: number,
  says: string,
])[] = [
  [
    "rules",
    (n) => loop(MINUTELY.slice(0, n)),
    300,
    "schedules: .* are 301, .* EventBridge takes 300 rules. Write fewer",
  ],
  [
    "rules of two loops",
    (n) => loop(MINUTELY.slice(0, n), { retiring: { kind: "sfn-loop", machineType: "EXPRESS" } }),
    150,
    "schedules: .* 150 at most, because EventBridge takes 300 rules",
  ],
  [
    "widgets of the dashboard",
    (n) => loop(MINUTELY.slice(0, n), { monitoring: { metrics: "schedules" } }),
    69,
    "schedules: .* 69 at most, because CloudWatch takes 500 widgets. .* dashboard: false",
  ],
  ["bytes of paused names", (n) => loop(pausing(n)), 145, "schedules: .* take 3943 bytes, .* has 3930. Pause fewer"],
  [
    "bytes of targets",
    (n) => loop([schedule({ targets: FUNCTIONS.slice(0, n) })]),
    454,
    "schedules: .* ARNs take 49595 bytes, .* the Iterator's role, .* have 49500. Name a topic, .* targetPatterns",
  ],
  [
    "bytes of targets, for a pacer",
    (n) => loop([schedule({ targets: FUNCTIONS.slice(0, n) })], { strategy: { kind: "sqs-delay" } }),
    454,
    "schedules: .* ARNs take 49595 bytes, .* the pacer's role, .* have 49500. Name a topic, .* targetPatterns",
  ],
  [
    "bytes of one schedule's targets",
    (n) => loop([schedule({ targets: MANY.slice(0, n) })], { targetPatterns: [`${PREFIX}*`] }),
    930,
    "schedules\\[0\\].targets: .* take 102410 bytes, .* has 102400 .* Divide them",
  ],
  [
    "bytes of keys",
    (n) =>
      loop([schedule({ targets: [TOPIC.replace("aws", "aws-us-gov").replace("eu-central-1", REGION)] })], {
        topicKeyArns: KEYS.slice(0, n),
      }),
    44,
    "topicKeyArns: .* take .* bytes, .* has 4000 for them. Encrypt several",
  ],
  [
    "bytes of state machines",
    (n) => loop(MINUTELY.slice(0, n), { strategy: RELATIVE }),
    72,
    "schedules: .* the duplicate check, .* has 9000. Write fewer, duplicateCheck: false",
  ],
  [
    "tags",
    (n) => loop([schedule()], { tags: Object.fromEntries(Object.entries(TAGS).slice(0, n)) }),
    48,
    "tags: .* are 49, and AWS takes 48 beside",
  ],
];

test.each(LIMITS)("%s", (_what, of, most, says) => {
  expect(problems(of(most))).toEqual([]);
  expect(problems(of(most + 1))).toEqual([expect.stringMatching(`^${NAME}\\.${says}`)]);
});

interface Widget {
  readonly x: number;
  readonly y: number;
  readonly properties: { readonly alarms?: readonly string[]; readonly metrics?: readonly unknown[] };
}

test("a dashboard stays within CloudWatch's limits for all that is let pass", () => {
  const schedules = parsed(loop(MINUTELY.slice(0, 69))).schedules;
  // In a handover between two loops: 5 alarms a schedule, one a machine, two a function, and the failure queue's.
  const machines = [...schedules, ...schedules].map(
    (_, k) => `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:loop-${k}`,
  );
  const functions = ["iterator", "express-iterator"];
  const alarms = Array.from({ length: 5 * 69 + machines.length + 2 * functions.length + 1 }, (_, k) => `alarm-${k}`);
  const stack = synthesizeStack((scope) => {
    new ClockDashboard(scope, "clock", {
      name: "clock",
      environment: NAME,
      region: REGION,
      schedules,
      p99SkewMs: 500,
      alarmArns: alarms,
      functionNames: functions,
      machineArns: machines,
      queueName: "failures",
    });
  });
  const { widgets } = JSON.parse(String(stack.resource("aws_cloudwatch_dashboard").dashboard_body)) as {
    widgets: readonly Widget[];
  };
  expect(widgets.length).toBeLessThanOrEqual(500);
  expect(new Set(widgets.map(({ x, y }) => `${x} ${y}`)).size).toBe(widgets.length);
  expect(widgets.every(({ x }) => x < 24)).toBe(true);
  const shown = widgets.flatMap(({ properties }) => (properties.alarms ? [properties.alarms] : []));
  expect(shown.map(({ length }) => length)).toEqual([100, 100, 100, 100, 88]);
  expect(shown.flat()).toEqual(alarms);
  const metrics = widgets.map(({ properties }) => properties.metrics?.length ?? 0);
  expect(Math.max(...metrics)).toBeLessThanOrEqual(500);
  expect(metrics.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(2_500);
});

test("the Iterator's variables stay within Lambda's 4,096 bytes, also if all is paused", () => {
  const stack = template(
    loop([schedule()], {
      monitoring: { metrics: "schedules" },
      retiring: { kind: "sfn-loop", machineType: "EXPRESS" },
    }),
  );
  const { PAUSED, ...others } = (
    stack.resource("aws_lambda_function", "iterator").environment as { variables: Record<string, string> }
  ).variables;
  const rest = Object.entries(others)
    .join("")
    .replace(/\$\{aws_[^}]*\}/g, `metronome-${NAME}-ledger`);
  expect(`PAUSED${rest}`.length + PAUSED_BYTES).toBeLessThanOrEqual(4_096);
  expect(PAUSED).toBe("[]");
  const all = parsed(loop(MINUTELY.slice(0, 200), { enabled: false, note: "why" })).schedules;
  expect(pausedVariable(all)).toBe("true");
  expect(pausedVariable(all.slice(0, 100))).toMatch(/^\["n+000",/);
});

test.each([
  ["the Iterator", loop([schedule({ targets: FUNCTIONS.slice(0, 82) }), schedule({ name: "own" })]), "iterator"],
  ["the duplicate check", loop(MINUTELY.slice(0, 72), { strategy: RELATIVE }), "duplicate-check"],
])("the policy of %s stays within IAM's 10,240 characters", (_what, config, prefix) => {
  expect(problems(config)).toEqual([]);
  const policy = resolved(template(config).resource("aws_iam_role_policy", prefix).policy);
  expect(policy.length).toBeGreaterThan(8_000);
  expect(policy.length).toBeLessThanOrEqual(10_240);
});

test("the policy of the Iterator has room for targets of all kinds, and their keys", () => {
  const named = (service: string) => `arn:aws-us-gov:${service}:${REGION}:${ACCOUNT}:t`;
  const targets = [...FUNCTIONS.slice(0, 78), named("sns"), named("sqs")];
  const key = `arn:aws-us-gov:kms:${REGION}:${ACCOUNT}:key/12345678-1234-1234-1234-123456789012`;
  const config = loop([schedule({ targets })], { topicKeyArns: [key], tracing: true });
  expect(problems(config)).toEqual([]);
  const policy = resolved(template(config).resource("aws_iam_role_policy", "iterator").policy);
  expect(policy.length).toBeGreaterThan(8_500);
  expect(policy.length).toBeLessThanOrEqual(10_240);
});

test("a definition stays within Step Functions' 1 MB, with the longest payload", () => {
  const [one] = parsed(loop([schedule({ payload: "é".repeat(65_533) })])).schedules;
  expect(problems(loop([schedule({ payload: "é".repeat(65_534) })]))).toHaveLength(1);
  expect(asciiJsonBytes(JSON.stringify(one?.payload))).toBeLessThan(400_000);
});
