import { commonMultiple } from "../../schedule/divisors";
import { MINUTE_MS, SECOND_MS } from "../../schedule/duration";

/** The stretch of time that an alarm looks at: `periods` of `periodS` seconds each. */
export interface AlarmWindow {
  readonly periodS: number;
  readonly periods: number;
}

const MINUTE_S = MINUTE_MS / SECOND_MS;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;

/** The time that a dispatch may take from its tick's instant to its metric, in s. */
const SETTLED_AFTER_S = 50;

/** From this interval on, in s, the alarm looks for an interval without a tick instead of counting ticks. */
const SLOW_FROM_S = 3 * MINUTE_S;

/**
 * The longest period over which ticks are counted, in s. At an interval without a common multiple with a minute up to
 * here, a period may have one tick more than another one. Two lost ticks then raise the alarm, and one may not.
 */
const LONGEST_COUNT_S = 7 * MINUTE_S;

/** A window over dispatched ticks. */
export interface DispatchWindow extends AlarmWindow {
  /** The fewest ticks that a whole period has while no tick is lost. */
  readonly atLeast: number;
  /** Periods with fewer ticks that raise the alarm. */
  readonly periodsBeyond: number;
  /** Whether the newest period is left out, because figures of its last ticks may still arrive. */
  readonly ignoresNewest: boolean;
  /** Whether every period has exactly `atLeast` ticks, so that each lost tick raises the alarm. */
  readonly exact: boolean;
}

/**
 * The window over the dispatches of a schedule. A dispatch is counted at its tick's instant. CloudWatch evaluates an
 * alarm every minute, also if its period is longer, over periods that end with that minute.
 *
 * - Below {@link SLOW_FROM_S}: the ticks of a period are counted. The period is the smallest common multiple of the
 *   interval and a minute. Each period of that length has the same number of ticks at every phase. If the multiple is
 *   above {@link LONGEST_COUNT_S}, the period is that long and may have one tick more than `atLeast`. A period is counted
 *   when another one has followed it. The alarm stays for at least five minutes.
 * - From there on: the alarm is raised if all periods of an interval and {@link SETTLED_AFTER_S} are empty. CloudWatch
 *   evaluates up to a day of periods below an hour, and 7 days of periods of an hour (PutMetricAlarm).
 *
 * @param intervalMs ms, a day at most.
 */
export function dispatchWindow(intervalMs: number): DispatchWindow {
  const intervalS = intervalMs / SECOND_MS;
  if (intervalS < SLOW_FROM_S) return countingWindow([intervalS]);
  const neededS = intervalS + SETTLED_AFTER_S;
  const stepS = neededS > DAY_S ? HOUR_S : neededS > HOUR_S ? 5 * MINUTE_S : Math.ceil(neededS / MINUTE_S) * MINUTE_S;
  const periods = Math.ceil(neededS / stepS);
  return { periodS: stepS, periods, atLeast: 1, periodsBeyond: periods, ignoresNewest: false, exact: true };
}

/**
 * The window over the dispatches of all schedules together.
 *
 * - If one is below {@link SLOW_FROM_S}: the ticks of a period are counted, those of slower schedules not among them. The
 *   period is the smallest common multiple of the fast intervals and a minute, {@link LONGEST_COUNT_S} at most. It is exact if
 *   every schedule has the same number of ticks in each period: then each lost tick raises the alarm. If not, further ticks
 *   in a period may hide a lost one.
 * - If all are slower: the alarm is raised if no tick comes for the shortest interval.
 *
 * @param intervalsMs ms; one at least.
 */
export function totalWindow(intervalsMs: readonly number[]): DispatchWindow {
  const all = intervalsMs.map((ms) => ms / SECOND_MS);
  const fast = all.filter((intervalS) => intervalS < SLOW_FROM_S);
  if (fast.length === 0) return { ...dispatchWindow(Math.min(...intervalsMs)), exact: false };
  const window = countingWindow(fast);
  return { ...window, exact: window.exact && fast.length === all.length };
}

/** The window over the number of ticks in a period, of intervals (s) below {@link SLOW_FROM_S}. */
function countingWindow(intervalsS: readonly number[]): DispatchWindow {
  const commonS = [...new Set(intervalsS)].reduce((a, b) => Math.min(commonMultiple(a, b), DAY_S), MINUTE_S);
  const periodS = Math.min(commonS, LONGEST_COUNT_S);
  return {
    periodS,
    periods: 1 + Math.ceil((5 * MINUTE_S) / periodS),
    atLeast: intervalsS.reduce((sum, intervalS) => sum + Math.floor(periodS / intervalS), 0),
    periodsBeyond: 1,
    ignoresNewest: true,
    exact: periodS === commonS,
  };
}

/**
 * The window over a schedule's skew: five minutes, and one tick for a slower schedule.
 *
 * @param intervalMs ms, a day at most: CloudWatch accepts no longer period.
 */
export function skewWindow(intervalMs: number): AlarmWindow {
  const periodS = Math.max(5 * MINUTE_S, Math.ceil(intervalMs / MINUTE_MS) * MINUTE_S);
  return { periodS, periods: 1 };
}

/** The window over lateness: `periodsBeyond` of its skew windows that are too late raise the alarm. */
export interface LatenessWindow extends AlarmWindow {
  readonly periodsBeyond: number;
  /** Ticks in one period: of fewer than {@link PERCENTILE_TICKS}, their 99th percentile is the latest of them. */
  readonly ticks: number;
}

/** From this many figures on, one of them alone is not their 99th percentile: 99 in a hundred do not exceed that. */
export const PERCENTILE_TICKS = 100;

const LATENESS = { periods: 5, periodsBeyond: 3 } as const;

/**
 * Lateness that lasts raises the alarm: in three of five skew windows. A window with a tick every 10 s holds 30. Their
 * 99th percentile is the latest, so with one window a single slow tick would raise it.
 *
 * @param intervalMs ms, a day at most, so that five windows are within the 7 days that CloudWatch evaluates.
 */
export function latenessWindow(intervalMs: number): LatenessWindow {
  const { periodS } = skewWindow(intervalMs);
  return { periodS, ...LATENESS, ticks: Math.floor((periodS * SECOND_MS) / intervalMs) };
}
