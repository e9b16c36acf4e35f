import { environments } from "../../config/environments";
import { ConfigError, parseEnvironments } from "../../config/parse";
import type { EnvironmentConfig } from "../../config/schema";
import { ACCOUNT, environment, FUNCTION, FUNCTION_ALIAS, KEY, QUEUE, schedule, TOPIC } from "./examples";
import { problemsOf } from "./problems";

test("the project's own environments are valid", () => {
  expect(Object.keys(parseEnvironments(environments))).toEqual(["local", "dev", "prod"]);
});

const COMPLETE: Omit<EnvironmentConfig, "strategy"> = {
  ...environment(),
  schedules: [
    schedule({ name: "a", phase: "0s", targets: [FUNCTION, FUNCTION_ALIAS, TOPIC, QUEUE], payload: null }),
    schedule({ name: "b-2", payload: { list: [1, "two", { three: true }] }, catchUpWindow: "30s", overdue: "latest" }),
    schedule({ name: "a".repeat(24), overdue: "skip", payload: "text" }),
  ],
  backend: { bucket: "metronome-state.example", region: "us-east-1", kmsKeyId: KEY },
  runtime: "nodejs22.x",
  logRetentionDays: 3653,
  tracing: false,
  awsProviderVersion: ">= 5.100.0, < 7",
  tags: { CostCenter: "4711: clocks + co", Überschrift: "" },
};

test.each<[string, EnvironmentConfig]>([
  ["sfn-loop with defaults", environment()],
  [
    "sfn-loop with every field",
    {
      ...COMPLETE,
      strategy: { kind: "sfn-loop", pacing: "clock", machineType: "STANDARD", horizon: 2, iteratorMemory: 128 },
    },
  ],
  [
    "relative sfn-loop with every field",
    { ...COMPLETE, strategy: { kind: "sfn-loop", pacing: "relative", duplicateCheck: true, iteratorMemory: 10_240 } },
  ],
  ["lambda-clock with defaults", environment({ strategy: { kind: "lambda-clock" } })],
  ["lambda-clock with every field", { ...COMPLETE, strategy: { kind: "lambda-clock", horizon: 3, clockMemory: 512 } }],
  ["an embedded AWS on localhost", environment({ endpoint: "http://localhost:4566" })],
  ["an embedded AWS on IPv6", environment({ endpoint: "http://[::1]:65535" })],
  ["a GovCloud region", environment({ region: "us-gov-west-1" })],
  ["a provider pinned", environment({ awsProviderVersion: "6.25.0" })],
  ["a provider of one major version", environment({ awsProviderVersion: "~> 6.25" })],
  ["a KMS key by its id", environment({ backend: { bucket: "abc", kmsKeyId: `mrk-${"0".repeat(32)}` } })],
])("%s is valid", (_what, dev) => {
  expect(problemsOf({ dev, "a-16-letter-name": { ...dev, backend: { ...dev.backend, bucket: "another" } } })).toEqual(
    [],
  );
});

test("all problems of all environments come at once, one line each, under one heading", () => {
  const dev = environment({
    account: "1",
    strategy: { kind: "lambda-clock" },
    schedules: [schedule({ name: "Bad", interval: "10s" }), schedule({ interval: "0s" })],
  });
  const prod = environment({
    strategy: { kind: "sfn-loop", pacing: "relative", horizon: 3 },
    backend: { bucket: "another" },
    logRetentionDays: 2,
  });
  let error: unknown;
  try {
    parseEnvironments({ dev, prod });
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(ConfigError);
  const { message, problems } = error as ConfigError;
  expect(problems.map((problem) => problem.split(": ")[0])).toEqual([
    "dev.account",
    "dev.schedules[0].name",
    "dev.schedules[1].interval",
    "prod.logRetentionDays",
    "dev.schedules[0].interval",
    "prod.strategy.horizon",
  ]);
  const [heading, ...lines] = message.split("\n");
  expect(heading).toBe("The configuration has 6 problems (config/environments.ts):");
  expect(lines).toEqual(problems.map((problem) => `  ${problem}`));
});

test("a wrong name hides no problem of what has it", () => {
  const problems = problemsOf({ Prod: environment({ account: "1", tags: { "aws:team": "no#value" } }) });
  expect(problems).toHaveLength(4);
  expect(problems).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^environments: "Prod" is not an environment name: .*Rename it\.$/),
      expect.stringMatching(/^Prod\.account: "1" is not an AWS account id/),
      expect.stringMatching(/^Prod\.tags: "aws:team" is not the name of a tag of yours: .*Rename it\.$/),
      expect.stringMatching(/^Prod\.tags\.aws:team: "no#value" is not the value of a tag/),
    ]),
  );
});

test("a long value is cut short", () => {
  const [problem] = problemsOf({ dev: environment({ region: "x".repeat(1_000) }) });
  expect(problem).toBe(`dev.region: "${"x".repeat(76)}… is not an AWS region. Write it like "eu-central-1".`);
});

