import type { ClockDescription, LambdaClockSettings, ScheduleDescription, SfnLoopSettings } from "../../schedule/clock";

/** Strategies with the settings they have by default. */
export const LOOP: SfnLoopSettings = {
  kind: "sfn-loop",
  pacing: "clock",
  machineType: "STANDARD",
  horizon: 3,
  duplicateCheck: false,
  iteratorMemory: 256,
};
export const EXPRESS: SfnLoopSettings = { ...LOOP, machineType: "EXPRESS" };
export const RELATIVE: SfnLoopSettings = {
  ...LOOP,
  pacing: "relative",
  horizon: 1,
  duplicateCheck: true,
  iteratorMemory: 1024,
};
export const LAMBDA_CLOCK: LambdaClockSettings = { kind: "lambda-clock", horizon: 2, clockMemory: 128 };

/** A schedule; the catch-up window follows the interval. */
export function described(fields: Partial<ScheduleDescription> = {}): ScheduleDescription {
  const { interval = "1m" } = fields;
  return {
    name: "heartbeat",
    interval,
    phase: "0s",
    catchUpWindow: interval,
    overdue: "skip",
    targets: { functions: 1, topics: 0 },
    paused: null,
    ...fields,
  };
}

/** A clock of `dev` with one schedule at 1m. */
export function clock(fields: Partial<ClockDescription> = {}): ClockDescription {
  return {
    environment: "dev",
    region: "eu-central-1",
    strategy: LOOP,
    retiring: null,
    schedules: [described()],
    tracing: false,
    monitoring: { metrics: false, alarms: false, dashboard: false },
    ...fields,
  };
}
