import type { EnvironmentConfig, ScheduleConfig, StrategyConfig } from "../../config/schema";
import { ACCOUNT, environment, FIFO_QUEUE, FUNCTION, KEY, QUEUE, REGION, schedule, TOPIC } from "./examples";
import { problemsOf } from "./problems";

const CLOCK: StrategyConfig = { kind: "sfn-loop" };
const RELATIVE: StrategyConfig = { kind: "sfn-loop", pacing: "relative" };
const EXPRESS: StrategyConfig = { kind: "sfn-loop", machineType: "EXPRESS" };
const LAMBDA_CLOCK: StrategyConfig = { kind: "lambda-clock" };

const FOREIGN_REGION = FUNCTION.replace(REGION, "us-east-1");
const FOREIGN_ACCOUNT = TOPIC.replace(ACCOUNT, "222222222222");
const FOREIGN_QUEUE = FIFO_QUEUE.replace(REGION, "us-east-1");

const withSchedule = (strategy: StrategyConfig, fields: Partial<ScheduleConfig>) =>
  environment({ strategy, schedules: [schedule(fields)] });

/** What is refused: the environment, the path, the value shown, words of the limit and of the remedy. */
const REFUSED: readonly (readonly [
  what: string,
  environment: EnvironmentConfig,
  path: string,
  value: string,
  limit: string,
  remedy: string,
])[] = [
  [
    "a phase as long as the interval",
    withSchedule(CLOCK, { interval: "10s", phase: "25s" }),
    "schedules[0].phase",
    '"25s"',
    "not below the interval, 10s",
    '"5s"',
  ],
  [
    "a lead as long as the interval",
    withSchedule(CLOCK, { interval: "1s", lead: "1s" }),
    "schedules[0].lead",
    '"1s"',
    "not shorter than the interval, 1s",
    "leave it out",
  ],
  [
    "a lead to a topic",
    withSchedule(CLOCK, { lead: "750ms", targets: [FUNCTION, TOPIC] }),
    "schedules[0].lead",
    '"750ms"',
    `what receives ticks from ${TOPIC} is not known`,
    "Name the functions themselves",
  ],
  [
    "a lead to a queue",
    withSchedule(CLOCK, { lead: "750ms", targets: [FUNCTION, QUEUE] }),
    "schedules[0].lead",
    '"750ms"',
    `what receives ticks from ${QUEUE} is not known`,
    "Name the functions themselves",
  ],
  [
    "a lead without a grid",
    withSchedule(RELATIVE, { lead: "750ms" }),
    "schedules[0].lead",
    '"750ms"',
    "no instant to be held until",
    'pacing: "clock"',
  ],
  [
    "two schedules of one name",
    environment({ schedules: [schedule(), schedule({ interval: "10s" })] }),
    "schedules[1].name",
    '"heartbeat"',
    "another schedule's name",
    "Give each its own",
  ],
  [
    "a target in another region",
    withSchedule(CLOCK, { targets: [FUNCTION, FOREIGN_REGION] }),
    "schedules[0].targets[1]",
    `"${FOREIGN_REGION}"`,
    `account and region (${ACCOUNT}, ${REGION})`,
    "Name a topic there",
  ],
  [
    "a target in another account",
    withSchedule(CLOCK, { targets: [FOREIGN_ACCOUNT] }),
    "schedules[0].targets[0]",
    `"${FOREIGN_ACCOUNT}"`,
    `account and region (${ACCOUNT}, ${REGION})`,
    "Name a topic there",
  ],
  [
    "a queue in another region",
    withSchedule(CLOCK, { targets: [QUEUE, FOREIGN_QUEUE] }),
    "schedules[0].targets[1]",
    `"${FOREIGN_QUEUE}"`,
    `account and region (${ACCOUNT}, ${REGION})`,
    "subscribe the function or queue to it",
  ],
  [
    "a target named twice",
    withSchedule(CLOCK, { targets: [FUNCTION, TOPIC, FUNCTION] }),
    "schedules[0].targets[2]",
    `"${FUNCTION}"`,
    "it would get every tick twice",
    "Name it once",
  ],
  [
    "lambda-clock every 10 s",
    withSchedule(LAMBDA_CLOCK, { interval: "10s" }),
    "schedules[0].interval",
    '"10s"',
    "lambda-clock ticks at second 0 of a minute only",
    '"sfn-loop"',
  ],
  [
    "lambda-clock every 90 s",
    withSchedule(LAMBDA_CLOCK, { interval: "90s" }),
    "schedules[0].interval",
    '"90s"',
    "is not whole minutes",
    '"sfn-loop"',
  ],
  [
    "lambda-clock at second 30",
    withSchedule(LAMBDA_CLOCK, { interval: "2m", phase: "30s" }),
    "schedules[0].phase",
    '"30s"',
    "is not whole minutes",
    '"sfn-loop"',
  ],
  [
    "lambda-clock with schedules that do not fit into its environment",
    withSchedule(LAMBDA_CLOCK, { payload: "x".repeat(4_000) }),
    "schedules",
    '[{"name":"heartbeat"',
    "lambda-clock has 3880",
    "put large payloads in S3",
  ],
  [
    "relative pacing of an interval that does not divide a minute",
    withSchedule(RELATIVE, { interval: "7s" }),
    "schedules[0].interval",
    '"7s"',
    "does not divide a minute",
    'pacing: "clock"',
  ],
  [
    "relative pacing beyond a minute",
    withSchedule(RELATIVE, { interval: "2m" }),
    "schedules[0].interval",
    '"2m"',
    "does not divide a minute",
    'pacing: "clock"',
  ],
  [
    "relative pacing with the duplicate check below 5 s",
    withSchedule(RELATIVE, { interval: "4s" }),
    "schedules[0].interval",
    '"4s"',
    "is below 5s",
    '"5s" or more',
  ],
  [
    "relative pacing with a phase",
    withSchedule(RELATIVE, { phase: "5s" }),
    "schedules[0].phase",
    '"5s"',
    "no meaning under relative pacing",
    "Leave it out",
  ],
  [
    "a payload that a state's input cannot hold",
    withSchedule(CLOCK, { payload: "x".repeat(128 * 1024) }),
    "schedules[0].payload",
    `"${"x".repeat(76)}…`,
    "longer than 131072 bytes",
    "Put it in S3",
  ],
  [
    "an Express run of 5 minutes",
    environment({ strategy: { ...EXPRESS, horizon: 5 } }),
    "strategy.horizon",
    "5",
    "longer than the 5 minutes an Express execution may last",
    "Write 4 or less",
  ],
  [
    "Express with ListExecutions, by default",
    environment({ strategy: { ...EXPRESS, pacing: "relative" } }),
    "strategy.machineType",
    '"EXPRESS"',
    "has no ListExecutions",
    "duplicateCheck: false",
  ],
  [
    "the key of a topic or queue, and no target is one",
    environment({ topicKeyArns: [KEY], schedules: [schedule({ targets: [FUNCTION] })] }),
    "topicKeyArns",
    `["${KEY}"]`.slice(0, 77),
    "no target is one",
    "Leave it out",
  ],
  [
    "a queue of the clock's own",
    withSchedule({ kind: "sqs-delay" }, { targets: [`arn:aws:sqs:${REGION}:${ACCOUNT}:metronome-dev-bursts`] }),
    "schedules[0].targets[0]",
    `"arn:aws:sqs:${REGION}:${ACCOUNT}:metronome-dev-bursts"`,
    "is a part of a clock",
    "Name a target of your own",
  ],
  [
    "a function of the clock's own, by its alias",
    withSchedule(CLOCK, { targets: [`arn:aws:lambda:${REGION}:${ACCOUNT}:function:metronome-dev-iterator:live`] }),
    "schedules[0].targets[0]",
    `"arn:aws:lambda:${REGION}:${ACCOUNT}:function:metronome-dev-iterator:live"`.slice(0, 77),
    "is a part of a clock",
    "Name a target of your own",
  ],
  [
    "the key of another region",
    environment({
      topicKeyArns: [KEY, KEY.replace(REGION, "us-east-1")],
      schedules: [schedule({ targets: [TOPIC] })],
    }),
    "topicKeyArns[1]",
    `"${KEY.replace(REGION, "us-east-1")}"`.slice(0, 77),
    "not in this environment's region, eu-central-1",
    "Write the key's ARN there",
  ],
  [
    "a pattern that covers no target",
    environment({ targetPatterns: [`${FUNCTION}-*`], schedules: [schedule({ targets: [FUNCTION] })] }),
    "targetPatterns[0]",
    `"${FUNCTION}-*"`,
    "covers no target",
    "Leave it out",
  ],
  [
    "a pattern that another one covers",
    environment({ targetPatterns: [`${FUNCTION}*`, `${FUNCTION}*`], schedules: [schedule({ targets: [FUNCTION] })] }),
    "targetPatterns[1]",
    `"${FUNCTION}*"`,
    "is a pattern too",
    "Leave one of them out",
  ],
  [
    "a pattern of another region",
    environment({
      targetPatterns: [`${FUNCTION.replace(REGION, "us-east-1")}*`],
      schedules: [schedule({ targets: [FUNCTION] })],
    }),
    "targetPatterns[0]",
    `"${FUNCTION.replace(REGION, "us-east-1")}*"`,
    "is not in this environment's account and region",
    "Leave it out",
  ],
  [
    "a pattern that covers the clock's own functions",
    environment({ targetPatterns: [`${FUNCTION.slice(0, -3)}*`], schedules: [schedule({ targets: [FUNCTION] })] }),
    "targetPatterns[0]",
    `"${FUNCTION.slice(0, -3)}*"`,
    "covers parts of a clock",
    "Write more of your targets' names",
  ],
  [
    "a duplicate check under clock pacing",
    environment({ strategy: { ...CLOCK, duplicateCheck: true } }),
    "strategy.duplicateCheck",
    "true",
    "is for relative pacing",
    "Leave it out",
  ],
  [
    "a horizon under relative pacing",
    environment({ strategy: { ...RELATIVE, horizon: 3 } }),
    "strategy.horizon",
    "3",
    "is for clock pacing",
    "Leave it out",
  ],
];

