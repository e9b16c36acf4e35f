import type { EnvironmentConfig, StrategyConfig } from "../../config/schema";
import { environment, FUNCTION, schedule, TOPIC, UNWATCHED } from "../config/examples";
import { synthesizeClock } from "../synthesis";
import type { Arguments } from "../template";

const STANDARD: StrategyConfig = { kind: "sfn-loop" };
const EXPRESS: StrategyConfig = { kind: "sfn-loop", machineType: "EXPRESS" };
const LAMBDA_CLOCK: StrategyConfig = { kind: "lambda-clock" };

const SCHEDULES = [schedule(), schedule({ name: "report", interval: "5m", targets: [FUNCTION, TOPIC] })];

const clock = (strategy: StrategyConfig, fields: Partial<EnvironmentConfig> = {}) =>
  synthesizeClock(environment({ strategy, schedules: SCHEDULES, monitoring: UNWATCHED, ...fields }));

const resources = (...args: Parameters<typeof clock>) => new Map(clock(...args).entries());

/** A function's arguments without the one that says what its clock is there for. */
function withoutRole(values: Arguments | undefined): Arguments | undefined {
  const environmentOf = values?.environment as { variables: Record<string, string> } | undefined;
  if (!environmentOf) return values;
  const { ROLE: _, ...variables } = environmentOf.variables;
  return { ...values, environment: { variables } };
}

const roles = (map: ReadonlyMap<string, Arguments>) =>
  [...map.values()].flatMap((values) => {
    const { variables } = (values.environment ?? {}) as { variables?: Record<string, string> };
    return variables?.ROLE ? [`${values.function_name} ${variables.ROLE}`] : [];
  });

describe.each([
  ["sfn-loop to lambda-clock", STANDARD, LAMBDA_CLOCK],
  ["lambda-clock to sfn-loop", LAMBDA_CLOCK, STANDARD],
  ["Standard to Express", STANDARD, EXPRESS],
  ["Express to Standard", EXPRESS, STANDARD],
])("a handover from %s", (_what, old, next) => {
  const [before, during, after] = [resources(old), resources(next, { retiring: old }), resources(next)];

  test("begins with nothing destroyed, and nothing changed but the old clock's role", () => {
    for (const [address, values] of before) {
      expect([address, withoutRole(during.get(address))]).toEqual([address, withoutRole(values)]);
    }
    const changed = [...before].filter(
      ([address, values]) => JSON.stringify(during.get(address)) !== JSON.stringify(values),
    );
    expect(changed).toHaveLength(1);
    expect(
      roles(during)
        .map((line) => line.split(" ").at(-1))
        .sort(),
    ).toEqual(["retiring", "serving"]);
  });

  test("ends with nothing created or changed: what the new clock was, it stays", () => {
    for (const [address, values] of after) expect([address, during.get(address)]).toEqual([address, values]);
  });

  test("has two clocks in between, which share the ledger, the failure queue and the sample function alone", () => {
    const shared = [...before.keys()].filter((address) => after.has(address));
    expect(shared.length).toBeGreaterThan(5);
    for (const address of shared) expect(address).toMatch(/\.(ledger|failures|sample-target)_/);
    expect(during.size).toBe(before.size + after.size - shared.length);
  });
});

describe("a pause", () => {
  const NOTE = { enabled: false, note: "database migration" };

  test.each([
    ["sfn-loop", STANDARD, /^aws_lambda_function\.iterator_function_/],
    ["sfn-loop on Express", EXPRESS, /^aws_lambda_function\.express-iterator_function_/],
    ["lambda-clock", LAMBDA_CLOCK, /^aws_lambda_function\.lambda-clock_function_/],
  ] as const)("of %s changes its function's environment, and destroys nothing", (_what, strategy, address) => {
    const [on, off] = [resources(strategy, { tracing: false }), resources(strategy, { tracing: false, ...NOTE })];
    expect([...off.keys()]).toEqual([...on.keys()]);
    const changed = [...on].filter(([key, values]) => JSON.stringify(off.get(key)) !== JSON.stringify(values));
    expect(changed.map(([key]) => key)).toEqual([expect.stringMatching(address)]);
  });

  test("of one schedule leaves the others", () => {
    const schedules = [schedule(), schedule({ name: "other", ...NOTE })];
    const variables = (strategy: StrategyConfig, name: string) =>
      (
        clock(strategy, { schedules }).resource("aws_lambda_function", name).environment as {
          variables: Record<string, string>;
        }
      ).variables;
    expect(JSON.parse(String(variables(STANDARD, "iterator").PAUSED))).toEqual(["other"]);
    const clockSchedules = JSON.parse(String(variables(LAMBDA_CLOCK, "lambda-clock").SCHEDULES));
    expect(clockSchedules.map(({ name, paused }: Arguments) => [name, paused])).toEqual([
      ["heartbeat", false],
      ["other", true],
    ]);
  });
});

test("what is deployed stands in the state in the domain's words, and no payload or target with it", () => {
  const schedules = [
    schedule({ interval: "5m", targets: [FUNCTION, TOPIC], payload: { token: "secret" } }),
    schedule({ name: "paused", enabled: false, note: "not yet" }),
  ];
  const { output } = clock(LAMBDA_CLOCK, { retiring: EXPRESS, schedules }).json as unknown as {
    output: { clock: { value: string } };
  };
  const defaults = { phase: "0s", overdue: "skip" };
  expect(JSON.parse(output.clock.value)).toEqual({
    environment: "dev",
    region: "eu-central-1",
    strategy: { kind: "lambda-clock", horizon: 2, clockMemory: 128 },
    retiring: {
      kind: "sfn-loop",
      pacing: "clock",
      machineType: "EXPRESS",
      horizon: 4,
      duplicateCheck: false,
      iteratorMemory: 256,
    },
    schedules: [
      {
        ...defaults,
        name: "heartbeat",
        interval: "5m",
        catchUpWindow: "5m",
        targets: { functions: 1, topics: 1, queues: 0 },
        paused: null,
      },
      {
        ...defaults,
        name: "paused",
        interval: "1m",
        catchUpWindow: "1m",
        targets: { functions: 1, topics: 0, queues: 0 },
        paused: "not yet",
      },
    ],
    tracing: true,
    monitoring: { metrics: false, alarms: false, dashboard: false },
  });
  expect(output.clock.value).not.toContain("secret");
});
