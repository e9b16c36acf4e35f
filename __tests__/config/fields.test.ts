import { environment, FIFO_QUEUE, FUNCTION, QUEUE, schedule, TOPIC } from "./examples";
import { problemsOf } from "./problems";

/** A wrong value: the field, the value, what the message shows of it, and words of its limit and its remedy. */
type WrongValue = readonly [field: string, value: unknown, shown: string, limit: string, remedy: string];

function expectProblem(problems: readonly string[], path: string, [, , shown, limit, remedy]: WrongValue): void {
  expect(problems).toHaveLength(1);
  const [problem] = problems;
  expect(problem).not.toContain("\n");
  expect(problem?.startsWith(`${path}: ${shown} `)).toBe(true);
  expect(problem).toContain(limit);
  expect(problem).toContain(remedy);
}

const NOT_A_STRATEGY = ["is not a strategy", '{ kind: "sfn-loop" } (any interval from 1 s)'] as const;

const OF_ENVIRONMENT: readonly WrongValue[] = [
  ["account", "11111111111", '"11111111111"', "12 digits", '"111111111111"'],
  ["account", 111111111111, "111111111111", "12 digits", "as text"],
  ["account", undefined, "a missing value", "12 digits", '"111111111111"'],
  ["region", "Frankfurt", '"Frankfurt"', "AWS region", '"eu-central-1"'],
  ["region", () => "eu-central-1", '()=>"eu-central-1"', "AWS region", '"eu-central-1"'],
  ["strategy", "sfn-loop", '"sfn-loop"', ...NOT_A_STRATEGY],
  ["strategy", null, "null", ...NOT_A_STRATEGY],
  ["strategy.kind", "cron", '"cron"', ...NOT_A_STRATEGY],
  ["strategy.kind", undefined, "a missing value", ...NOT_A_STRATEGY],
  ["schedules", {}, "{}", "is not a list", "[{ name: …, interval: … }]"],
  ["schedules", [], "[]", "has no schedule", '[{ name: "heartbeat", interval: "10s" }]'],
  ["schedules[0]", null, "null", "is not a schedule", '{ name: "heartbeat", interval: "10s" }'],
  ["backend", undefined, "a missing value", "is not a backend", "{ bucket: "],
  ["backend.bucket", "No_Bucket", '"No_Bucket"', "3 to 63", "metronome-state-111111111111"],
  ["backend.bucket", "a".repeat(64), `"${"a".repeat(64)}"`, "3 to 63", "metronome-state-111111111111"],
  ["backend.bucket", undefined, "a missing value", "3 to 63", "metronome-state-111111111111"],
  ["backend.region", "eu", '"eu"', "AWS region", '"eu-central-1"'],
  ["backend.kmsKeyId", "", '""', "id or the ARN of a KMS key", "leave it out"],
  ["backend.kmsKeyId", "alias/state", '"alias/state"', "no alias", "leave it out"],
  ["backend.accessLogBucket", "Logs", '"Logs"', "3 to 63", "metronome-state-111111111111"],
  ["encryption", "yes", '"yes"', "is not which keys encrypt what", "logs: "],
  ["encryption.logs", "alias/logs", '"alias/logs"', "ARN of a KMS key", "leave it out"],
  ["encryption.functions", "12345678", '"12345678"', "ARN of a KMS key", "leave it out"],
  ["reservedConcurrency", 0, "0", "from 1 to 10000", "reserve none"],
  ["reservedConcurrency", 2.5, "2.5", "whole number", "reserve none"],
  ["runtime", "nodejs18.x", '"nodejs18.x"', "not a runtime", '"nodejs24.x" or "nodejs22.x"'],
  ["logRetentionDays", 2, "2", "not a retention", "1, 3, 5, 7, 14"],
  ["logRetentionDays", "7", '"7"', "not a retention", "1, 3, 5, 7, 14"],
  ["tracing", "yes", '"yes"', "true or false", "leave it out"],
  ["awsProviderVersion", "latest", '"latest"', "not a version constraint", '"6.66.0"'],
  ["awsProviderVersion", ">= 5,", '">= 5,"', "not a version constraint", '"6.66.0"'],
  ["topicKeyArns", "alias/mine", '"alias/mine"', "not a list", "leave it out"],
  ["topicKeyArns[0]", "alias/mine", '"alias/mine"', "takes no alias", '"arn:aws:kms:'],
  ["targetPatterns", "tenant-*", '"tenant-*"', "not a list", "leave it out"],
  ...["*", "t*:live", "t*-x", "t"].map((name): WrongValue => {
    const pattern = FUNCTION.replace("mine", name);
    return ["targetPatterns[0]", pattern, `"${pattern}"`, 'whose names end with "*"', "function:tenant-*"];
  }),
  ["tags", "team", '"team"', "not a map of texts", '{ CostCenter: "…" }'],
  ["tags.Team", 7, "7", "value of a tag", "at most 256"],
  ["tags.Team", "a".repeat(257), `"${"a".repeat(76)}…`, "value of a tag", "at most 256"],
  // Terraform would read it as an expression.
  ["tags.Team", "$" + "{secret}", '"$' + '{secret}"', "value of a tag", "letters, digits, spaces"],
  ["endpoint", "http://10.0.0.1:4566", '"http://10.0.0.1:4566"', "not a loopback", '"http://127.0.0.1:4566"'],
  ["endpoint", "http://127.0.0.1", '"http://127.0.0.1"', "with a port", '"http://127.0.0.1:4566"'],
  ["endpoint", "http://127.0.0.1:65536", '"http://127.0.0.1:65536"', "with a port", '"http://127.0.0.1:4566"'],
  ["endpoint", "https://127.0.0.1.nip.io:1", '"https://127.0.0.1.nip.io:1"', "not a loopback", "leave the field out"],
];

