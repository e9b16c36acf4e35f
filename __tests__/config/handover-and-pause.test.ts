import type { EnvironmentConfig, StrategyConfig } from "../../config/schema";
import { environment, schedule } from "./examples";
import { problemsOf } from "./problems";

const STANDARD: StrategyConfig = { kind: "sfn-loop" };
const EXPRESS: StrategyConfig = { kind: "sfn-loop", machineType: "EXPRESS" };
const RELATIVE: StrategyConfig = { kind: "sfn-loop", pacing: "relative" };
const LAMBDA_CLOCK: StrategyConfig = { kind: "lambda-clock" };

const handover = (strategy: StrategyConfig, retiring: StrategyConfig, fields: Partial<EnvironmentConfig> = {}) =>
  problemsOf({ dev: environment({ strategy, retiring, ...fields }) });

describe("a handover", () => {
  test.each([
    ["sfn-loop to lambda-clock", LAMBDA_CLOCK, STANDARD],
    ["lambda-clock to sfn-loop", STANDARD, LAMBDA_CLOCK],
    ["Standard to Express", EXPRESS, STANDARD],
    ["Express to lambda-clock", LAMBDA_CLOCK, EXPRESS],
  ])("from %s is accepted", (_what, strategy, retiring) => {
    expect(handover(strategy, retiring)).toEqual([]);
  });

  test.each([
    ["to relative pacing", RELATIVE, LAMBDA_CLOCK, "strategy"],
    ["from relative pacing", LAMBDA_CLOCK, RELATIVE, "retiring"],
  ])("%s is refused: it has no grid", (_what, strategy, retiring, field) => {
    const problems = handover(strategy, retiring);
    expect(problems).toEqual([expect.stringContaining(`dev.${field}: `)]);
    expect(problems[0]).toContain('Leave "retiring" out');
  });

  test.each([
    ["sfn-loop", STANDARD, { ...STANDARD, horizon: 5 } as StrategyConfig],
    ["sfn-loop on Express", EXPRESS, EXPRESS],
    ["lambda-clock", LAMBDA_CLOCK, { ...LAMBDA_CLOCK, horizon: 3 } as StrategyConfig],
  ])("from %s to itself is refused: it is changed in place", (name, strategy, retiring) => {
    const problems = handover(strategy, retiring);
    expect(problems).toEqual([expect.stringContaining("dev.retiring: ")]);
    expect(problems[0]).toContain(`is the clock that "strategy" is, ${name}, which is changed in place. Leave it out.`);
  });

  test("needs schedules that both clocks serve", () => {
    const schedules = [schedule({ interval: "10s" })];
    for (const [strategy, retiring] of [
      [STANDARD, LAMBDA_CLOCK],
      [LAMBDA_CLOCK, STANDARD],
    ] as const) {
      expect(handover(strategy, retiring, { schedules })).toEqual([
        expect.stringContaining('dev.schedules[0].interval: "10s" is not whole minutes'),
      ]);
    }
  });

  test("a retiring clock's own settings are checked like any", () => {
    expect(handover(LAMBDA_CLOCK, { ...EXPRESS, horizon: 5 } as StrategyConfig)).toEqual([
      expect.stringContaining("dev.retiring.horizon: 5 makes a run longer than the 5 minutes"),
    ]);
    expect(problemsOf({ dev: { ...environment(), retiring: { kind: "cron" } } })).toEqual([
      expect.stringContaining("dev.retiring"),
    ]);
  });
});

describe("a pause", () => {
  const paused = (fields: object) => problemsOf({ dev: { ...environment(), ...fields } });

  test.each([
    ["an environment", { enabled: false, note: "database migration" }],
    ["a schedule", { schedules: [schedule({ enabled: false, note: "not yet" })] }],
    ["both", { enabled: false, note: "move", schedules: [schedule({ enabled: false, note: "not yet" })] }],
    ["nothing, said so", { enabled: true }],
  ])("of %s is accepted", (_what, fields) => {
    expect(paused(fields)).toEqual([]);
  });

  test.each([
    ["dev.note: a missing value", { enabled: false }, 'Write why, such as note: "database migration".'],
    ["dev.schedules[0].note: a missing value", { schedules: [schedule({ enabled: false })] }, "Write why"],
    ['dev.note: "move"', { note: "move" }, "Leave it out, or write enabled: false."],
    ['dev.schedules[0].note: "move"', { schedules: [schedule({ note: "move" })] }, "Leave it out"],
    ['dev.enabled: "no"', { enabled: "no", note: "x" }, "Write false to pause"],
    ['dev.note: ""', { enabled: false, note: "" }, "Say in a few words"],
  ])("%s is refused", (beginning, fields, remedy) => {
    const [problem] = paused(fields);
    expect(problem?.startsWith(beginning)).toBe(true);
    expect(problem).toContain(remedy);
  });
});
