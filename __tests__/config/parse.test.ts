import { environment, FUNCTION, parsed, schedule } from "./examples";

test("a schedule with as little as one may write", () => {
  const { schedules } = parsed(environment({ schedules: [schedule({ interval: "10s" })] }));
  expect(schedules).toEqual([
    {
      name: "heartbeat",
      intervalMs: 10_000,
      phaseMs: 0,
      catchUpMs: 10_000,
      overdue: "skip",
      targets: null,
      payload: {},
      paused: null,
    },
  ]);
});

test("a schedule with every field", () => {
  const fields = {
    interval: "5m",
    phase: "2m",
    catchUpWindow: "30s",
    overdue: "latest",
    targets: [FUNCTION],
    // Null is a payload too.
    payload: null,
    enabled: false,
    note: "migration",
  } as const;
  const { schedules } = parsed(environment({ schedules: [schedule(fields)] }));
  expect(schedules).toEqual([
    {
      name: "heartbeat",
      intervalMs: 300_000,
      phaseMs: 120_000,
      catchUpMs: 30_000,
      overdue: "latest",
      targets: [FUNCTION],
      payload: null,
      paused: "migration",
    },
  ]);
});

test("an environment's pause is that of its schedules, unless they have their own", () => {
  const schedules = [schedule({ name: "a" }), schedule({ name: "b", enabled: false, note: "own" })];
  const notes = parsed(environment({ enabled: false, note: "all", schedules })).schedules.map(({ paused }) => paused);
  expect(notes).toEqual(["all", "own"]);
});

test("an environment with as little as one may write has every default", () => {
  expect(parsed(environment(), "dev")).toMatchObject({
    environment: "dev",
    retiring: null,
    runtime: "nodejs24.x",
    awsProviderVersion: "6.66.0",
    logRetentionDays: 30,
    backend: { bucket: "metronome-state-111111111111", region: "eu-central-1" },
  });
});

test.each([
  [
    { kind: "sfn-loop" },
    {
      pacing: "clock",
      machineType: "STANDARD",
      horizon: 4,
      duplicateCheck: false,
      iteratorMemory: 256,
    },
  ],
  [
    { kind: "sfn-loop", pacing: "relative" },
    { horizon: 1, duplicateCheck: true, iteratorMemory: 1024 },
  ],
  [
    { kind: "sfn-loop", horizon: 4, iteratorMemory: 512 },
    { horizon: 4, iteratorMemory: 512 },
  ],
  [{ kind: "lambda-clock" }, { horizon: 2, clockMemory: 128 }],
] as const)("the settings of %j have their defaults", (strategy, settings) => {
  expect(parsed(environment({ strategy })).strategy).toMatchObject({ kind: strategy.kind, ...settings });
});
