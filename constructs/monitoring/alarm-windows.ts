import { MINUTE_MS, SECOND_MS } from "../../schedule/duration";
import { firstAtOrAfter, type Grid } from "../../schedule/grid";

/** The stretch of time that an alarm looks at: `periods` of `periodS` seconds each. */
export interface AlarmWindow {
  readonly periodS: number;
  readonly periods: number;
}

const MINUTE_S = MINUTE_MS / SECOND_MS;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;

/**
 * How much younger than the end of a window a dispatch may be without being counted in it, in s: ticks that are late,
 * and figures that take their time from a function to its metric. It is less than a minute, so that the loss of a
 * minute's ticks shows.
 */
const SETTLED_AFTER_S = 50;

/** A window over dispatched ticks, and how many of them each of its periods has at least while no tick is lost. */
export interface DispatchWindow extends AlarmWindow {
  readonly atLeast: number;
}

/**
 * The window over the dispatches of a schedule: five minutes, and one tick for a slower schedule. CloudWatch evaluates an
 * alarm once a minute, over the minutes before, so `atLeast` is the fewest instants of the grid that any whole minute
 * has in the window before it, without the last {@link SETTLED_AFTER_S}. A minute's ticks that are lost leave fewer; with
 * some phases it takes one tick more.
 *
 * A schedule slower than an hour is silent if all of several periods are empty. CloudWatch evaluates up to a day of
 * periods below an hour, and 7 days of periods of an hour (PutMetricAlarm).
 *
 * @param grid its interval is at most a day.
 */
export function dispatchWindow(grid: Grid): DispatchWindow {
  const neededS = grid.intervalMs / SECOND_MS + SETTLED_AFTER_S;
  if (neededS > HOUR_S) {
    const periodS = neededS > DAY_S ? HOUR_S : 5 * MINUTE_S;
    return { periodS, periods: Math.ceil(neededS / periodS), atLeast: 1 };
  }
  const periodS = Math.max(5 * MINUTE_S, Math.ceil(neededS / MINUTE_S) * MINUTE_S);
  return { periodS, periods: 1, atLeast: fewestInstants(grid, periodS, periodS - SETTLED_AFTER_S) };
}

/** The fewest instants of a grid in the first `lengthS` seconds of a window that ends with any whole minute. */
function fewestInstants(grid: Grid, windowS: number, lengthS: number): number {
  let fewest = Number.POSITIVE_INFINITY;
  // After as many minutes as the interval has seconds the grid lies in the minutes as before.
  for (let minute = 0; minute < grid.intervalMs / SECOND_MS; minute++) {
    const from = minute * MINUTE_MS - windowS * SECOND_MS;
    const instants = Math.ceil((from + lengthS * SECOND_MS - firstAtOrAfter(grid, from)) / grid.intervalMs);
    fewest = Math.min(fewest, instants);
  }
  return fewest;
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

/** The window over lateness: an alarm rings if `periodsBeyond` of its skew windows are too late. */
export interface LatenessWindow extends AlarmWindow {
  readonly periodsBeyond: number;
  /** Ticks in one period: of fewer than {@link PERCENTILE_TICKS}, their 99th percentile is the latest of them. */
  readonly ticks: number;
}

/** From this many figures on, one of them alone is not their 99th percentile: 99 in a hundred do not exceed that. */
export const PERCENTILE_TICKS = 100;

const LATENESS = { periods: 5, periodsBeyond: 3 } as const;

/**
 * Lateness rings if it lasts: in three of five skew windows. A window with a tick every 10 s holds 30, of which the
 * 99th percentile is the latest, so with one window a single slow tick would ring.
 *
 * @param intervalMs ms, a day at most, so that five windows are within the 7 days that CloudWatch evaluates.
 */
export function latenessWindow(intervalMs: number): LatenessWindow {
  const { periodS } = skewWindow(intervalMs);
  return { periodS, ...LATENESS, ticks: Math.floor((periodS * SECOND_MS) / intervalMs) };
}
