import type { ClockDescription, ScheduleDescription, StrategySettings, WatchedWith } from "../../schedule/clock";
import { durationToMs, MINUTE_MS } from "../../schedule/duration";
import { FAILED_EXECUTIONS, FUNCTION_ALARMS, SCHEDULE_ALARMS, STEADY_METRICS } from "../../schedule/metrics";

/** How an environment is watched, with every setting named; `config/types.ts` explains them. */
export interface MonitoringSettings extends WatchedWith {
  readonly alarmEmail: string | null;
  readonly alarmTopicArn: string | null;
  /** ms. */
  readonly p99SkewMs: number;
  readonly queries: boolean;
}

/** What watching an environment is billed for, in steady state. */
export interface MonitoringUsage {
  /** Custom metrics: each combination of name and dimension values is one. */
  readonly metrics: number;
  /** Metrics that alarms look at: CloudWatch bills an alarm on a formula for each metric in it. */
  readonly alarms: number;
  readonly dashboards: number;
  /** Bytes a minute that metrics add to the logs. */
  readonly logBytesPerMinute: number;
}

/** Alarms of one schedule, of each clock's function, and metrics in the alarm on a state machine's executions. */
const ALARMS_PER_SCHEDULE = Object.keys(SCHEDULE_ALARMS).length;
const ALARMS_PER_FUNCTION = Object.keys(FUNCTION_ALARMS).length;
const METRICS_IN_RUNS_ALARM = FAILED_EXECUTIONS.length;
/** Of the environment: the failure queue's depth. */
const ALARMS_PER_ENVIRONMENT = 1;

/**
 * Length of the lines that embed metrics, names included, in bytes, with what CloudWatch Logs adds to each for billing
 * (26 bytes): of a dispatched tick, of its start, and of a firing that has planned.
 */
const LINE_BYTES = { dispatched: 360, started: 295, planned: 330 } as const;

/**
 * What an environment's monitoring is billed for: of what exists while nothing is wrong. A clock that misses ticks
 * records a few metrics more for that time, a paused schedule fewer. In a handover both clocks' functions have alarms.
 *
 * @throws TypeError where an interval is no duration.
 */
export function monitoringUsage(clock: ClockDescription): MonitoringUsage {
  const settings = clock.monitoring;
  const clocks = [clock.strategy, ...(clock.retiring ? [clock.retiring] : [])];
  const { schedules } = clock;
  return {
    metrics: settings.metrics ? total(schedules, (one) => metricsOf(one, clock)) : 0,
    alarms: settings.alarms
      ? schedules.length * ALARMS_PER_SCHEDULE +
        ALARMS_PER_ENVIRONMENT +
        clocks.reduce((sum, one) => sum + alarmsOfClock(one, schedules.length), 0)
      : 0,
    dashboards: settings.dashboard ? 1 : 0,
    logBytesPerMinute: settings.metrics ? total(schedules, (one) => minuteBytes(one, clock)) : 0,
  };
}

/** Metrics in the alarms on one clock's own resources. */
function alarmsOfClock({ kind }: StrategySettings, schedules: number): number {
  return ALARMS_PER_FUNCTION + (kind === "sfn-loop" ? schedules * METRICS_IN_RUNS_ALARM : 0);
}

/** Whether a function of ours sees the ticks arrive: always on LambdaClock, else only as the sample function, which is taken to be there. */
function isMeasured(clock: ClockDescription): boolean {
  return clock.strategy.kind === "lambda-clock" || clock.schedules.some(({ targets }) => targets.functions > 0);
}

function metricsOf({ paused }: ScheduleDescription, clock: ClockDescription): number {
  if (paused !== null) return 0;
  return STEADY_METRICS.length + (isMeasured(clock) ? 1 : 0);
}

/** A paused firing records no metric. */
function minuteBytes({ interval, paused }: ScheduleDescription, clock: ClockDescription): number {
  const ticks = ticksPerMinute(interval);
  return paused === null ? LINE_BYTES.planned + ticks * tickBytes(clock) : 0;
}

function total(schedules: readonly ScheduleDescription[], of: (schedule: ScheduleDescription) => number): number {
  return schedules.reduce((sum, one) => sum + of(one), 0);
}

function tickBytes(clock: ClockDescription): number {
  return LINE_BYTES.dispatched + (isMeasured(clock) ? LINE_BYTES.started : 0);
}

function ticksPerMinute(interval: string): number {
  const ms = durationToMs(interval);
  if (ms === undefined) throw new TypeError(`"${interval}" is not a duration`);
  return MINUTE_MS / ms;
}
