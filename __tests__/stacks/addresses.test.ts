import type { EnvironmentConfig, ScheduleConfig, StrategyConfig } from "../../config/schema";
import { environment, FUNCTION, FUNCTION_ALIAS, schedule, TOPIC, UNWATCHED } from "../config/examples";
import { synthesize, synthesizeClock } from "../synthesis";
import type { Template } from "../template";
import { STRATEGIES } from "./strategies";

/** Addresses of resources that are not the same in two templates, or not at all in one: what a plan would show. */
function changed(before: Template, after: Template): string[] {
  const [a, b] = [before, after].map((template) => new Map(template.entries()));
  return [...new Set([...(a?.keys() ?? []), ...(b?.keys() ?? [])])].filter(
    (address) => JSON.stringify(a?.get(address)) !== JSON.stringify(b?.get(address)),
  );
}

const sorted = (addresses: readonly string[]) => [...addresses].sort();

const KEPT = /\.(ledger|failures|sample-target)_/;

test("a change of strategy keeps the ledger, the failure queue and the sample function, at their addresses", () => {
  const kept = STRATEGIES.map(([, strategy]) =>
    synthesizeClock(environment({ strategy }))
      .entries()
      .filter(([address]) => KEPT.test(address)),
  );
  const [first, ...others] = kept;
  expect(first?.map(([address]) => address.split(".")[0])).toEqual([
    "aws_cloudwatch_log_group",
    "aws_dynamodb_table",
    "aws_iam_role",
    "aws_iam_role_policy",
    "aws_lambda_function",
    "aws_lambda_function_event_invoke_config",
    "aws_sqs_queue",
  ]);
  for (const other of others) expect(other).toEqual(first);
});

test("and its state: one plan shows what goes and what comes", () => {
  const backends = STRATEGIES.map(([, strategy]) => synthesizeClock(environment({ strategy })).json.terraform.backend);
  expect(new Set(backends.map((backend) => JSON.stringify(backend))).size).toBe(1);
});

describe.each(STRATEGIES)("%s", (_name, strategy) => {
  const withSchedules = (...schedules: ScheduleConfig[]) =>
    synthesizeClock(environment({ strategy, schedules, tracing: false }));
  const a = schedule({ name: "a" });
  const b = schedule({ name: "b", targets: [FUNCTION, TOPIC] });
  const c = schedule({ name: "c", targets: [FUNCTION_ALIAS] });

  test("another order of schedules is the same resources, at the same addresses", () => {
    expect(sorted(withSchedules(b, c, a).addresses())).toEqual(sorted(withSchedules(a, b, c).addresses()));
  });

  test("another schedule leaves the addresses of all others as they were", () => {
    const before = withSchedules(a, c).addresses();
    for (const after of [withSchedules(b, a, c), withSchedules(a, b, c), withSchedules(a, c, b)]) {
      expect(after.addresses()).toEqual(expect.arrayContaining(before));
    }
  });

  test("the environment's name is in no address", () => {
    const fields = environment({ strategy, schedules: [a, b, c] });
    const { "metronome-dev": dev, "metronome-prod-eu": prod } = synthesize({
      dev: fields,
      "prod-eu": { ...fields, backend: { bucket: "another-bucket" } },
    });
    expect(sorted(dev?.addresses() ?? [])).toEqual(sorted(prod?.addresses() ?? ["none"]));
  });

  test("neither is anything else of a schedule but its name", () => {
    const fields: Partial<ScheduleConfig> = { payload: { x: 1 }, overdue: "latest", catchUpWindow: "30s" };
    expect(withSchedules({ ...a, ...fields }, b).addresses()).toEqual(withSchedules(a, b).addresses());
    expect(withSchedules({ ...a, interval: "1m" }).addresses()).toEqual(
      withSchedules({ ...a, interval: strategy.kind === "lambda-clock" ? "5m" : "10s" }).addresses(),
    );
  });
});

describe("what a change of a schedule changes", () => {
  const changes: readonly (readonly [field: string, fields: Partial<ScheduleConfig>])[] = [
    ["interval", { interval: "2m" }],
    ["payload", { payload: { other: true } }],
    ["catch-up window", { catchUpWindow: "30s" }],
  ];
  const addressesChanged = (strategy: StrategyConfig, fields: Partial<ScheduleConfig>) => {
    const stack = (of: Partial<ScheduleConfig>, more: Partial<EnvironmentConfig> = {}) =>
      synthesizeClock(environment({ strategy, schedules: [schedule(of), schedule({ name: "other" })], ...more }));
    return changed(stack({}, { monitoring: UNWATCHED }), stack(fields, { monitoring: UNWATCHED }));
  };

  test.each(changes)("sfn-loop, %s: its machine's definition alone", (_field, fields) => {
    expect(addressesChanged({ kind: "sfn-loop" }, fields)).toEqual([
      expect.stringMatching(/^aws_sfn_state_machine\.loop-heartbeat_machine_\w+$/),
    ]);
  });

  test.each(changes)("lambda-clock, %s: the clock function's environment alone", (_field, fields) => {
    expect(addressesChanged({ kind: "lambda-clock" }, fields)).toEqual([
      expect.stringMatching(/^aws_lambda_function\.lambda-clock_function_\w+$/),
    ]);
  });
});