test.each(REFUSED)("%s is refused", (_what, dev, path, value, limit, remedy) => {
  const [problem, ...others] = problemsOf({ dev });
  expect(others).toEqual([]);
  expect(problem).not.toContain("\n");
  expect(problem?.startsWith(`dev.${path}: ${value}`)).toBe(true);
  expect(problem).toContain(limit);
  expect(problem).toContain(remedy);
});

const ACCEPTED: readonly (readonly [what: string, environment: EnvironmentConfig])[] = [
  ["lambda-clock every whole minutes", withSchedule(LAMBDA_CLOCK, { interval: "7m", phase: "2m" })],
  ["clock pacing of an interval that does not divide a minute", withSchedule(CLOCK, { interval: "7s", phase: "6s" })],
  ["clock pacing of 1 s", withSchedule(CLOCK, { interval: "1s" })],
  ["clock pacing of a day", withSchedule(CLOCK, { interval: "24h" })],
  ["relative pacing of 5 s with the check", withSchedule(RELATIVE, { interval: "5s" })],
  ["relative pacing of 1 s without", withSchedule({ ...RELATIVE, duplicateCheck: false } as never, { interval: "1s" })],
  ["a clock-paced machine said to have no check", environment({ strategy: { ...CLOCK, duplicateCheck: false } })],
  ["an Express run of 4 minutes", environment({ strategy: { ...EXPRESS, horizon: 4 } })],
  ["a Standard run of 10 minutes", environment({ strategy: { ...CLOCK, horizon: 10 } })],
  [
    "relative pacing on Express without the check",
    environment({ strategy: { ...EXPRESS, pacing: "relative", duplicateCheck: false } }),
  ],
  ["queues of both kinds", withSchedule(CLOCK, { targets: [QUEUE, FIFO_QUEUE, FUNCTION] })],
  ["the longest name of a FIFO queue", withSchedule(CLOCK, { targets: [FIFO_QUEUE.replace("mine", "q".repeat(75))] })],
  ["the key of a queue", environment({ topicKeyArns: [KEY], schedules: [schedule({ targets: [QUEUE] })] })],
  [
    "the sample function by its ARN",
    withSchedule(CLOCK, { targets: [`arn:aws:lambda:${REGION}:${ACCOUNT}:function:metronome-dev-sample-target`] }),
  ],
  ["a payload of 128 KiB as text", withSchedule(CLOCK, { payload: "x".repeat(128 * 1024 - 6) })],
];

test.each(ACCEPTED)("%s is accepted", (_what, dev) => {
  expect(problemsOf({ dev })).toEqual([]);
});

test("a wrong value is told once: combinations pass over it", () => {
  const dev = { ...environment(), strategy: LAMBDA_CLOCK, schedules: [{}, {}, { interval: "0s", targets: [7] }] };
  const problems = problemsOf({ dev });
  const paths = problems.map((problem) => problem.split(": ")[0]);
  expect(paths).toEqual([
    "dev.schedules[0].name",
    "dev.schedules[0].interval",
    "dev.schedules[1].name",
    "dev.schedules[1].interval",
    "dev.schedules[2].name",
    "dev.schedules[2].interval",
    "dev.schedules[2].targets[0]",
  ]);
});
