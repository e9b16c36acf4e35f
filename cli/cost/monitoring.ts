import { type ClockDescription, countTargets, type ScheduleDescription, type Settings } from "../../schedule/clock";
import { ticksPerMinute } from "../../schedule/grid";
import {
  alarmsOfSchedule,
  alarmsOfTotal,
  SILENCE_METRICS,
  STEADY_METRICS,
  STEADY_TOTAL_METRICS,
} from "../../schedule/metrics";
import { strategyOf } from "../../strategies";
import { ALARMS_PER_FUNCTION } from "../../strategies/usage";

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
 * dispatched tick, of its start, and of a firing that has planned; and of a dispatched tick in the metrics of all schedules.
 */
const LINE_BYTES = { dispatched: 360, started: 295, planned: 330, total: 260 } as const;

/**
 * What an environment's monitoring is billed for, in steady state. A clock that misses ticks records a few metrics more for
 * that time, a paused schedule none. During a handover the functions of both clocks have alarms.
 */
export function monitoringUsage(clock: ClockDescription): MonitoringUsage {
  const { schedules, monitoring, strategy, retiring } = clock;
  const clocks = [strategy, ...(retiring ? [retiring] : [])];
  if (monitoring.metrics !== "schedules") return totalUsage(clock, clocks);
  const clockAlarms = sum(clocks, (one) => strategyOf(one).alarmMetrics(one, schedules.length));
  const measured = (one: ScheduleDescription) => strategyOf(strategy).measuresStarts(strategy, one);
  return {
    metrics: sum(schedules, (one) => metricsOf(one, measured(one))),
    alarms: monitoring.alarms ? sum(schedules, alarmCount) + ALARMS_PER_ENVIRONMENT + clockAlarms : 0,
    dashboards: monitoring.dashboard ? 1 : 0,
    logBytesPerMinute: sum(schedules, (one) => bytesPerMinute(one, measured(one))),
  };
}

/** The same of metrics of all schedules together, or without metrics. */
function totalUsage({ schedules, monitoring }: ClockDescription, clocks: readonly Settings[]): MonitoringUsage {
  const ticking = schedules.filter(({ paused }) => paused === null);
  const targets = schedules.map((one) => countTargets(one.targets));
  const functionAlarms = sum(clocks, (one) => strategyOf(one).functions(one).dispatchers.length * ALARMS_PER_FUNCTION);
  const recorded = monitoring.metrics === "total" && ticking.length > 0;
  const steady = (ticking.length > 0 ? ticking : schedules).some(({ hours }) => !hours);
  return {
    metrics: recorded ? STEADY_TOTAL_METRICS.length : 0,
    alarms: monitoring.alarms
      ? alarmsOfTotal(Math.max(...targets)).length + silenceExtra(steady) + ALARMS_PER_ENVIRONMENT + functionAlarms
      : 0,
    dashboards: monitoring.dashboard ? 1 : 0,
    // One line for all ticks that a function dispatches at one instant: at most one a tick, and one a second and pacer.
    logBytesPerMinute: recorded ? sum(ticking, (one) => ticksPerMinute(one) * LINE_BYTES.total) : 0,
  };
}

/** Alarms of one schedule, on any clock. */
function alarmCount({ targets, hours }: ScheduleDescription): number {
  return alarmsOfSchedule(countTargets(targets)).length + silenceExtra(!hours);
}

/** Metrics of the alarm on silence beside its first. @param counts whether it counts ticks: it does not if there are hours. */
function silenceExtra(counts: boolean): number {
  return counts ? SILENCE_METRICS.length - 1 : 0;
}

/** Custom metrics of a schedule. @param measured whether a function of the project measures its start skew. */
function metricsOf({ paused }: ScheduleDescription, measured: boolean): number {
  return paused === null ? STEADY_METRICS.length + (measured ? 1 : 0) : 0;
}

/** A paused firing records no metric. */
function bytesPerMinute(schedule: ScheduleDescription, measured: boolean): number {
  if (schedule.paused !== null) return 0;
  const ticks = ticksPerMinute(schedule);
  return LINE_BYTES.planned + ticks * (LINE_BYTES.dispatched + (measured ? LINE_BYTES.started : 0));
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}
