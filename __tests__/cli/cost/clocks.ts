import { type CostEstimate, type CostOptions, estimateMonthlyCost } from "../../../cli/cost/cost";
import type {
  ClockDescription,
  LambdaClockSettings,
  ScheduleDescription,
  SfnLoopSettings,
  StrategySettings,
} from "../../../schedule/clock";
import type { Duration } from "../../../schedule/duration";

/** A loop with the defaults of its configuration, but for `fields`. */
export function loop(fields: Partial<SfnLoopSettings> = {}): SfnLoopSettings {
  return {
    kind: "sfn-loop",
    pacing: "clock",
    machineType: "STANDARD",
    horizon: 3,
    duplicateCheck: false,
    iteratorMemory: 256,
    ...fields,
  };
}

/** The published loop, with the duplicate check or without. */
export function published(fields: Partial<SfnLoopSettings> = {}): SfnLoopSettings {
  return loop({ pacing: "relative", horizon: 1, duplicateCheck: true, iteratorMemory: 1_024, ...fields });
}

/** LambdaClock with the defaults of its configuration, but for `fields`. */
export function lambdaClock(fields: Partial<LambdaClockSettings> = {}): LambdaClockSettings {
  return { kind: "lambda-clock", horizon: 2, clockMemory: 128, ...fields };
}

/** A schedule with one function as its target, but for `fields`. */
export function scheduleDescription(fields: Partial<ScheduleDescription> = {}): ScheduleDescription {
  return {
    name: "heartbeat",
    interval: "10s",
    phase: "0s",
    catchUpWindow: fields.interval ?? "10s",
    overdue: "skip",
    targets: { functions: 1, topics: 0 },
    paused: null,
    ...fields,
  };
}

/** An untraced clock with one schedule, but for `fields`. */
export function clockDescription(fields: Partial<ClockDescription> = {}): ClockDescription {
  return {
    environment: "dev",
    region: "us-east-1",
    strategy: loop(),
    retiring: null,
    schedules: [scheduleDescription()],
    tracing: false,
    monitoring: { metrics: false, alarms: false, dashboard: false },
    ...fields,
  };
}

/** What one schedule costs a month on a strategy. */
export function estimate(strategy: StrategySettings, interval: Duration, options?: CostOptions): CostEstimate {
  return estimateMonthlyCost(clockDescription({ strategy, schedules: [scheduleDescription({ interval })] }), options);
}