/** A text as a message shows it. */
const shownOf = (text: string) => (text.length > 76 ? `"${text.slice(0, 76)}…` : `"${text}"`);

const OF_SCHEDULE: readonly WrongValue[] = [
  ["name", "Heartbeat", '"Heartbeat"', "at most 24", '"heartbeat"'],
  ["name", "a".repeat(33), `"${"a".repeat(33)}"`, "at most 24", "shorter"],
  ["name", "two--dashes", '"two--dashes"', "single dashes", '"heartbeat"'],
  ["name", "ends-", '"ends-"', "single dashes", '"heartbeat"'],
  ["interval", "0s", '"0s"', "from 1 s to 24 h", '"10s"'],
  ["interval", "25h", '"25h"', "from 1 s to 24 h", '"1h"'],
  ["interval", "1.5s", '"1.5s"', "whole seconds", '"10s"'],
  ["interval", "1500ms", '"1500ms"', "whole seconds", '"10s"'],
  ["interval", "10", '"10"', "whole seconds", '"10s"'],
  ["interval", "-5s", '"-5s"', "from 1 s", '"10s"'],
  ["interval", 10, "10", "from 1 s", '"10s"'],
  ["interval", undefined, "a missing value", "from 1 s", '"10s"'],
  ["phase", "5", '"5"', "0 s or more", '"5s"'],
  ["lead", "5001ms", '"5001ms"', "at most 5 s", "leave it out"],
  ["lead", "0.75s", '"0.75s"', "at most 5 s", '"750ms"'],
  ["lead", 750, "750", "at most 5 s", '"750ms"'],
  ["targets", FUNCTION, `"${FUNCTION}"`, "not a list of ARNs", "leave it out"],
  ["targets", [], "[]", "names no target", "leave the field out"],
  ["targets[0]", "arn:aws:lambda:mine", '"arn:aws:lambda:mine"', "not the ARN of a Lambda", '"arn:aws:lambda:'],
  ...[
    QUEUE.replace("sqs", "events"),
    `${FIFO_QUEUE}.fifo`,
    `${QUEUE}${"q".repeat(77)}`,
    FIFO_QUEUE.replace("mine", "q".repeat(76)),
    "https://sqs.eu-central-1.amazonaws.com/111111111111/mine",
  ].map((arn): WrongValue => ["targets[0]", arn, shownOf(arn), "not the ARN", "SNS topic or an SQS queue"]),
  ["targets[0]", `${TOPIC}.fifo`, `"${TOPIC}.fifo"`, "not the ARN", "SNS topic"],
  ["targets[0]", `${FUNCTION}:$LATEST`, `"${FUNCTION}:$LATEST"`, "not the ARN", "Write it like"],
  ["targets[0]", 7, "7", "not the ARN", "Write it like"],
  ["payload", () => 1, "()=>1", "is not JSON", "literals only"],
  ["payload", 10n, "10", "is not JSON", "literals only"],
  ["payload", Number.NaN, "NaN", "is not JSON", "literals only"],
  ["payload.a[0]", undefined, "a missing value", "is not JSON", "literals only"],
  ["payload.a[0]", new Map(), "{}", "is not JSON", "literals only"],
  ["catchUpWindow", "0s", '"0s"', "from 1 s to 24 h", "leave it out"],
  ["overdue", "burst", '"burst"', "not an overdue policy", '"skip" or "latest"'],
];

const OF_SFN_LOOP: readonly WrongValue[] = [
  ["pacing", "exact", '"exact"', "not a pacing", '"clock" (exact) or "relative"'],
  ["machineType", "express", '"express"', "not a machine type", '"STANDARD" or "EXPRESS"'],
  ["horizon", 1, "1", "from 2 to 10 clock minutes", "Write 4"],
  ["horizon", 11, "11", "from 2 to 10 clock minutes", "Write 4"],
  ["horizon", 2.5, "2.5", "whole number", "Write 4"],
  ["duplicateCheck", 1, "1", "true or false", "Write one of them"],
  ["iteratorMemory", 64, "64", "from 128 to 10240 (MB)", "Leave it out"],
  ["iteratorMemory", Number.POSITIVE_INFINITY, "Infinity", "from 128 to 10240 (MB)", "Leave it out"],
];

