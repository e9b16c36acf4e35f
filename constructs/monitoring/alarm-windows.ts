import { MINUTE_MS, SECOND_MS } from "../../schedule/duration";

/** Which stretch of time an alarm looks at: `periods` of `periodS` seconds each. */
export interface AlarmWindow {
  readonly periodS: number;
  readonly periods: number;
}

/** Silence is told after this many intervals without a tick, and not before this long. */
const SILENT_INTERVALS = 2;
const SILENT_AT_LEAST_MS = 3 * MINUTE_MS;

const MINUTE_S = MINUTE_MS / SECOND_MS;
const HOUR_S = 60 * MINUTE_S;

/**
 * Periods to choose from, in s, each up to so many in a row: a short one tells silence to the minute, and CloudWatch
 * evaluates at most a day of periods below an hour, and 7 days of others (PutMetricAlarm, EvaluationPeriods).
 */
const PERIODS: readonly (readonly [periodS: number, most: number])[] = [
  [MINUTE_S, 30],
  [5 * MINUTE_S, 48],
  [HOUR_S, 7 * 24],
];

/**
 * For how long nothing may be heard of a schedule: two intervals, three minutes at least, in whole periods.
 *
 * @param intervalMs ms; an alarm can be that patient up to 84 hours, and schedules are up to 24.
 * @throws RangeError beyond that.
 */
export function silenceWindow(intervalMs: number): AlarmWindow {
  const windowS = Math.max(SILENT_INTERVALS * intervalMs, SILENT_AT_LEAST_MS) / SECOND_MS;
  for (const [periodS, most] of PERIODS) {
    const periods = Math.ceil(windowS / periodS);
    if (periods <= most) return { periodS, periods };
  }
  throw new RangeError(`no alarm can wait for two intervals of ${intervalMs} ms: CloudWatch evaluates 7 days at most`);
}

/**
 * Over which time a schedule's skew is looked at: five minutes, and one tick where it ticks more slowly.
 *
 * @param intervalMs ms, a day at most: CloudWatch takes no longer period.
 */
export function skewWindow(intervalMs: number): AlarmWindow {
  const periodS = Math.max(5 * MINUTE_S, Math.ceil(intervalMs / MINUTE_MS) * MINUTE_S);
  return { periodS, periods: 1 };
}

/** When ticks that come late are told of: in so many of a few skew windows in a row. */
export interface LatenessWindow extends AlarmWindow {
  readonly periodsBeyond: number;
  /** Ticks in one period: of fewer than {@link PERCENTILE_TICKS}, their 99th percentile is the latest of them. */
  readonly ticks: number;
}

/** From this many figures on, one of them alone is not their 99th percentile: 99 in a hundred do not exceed that. */
export const PERCENTILE_TICKS = 100;

const LATENESS = { periods: 5, periodsBeyond: 3 } as const;

/**
 * Lateness is told where it lasts: in three of five skew windows. A window with a tick every 10 s holds 30, of which the
 * 99th percentile is the latest, so in one window a single slow tick would ring.
 *
 * @param intervalMs ms, a day at most, so that five windows are within the 7 days that CloudWatch evaluates.
 */
export function latenessWindow(intervalMs: number): LatenessWindow {
  const { periodS } = skewWindow(intervalMs);
  return { periodS, ...LATENESS, ticks: Math.floor((periodS * SECOND_MS) / intervalMs) };
}
