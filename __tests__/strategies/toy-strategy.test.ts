import { Command } from "commander";
import { benchCases } from "../../cli/bench/cases";
import { clockEffect } from "../../cli/clock-impact/switching";
import { addStart } from "../../cli/commands/start";
import { compareStrategies } from "../../cli/compare/comparison";
import { estimateMonthlyCost } from "../../cli/cost/cost";
import { monitoringUsage } from "../../cli/cost/monitoring";
import type { Context } from "../../cli/lib/context";
import { scheduleTimings, tickLogGroups } from "../../cli/report/tick-logs";
import { fieldsFor } from "../../cli/start/local-fields";
import { describeClock } from "../../config/describe-clock";
import type { EnvironmentConfig, StrategyConfig } from "../../config/schema";
import { STRATEGIES } from "../../strategies";
import { clockOutput, clockOutputSchema } from "../../strategies/clock-output";
import { CLOCKS } from "../../strategies/clocks";
import { ACCOUNT, environment, parsed, REGION, schedule } from "../config/examples";
import { problemsOf } from "../config/problems";
import { toyClock } from "../fixtures/toy-strategy/clock";
import { toy } from "../fixtures/toy-strategy/strategy";
import { ciAccess, withCi } from "../stacks/ci-roles";
import { synthesizeClock } from "../synthesis";

/** The toy in the configuration; the types know the registered strategies of this project only. */
const TOY = { kind: "toy" } as unknown as StrategyConfig;
const toyWith = (fields: object): EnvironmentConfig =>
  environment({ strategy: { ...TOY, ...fields } as StrategyConfig, schedules: [schedule({ interval: "10s" })] });

const describe10s = (strategy: StrategyConfig) =>
  describeClock(parsed(environment({ strategy, schedules: [schedule({ interval: "10s" })] })));

test("a strategy that is not registered is refused, and its state is not read", () => {
  expect(problemsOf({ dev: toyWith({}) })).toEqual([
    expect.stringMatching(/^dev\.strategy\.kind: "toy" is not a strategy\. Write \{ kind: "sfn-loop" \}/),
  ]);
  const output = JSON.parse(clockOutput(describe10s({ kind: "sfn-loop" })));
  expect(clockOutputSchema.safeParse({ ...output, strategy: { kind: "toy", beats: 4 } }).success).toBe(false);
});

