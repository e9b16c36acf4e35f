import type { ClockDescription, ScheduleDescription } from "../../schedule/clock";
import { MINUTE_MS } from "../../schedule/duration";
import { PAUSED_METRICS, STEADY_METRICS } from "../../schedule/metrics";
import { strategyOf } from "../../strategies";

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

/** Alarms of one schedule, whatever clock it is on: missed, silent, late, early. */
const ALARMS_PER_SCHEDULE = 4;
/** Of the environment: the failure queue's depth. */
const ALARMS_PER_ENVIRONMENT = 1;

/**
 * Length of the lines that embed metrics, names included, in bytes, with what CloudWatch Logs adds to each for billing
 * (26 bytes): of a dispatched tick, of its start, of a firing that has planned, and of a paused one that has counted.
 */
const LINE_BYTES = { dispatched: 410, started: 295, planned: 280, paused: 325 } as const;

/**
 * What an environment's monitoring is billed for: of what exists while nothing is wrong. A clock that misses ticks
 * records a few metrics more for that time, a paused schedule fewer. In a handover both clocks' functions have alarms.
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
        clocks.reduce((sum, one) => sum + strategyOf(one).alarmMetrics(one, schedules.length), 0)
      : 0,
    dashboards: settings.dashboard ? 1 : 0,
    logBytesPerMinute: settings.metrics ? total(schedules, (one) => minuteBytes(one, clock)) : 0,
  };
}

function isMeasured({ strategy, schedules }: ClockDescription): boolean {
  return strategyOf(strategy).measuresStarts(strategy, schedules);
}

function metricsOf({ paused }: ScheduleDescription, clock: ClockDescription): number {
  if (paused !== null) return PAUSED_METRICS.length;
  return STEADY_METRICS.length + (isMeasured(clock) ? 1 : 0);
}

/** A paused firing writes one line for the minute before it, if that had a tick. */
function minuteBytes({ intervalMs, paused }: ScheduleDescription, clock: ClockDescription): number {
  const ticks = MINUTE_MS / intervalMs;
  return paused === null ? LINE_BYTES.planned + ticks * tickBytes(clock) : LINE_BYTES.paused * Math.min(1, ticks);
}

function total(schedules: readonly ScheduleDescription[], of: (schedule: ScheduleDescription) => number): number {
  return schedules.reduce((sum, one) => sum + of(one), 0);
}

function tickBytes(clock: ClockDescription): number {
  return LINE_BYTES.dispatched + (isMeasured(clock) ? LINE_BYTES.started : 0);
}