describe("environments of one account whose names begin alike", () => {
  const dev = environment();

  test("are refused if one continues the other after a dash", () => {
    const [problem, ...others] = problemsOf({ dev, "dev-2": { ...dev, backend: { bucket: "another" } } });
    expect(problem).toMatch(/^dev-2: this name continues "dev".*Rename one, such as to "dev2"\.$/);
    expect(others).toEqual([]);
  });

  test("are accepted without a dash, and in two accounts", () => {
    const other = { ...dev, backend: { bucket: "another" } };
    expect(problemsOf({ dev, dev2: other })).toEqual([]);
    expect(problemsOf({ dev, "dev-2": { ...other, account: "999999999999" } })).toEqual([]);
  });
});

describe("a bucket named by several environments", () => {
  const dev = environment();

  test("is refused in all but the first, also in another account: bucket names are global", () => {
    const problems = problemsOf({ dev, prod: { ...dev, account: "999999999999" }, test: dev });
    expect(problems).toEqual(
      ["prod", "test"].map(
        (name) =>
          `${name}.backend.bucket: "metronome-state-111111111111" is the bucket of "dev" too. Give each environment its own: its stack metronome-state-${name} creates and owns it.`,
      ),
    );
  });

  test("is not said of buckets that are missing", () => {
    const { backend: _, ...none } = dev;
    const problems = problemsOf({ dev: none, prod: none, test: { ...dev, backend: {} }, demo: null });
    expect(problems.map((problem) => problem.split(": ")[0])).toEqual([
      "dev.backend",
      "prod.backend",
      "test.backend.bucket",
      "demo",
    ]);
  });
});

test("a value's hidden and control characters are shown by their numbers: a terminal would obey them", () => {
  const [problem] = problemsOf({ dev: environment({ schedules: [schedule({ name: "caf\u00e9\u009b31m\u202e" })] }) });
  expect(problem).toContain('"caf\u00e9\\u009b31m\\u202e" is not a schedule name');
});

test("a problem of one of many schedules names it", () => {
  const schedules = Array.from({ length: 21 }, (_, k) => ({ name: `tenant-${k}`, interval: k === 17 ? "0s" : "10s" }));
  expect(problemsOf({ dev: environment({ schedules: schedules as never }) })).toEqual([
    expect.stringMatching(/^dev\.schedules\[17\] \(tenant-17\)\.interval: "0s" is not an interval/),
  ]);
  expect(problemsOf({ dev: environment({ schedules: schedules.slice(10, 20) as never }) })).toEqual([
    expect.stringMatching(/^dev\.schedules\[7\]\.interval: "0s" is not an interval/),
  ]);
});

test("a phase of auto is taken from the name", () => {
  const phases = (names: readonly string[]) =>
    parseEnvironments({
      dev: environment({ schedules: names.map((name) => schedule({ name, interval: "10s", phase: "auto" })) }),
    }).dev?.schedules.map(({ phaseMs }) => phaseMs);
  const names = ["a", "b", "c", "d", "e", "f"];
  expect(new Set(phases(names)).size).toBeGreaterThan(2);
  expect(phases([...names].reverse())).toEqual([...(phases(names) ?? [])].reverse());
});

test("ten thousand schedules of which two have one name are refused", () => {
  const schedules = Array.from({ length: 10_000 }, (_, k) =>
    schedule({ name: `tenant-${k % 9_999}`, interval: "10s", phase: "auto" }),
  );
  const one = environment({ strategy: { kind: "sqs-delay" }, schedules, monitoring: { metrics: false } });
  expect(problemsOf({ dev: one })).toEqual([expect.stringContaining("(tenant-0).name")]);
});

test("a mistake that each of many schedules has is counted in full and listed in part", () => {
  const schedules = Array.from({ length: 10_000 }, (_, k) =>
    schedule(k % 2 === 0 ? { name: `tenant-${k}`, interval: "0s" } : { name: `tenant-${k}`, phase: "2m" }),
  );
  const dev = environment({ strategy: { kind: "sqs-delay" }, schedules, monitoring: { metrics: false } });
  expect(problemsOf({ dev })).toHaveLength(10_000);
  const read = () => parseEnvironments({ dev });
  expect(read).toThrow("The configuration has 10000 problems");
  expect(read).toThrow("dev.schedules[198] (tenant-198).interval");
  expect(read).not.toThrow("dev.schedules[200] (tenant-200).interval");
  expect(read).toThrow(/\n {2}… and 9900 more$/);
});

test("a field that is wrong on its own is not described again, whatever it breaks", () => {
  const schedules = [
    schedule({ interval: "0s", phase: "5m" }),
    schedule({ name: "other", targets: ["arn:aws:x", FUNCTION.replace(ACCOUNT, "999999999999")] }),
  ];
  const problems = problemsOf({ dev: environment({ schedules }) }).map((problem) => problem.split(": ")[0]);
  expect(problems).toEqual(["dev.schedules[0].interval", "dev.schedules[1].targets[0]", "dev.schedules[1].targets[1]"]);
  expect(problemsOf({ dev: environment({ schedules: "none" as never, enabled: false }) })).toEqual([
    expect.stringMatching(/^dev\.schedules: "none" is not a list of schedules/),
    expect.stringMatching(/^dev\.note: /),
  ]);
  expect(problemsOf(null)).toHaveLength(1);
});