describe("a strategy that is registered, with no change to any file outside its folder,", () => {
  beforeAll(() => {
    STRATEGIES[toy.kind] = toy;
    CLOCKS[toy.kind] = toyClock;
  });
  afterAll(() => {
    delete STRATEGIES[toy.kind];
    delete CLOCKS[toy.kind];
  });

  test("is read with its defaults", () => {
    expect(parsed(toyWith({})).strategy).toEqual({ kind: "toy", beats: 4 });
  });

  test.each([
    [{ beats: 10 }, "dev.strategy.beats: 10 is not a whole number from 1 to 9 beats. Write 4."],
    [{ beats: 7 }, "dev.strategy.beats: 7 is out of tune. Write 8."],
    [{ horizon: 3 }, 'dev.strategy: "horizon" is not a field here. Remove it, or correct its spelling'],
  ])("refuses %j", (fields, beginning) => {
    const [problem, ...others] = problemsOf({ dev: toyWith(fields) });
    expect(problem?.startsWith(beginning)).toBe(true);
    expect(others).toEqual([]);
  });

  test("refuses schedules that it cannot serve, and is named among the strategies", () => {
    expect(problemsOf({ dev: environment({ strategy: TOY, schedules: [schedule({ interval: "5m" })] }) })).toEqual([
      'dev.schedules[0].interval: "5m" is longer than a minute. Write "1m" or less.',
    ]);
    const [problem] = problemsOf({ dev: environment({ strategy: { kind: "cron" } as unknown as StrategyConfig }) });
    expect(problem).toContain('or { kind: "toy" } (up to a minute).');
  });

  test("is synthesized, watched, and described in the state", () => {
    const template = synthesizeClock(toyWith({ beats: 5 }));
    expect(template.resource("aws_lambda_function", "toy-planner")).toMatchObject({
      function_name: "metronome-dev-toy-planner",
      environment: { variables: expect.objectContaining({ BEATS: "5", ROLE: "serving" }) },
    });
    const alarms = Object.values(template.resources("aws_cloudwatch_metric_alarm"));
    expect(alarms.map(({ alarm_name }) => alarm_name)).toEqual(
      expect.arrayContaining([expect.stringContaining("toy-planner")]),
    );
    const { output } = template.json as unknown as { output: { clock: { value: string } } };
    expect(clockOutputSchema.parse(JSON.parse(output.clock.value)).strategy).toEqual({ kind: "toy", beats: 5 });
  });

  test("is within CI's access", () => {
    const { plan, deploy, boundary } = ciAccess(withCi());
    const resource = `arn:aws:toys:${REGION}:${ACCOUNT}:toy/metronome-dev-*`;
    const grant = (Action: string) => ({ Effect: "Allow", Action: [Action], Resource: [resource] });
    const reads = Object.values(plan.documents).flatMap(({ Statement }) => Statement);
    const changes = Object.values(deploy.documents).flatMap(({ Statement }) => Statement);
    expect(reads).toContainEqual(grant("toys:DescribeToy"));
    expect(reads).not.toContainEqual(grant("toys:WindUp"));
    expect(changes).toContainEqual(grant("toys:WindUp"));
    expect(boundary.Statement).toContainEqual(grant("toys:Beat"));
    expect(boundary.Statement).toContainEqual({
      Effect: "Allow",
      Action: expect.arrayContaining(["sqs:ReceiveMessage"]),
      Resource: [`arn:aws:sqs:${REGION}:${ACCOUNT}:metronome-dev-*`],
    });
    const conditions = JSON.stringify(changes.map(({ Condition }) => Condition));
    expect(conditions).toContain(
      '"lambda:Principal":["events.amazonaws.com","sns.amazonaws.com","toys.amazonaws.com"]',
    );
    expect(conditions).toContain(
      '"iam:PassedToService":["events.amazonaws.com","lambda.amazonaws.com","states.amazonaws.com","toys.amazonaws.com"]',
    );
  });

  test("is synthesized beside the clock that it takes over from", () => {
    const template = synthesizeClock({ ...toyWith({}), retiring: { kind: "sfn-loop" } });
    const names = Object.values(template.resources("aws_lambda_function")).map(({ function_name }) => function_name);
    expect(names).toEqual(expect.arrayContaining(["metronome-dev-toy-planner", "metronome-dev-iterator"]));
  });

  test("is read from a state whose settings are beyond today's limits", () => {
    const output = JSON.parse(clockOutput(describe10s(TOY)));
    const strategy = { kind: "toy", beats: 99 };
    expect(clockOutputSchema.parse({ ...output, strategy }).strategy).toEqual(strategy);
  });

  test("is planned in words", () => {
    const [loop, small, large] = [
      describe10s({ kind: "sfn-loop" }),
      describe10s(TOY),
      describe10s(toyWith({ beats: 5 }).strategy),
    ];
    expect(clockEffect(loop, small)).toMatchObject({
      kind: "switch",
      changes: ["switches sfn-loop → toy"],
      pauseBoundS: 120 + 42,
    });
    expect(clockEffect(null, small)).toMatchObject({ kind: "create", changes: ["starts toy", "heartbeat every 10s"] });
    expect(clockEffect(small, large)).toMatchObject({
      changes: ["toy: beats 4 → 5"],
      consequence: "no pause",
      takesEffect: ["toy takes the change up with its next beat."],
    });
    expect(clockEffect(small, loop).advice).toContain('`retiring: { kind: "toy" }`');
  });

  test("is priced, with its alarms", () => {
    const clock = describe10s(TOY);
    const { lines, totalUsd } = estimateMonthlyCost(clock);
    expect(lines).toEqual([
      expect.objectContaining({ part: "toy planner", resource: "lambdaRequest", quantity: 4 * 43_200 }),
      expect.objectContaining({ part: "failure queue" }),
    ]);
    expect(totalUsd).toBeGreaterThan(0);
    // Two alarms of all schedules together, of which one is on two metrics; one of the failure queue, two of the toy's function.
    expect(monitoringUsage(clock).alarms).toBe(3 + 1 + 2);
    // Four of the schedule, one of them on two metrics, if there are metrics of schedules.
    const detailed = { ...clock, monitoring: { ...clock.monitoring, metrics: "schedules" as const } };
    expect(monitoringUsage(detailed).alarms).toBe(5 + 1 + 2);
  });

  test("is compared, and benchmarked", () => {
    const find = (interval: "10s" | "5m") =>
      compareStrategies(interval, null).variants.find(({ id }) => id === "toy-variant");
    expect(find("10s")).toMatchObject({ title: "toy", refused: null, month: { invocations: 4 * 43_200 } });
    expect(find("5m")).toMatchObject({ refused: "5m is longer than a minute", month: null });
    expect(benchCases().map(({ id }) => id)).toContain("toy-variant");
  });

  test("is reported", () => {
    const groups = tickLogGroups("dev");
    expect(groups.dispatching).toContain("/aws/lambda/metronome-dev-toy-planner");
    expect(groups.all).toEqual(
      expect.arrayContaining(["/aws/lambda/metronome-dev-toy-planner", "/aws/lambda/metronome-dev-toy-observer"]),
    );
    expect(groups.dispatching).not.toContain("/aws/lambda/metronome-dev-toy-observer");
    expect(scheduleTimings(parsed(toyWith({})))).toEqual([
      expect.objectContaining({ strategy: "toy", pacing: "clock", logsPlans: true, intervalMs: 10_000 }),
    ]);
  });

  test("is chosen by npm start", () => {
    const program = new Command();
    addStart(program, {} as Context);
    const strategy = program.commands[0]?.options.find(({ long }) => long === "--strategy");
    expect(strategy?.argChoices).toEqual(["sfn-loop", "lambda-clock", "sqs-delay", "toy"]);
    const config = environment({
      schedules: [schedule({ interval: "10s" }), schedule({ name: "rare", interval: "5m" })],
    });
    expect(fieldsFor({ strategy: "toy" }, config)).toEqual({
      fields: { strategy: TOY, schedules: [config.schedules[0], { name: "rare", interval: "1m" }] },
      notes: ["rare ticks every 1m: toy serves no longer interval"],
    });
    expect(() => fieldsFor({ strategy: "toy", pacing: "relative" }, config)).toThrow("the strategy toy has no pacing");
  });
});