/** A copy of `fields` with the value at a path such as `backend.bucket` or `targets[0]`. */
function withValue(fields: object, path: string, value: unknown): object {
  const copy = JSON.parse(JSON.stringify(fields)) as Record<string, unknown>;
  const keys = path.split(/[.[\]]+/).filter(Boolean);
  keys.reduce((at, key, k) => {
    const next = keys[k + 1];
    at[key] = next === undefined ? value : (at[key] ?? (/^\d/.test(next) ? [] : {}));
    return at[key] as Record<string, unknown>;
  }, copy);
  return copy;
}

test.each(OF_ENVIRONMENT)("environment: %s cannot be %p", (...wrong) => {
  const [field, value] = wrong;
  expectProblem(problemsOf({ dev: withValue(environment(), field, value) }), `dev.${field}`, wrong);
});

test.each(OF_SCHEDULE)("schedule: %s cannot be %p", (...wrong) => {
  const [field, value] = wrong;
  const schedules = [schedule({ name: "other" }), withValue(schedule(), field, value)];
  expectProblem(problemsOf({ dev: { ...environment(), schedules } }), `dev.schedules[1].${field}`, wrong);
});

test.each(OF_SFN_LOOP)("sfn-loop: %s cannot be %p", (...wrong) => {
  const [field, value] = wrong;
  const dev = { ...environment(), strategy: { kind: "sfn-loop", [field]: value } };
  expectProblem(problemsOf({ dev }), `dev.strategy.${field}`, wrong);
});

test("lambda-clock: clockMemory cannot be 64", () => {
  const dev = { ...environment(), strategy: { kind: "lambda-clock", clockMemory: 64 } };
  expectProblem(problemsOf({ dev }), "dev.strategy.clockMemory", ["", 64, "64", "from 128 to 10240", "Leave it out"]);
});

test.each(["manual", "manual-heartbeat"])("a schedule cannot be named %s, as ticks fired by hand are", (name) => {
  const dev = environment({ schedules: [{ ...schedule(), name }] });
  expectProblem(problemsOf({ dev }), "dev.schedules[0].name", [
    "",
    name,
    JSON.stringify(name),
    "manual-",
    "Choose another",
  ]);
});

test("lambda-clock: a horizon cannot be 6", () => {
  const dev = { ...environment(), strategy: { kind: "lambda-clock", horizon: 6 } };
  expectProblem(problemsOf({ dev }), "dev.strategy.horizon", ["", 6, "6", "from 1 to 5", "Write 2"]);
});

describe("unknown fields", () => {
  test.each([
    ["dev", { ...environment(), schedule: [] }, "schedule"],
    ["dev.strategy", environment({ strategy: { kind: "sfn-loop", clockMemory: 256 } as never }), "clockMemory"],
    ["dev.strategy", environment({ strategy: { kind: "lambda-clock", pacing: "clock" } as never }), "pacing"],
    ["dev.schedules[0]", environment({ schedules: [{ ...schedule(), every: "10s" } as never] }), "every"],
    ["dev.backend", environment({ backend: { bucket: "abc", key: "state" } as never }), "key"],
  ])("of %s are refused by name", (path, dev, field) => {
    const [problem, ...others] = problemsOf({ dev });
    expect(others).toEqual([]);
    expect(problem).toBe(
      `${path}: "${field}" is not a field here. Remove it, or correct its spelling (config/schema.ts lists the fields).`,
    );
  });
});

test.each([["aws:team"], ["project"], ["Environment"], ["a".repeat(129)], ["no#sign"]])(
  "a tag cannot be named %s",
  (name) => {
    const [problem, ...others] = problemsOf({ dev: environment({ tags: { [name]: "x" } }) });
    expect(others).toEqual([]);
    expect(problem).toContain(`dev.tags: "${name}" is not the name of a tag of yours: at most 128`);
    expect(problem).toContain("Rename it.");
  },
);

test.each([
  ["Dev", "lower-case letters"],
  ["a".repeat(17), "at most 16 characters"],
  ["1st", "a letter first"],
  ["state-dev", "the stacks of a state bucket and of CI"],
  ["ci", "the stacks of a state bucket and of CI"],
])("an environment cannot be named %s", (name, limit) => {
  const [problem, ...others] = problemsOf({ [name]: environment() });
  expect(others).toEqual([]);
  expect(problem).toContain(`environments: "${name}" is not an environment name: `);
  expect(problem).toContain(limit);
  expect(problem).toContain("Rename it.");
});

test.each([
  [null, "environments: null is not a map of environments"],
  [[], "environments: [] is not a map of environments"],
  ["dev", 'environments: "dev" is not a map of environments'],
  [undefined, "environments: a missing value is not a map of environments"],
  [{ dev: null }, "dev: null is not an environment"],
  [{ dev: [] }, "dev: [] is not an environment"],
])("%p instead of environments is refused", (value, problem) => {
  expect(problemsOf(value)).toEqual([expect.stringContaining(problem)]);
});
