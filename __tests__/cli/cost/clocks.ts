import { type CostEstimate, type CostOptions, estimateMonthlyCost } from "../../../cli/cost/cost";
import type { ClockDescription, ScheduleDescription, Settings } from "../../../schedule/clock";
import { type Duration, durationToMs } from "../../../schedule/duration";
import type { LambdaClockSettings } from "../../../strategies/lambda-clock/settings";
import type { SfnLoopSettings } from "../../../strategies/sfn-loop/settings";
import type { SqsDelaySettings } from "../../../strategies/sqs-delay/settings";

/** A loop with the defaults of its configuration, but for `fields`. */
export function loop(fields: Partial<SfnLoopSettings> = {}): SfnLoopSettings {
  return {
    kind: "sfn-loop",
    pacing: "clock",
    machineType: "STANDARD",
    horizon: 4,
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

/** Delayed bursts with the defaults of their configuration, but for `fields`. */
export function sqsDelay(fields: Partial<SqsDelaySettings> = {}): SqsDelaySettings {
  return { kind: "sqs-delay", horizon: 4, pacerMemory: 256, claims: "ticks", ...fields };
}

/** What a test says of a schedule; durations as text. */
export interface ScheduleFields extends Partial<Omit<ScheduleDescription, "intervalMs" | "phaseMs" | "catchUpMs">> {
  readonly interval?: Duration;
  readonly phase?: Duration;
  readonly catchUpWindow?: Duration;
}

/** A schedule with one function as its target, but for `fields`. */
export function scheduleDescription({
  interval = "10s",
  phase = "0s",
  catchUpWindow = interval,
  ...fields
}: ScheduleFields = {}): ScheduleDescription {
  return {
    name: "heartbeat",
    intervalMs: ms(interval),
    phaseMs: ms(phase),
    catchUpMs: ms(catchUpWindow),
    overdue: "skip",
    targets: { functions: 1, topics: 0, queues: 0 },
    paused: null,
    ...fields,
  };
}

function ms(duration: Duration): number {
  return durationToMs(duration) as number;
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
export function estimate(strategy: Settings, interval: Duration, options?: CostOptions): CostEstimate {
  return estimateMonthlyCost(clockDescription({ strategy, schedules: [scheduleDescription({ interval })] }), options);
}
