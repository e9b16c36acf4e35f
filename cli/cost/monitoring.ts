import type { ClockDescription, ScheduleDescription } from "../../schedule/clock";
import { MINUTE_MS } from "../../schedule/duration";
import { alarmsOfSchedule, STEADY_METRICS } from "../../schedule/metrics";
import { strategyOf } from "../../strategies";

/** What monitoring an environment is billed for, in steady state. */
export interface MonitoringUsage {
  /** Custom metrics: each combination of name and dimension values is one. */
  readonly metrics: number;
  /** Metrics that alarms look at: CloudWatch bills an alarm on an expression for each metric in it. */
  readonly alarms: number;
  readonly dashboards: number;
  /** Bytes a minute that metrics add to the logs. */
  readonly logBytesPerMinute: number;
}

/** Alarms of the environment: the failure queue's depth. */
const ALARMS_PER_ENVIRONMENT = 1;

/**
 * Length of the log lines that embed metrics in bytes, with the 26 bytes that CloudWatch Logs bills for each line: of a
 * dispatched tick, of its start, and of a firing that has planned.
 */
const LINE_BYTES = { dispatched: 360, started: 295, planned: 330 } as const;

/**
 * What an environment's monitoring is billed for, in steady state. A clock that misses ticks records a few metrics more for
 * that time, a paused schedule none. During a handover the functions of both clocks have alarms.
 */
export function monitoringUsage(clock: ClockDescription): MonitoringUsage {
  const { schedules, monitoring, strategy, retiring } = clock;
  const clocks = [strategy, ...(retiring ? [retiring] : [])];
  const clockAlarms = sum(clocks, (one) => strategyOf(one).alarmMetrics(one, schedules.length));
  const measured = (one: ScheduleDescription) => strategyOf(strategy).measuresStarts(strategy, one);
  return {
    metrics: monitoring.metrics ? sum(schedules, (one) => metricsOf(one, measured(one))) : 0,
    alarms: monitoring.alarms ? sum(schedules, alarmCount) + ALARMS_PER_ENVIRONMENT + clockAlarms : 0,
    dashboards: monitoring.dashboard ? 1 : 0,
    logBytesPerMinute: monitoring.metrics ? sum(schedules, (one) => bytesPerMinute(one, measured(one))) : 0,
  };
}

/** Alarms of one schedule, on any clock. */
function alarmCount({ targets: { functions, topics } }: ScheduleDescription): number {
  return alarmsOfSchedule(functions + topics).length;
}

/** Custom metrics of a schedule. @param measured whether a function of the project measures its start skew. */
function metricsOf({ paused }: ScheduleDescription, measured: boolean): number {
  return paused === null ? STEADY_METRICS.length + (measured ? 1 : 0) : 0;
}

/** A paused firing records no metric. */
function bytesPerMinute({ intervalMs, paused }: ScheduleDescription, measured: boolean): number {
  const ticks = MINUTE_MS / intervalMs;
  if (paused !== null) return 0;
  return LINE_BYTES.planned + ticks * (LINE_BYTES.dispatched + (measured ? LINE_BYTES.started : 0));
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}
