import { MINUTE_MS } from "./duration";
import { type Grid, instantsBetween } from "./grid";

/**
 * A clock minute, as the number of whole minutes since the Unix epoch. A minute is the unit of a run's work: each minute
 * of a schedule is claimed by exactly one run, and served by another one too if that run seems to have ended.
 */
export type ClockMinute = number;

/** The clock minute in which `instant` (ms since the epoch) lies. */
export function minuteOf(instant: number): ClockMinute {
  return Math.floor(instant / MINUTE_MS);
}

/** Second 0 of a clock minute, in ms since the epoch. */
export function startOfMinute(minute: ClockMinute): number {
  return minute * MINUTE_MS;
}

/** The instants of the grid inside one clock minute; with an interval longer than a minute some minutes have none. */
export function instantsOfMinute(grid: Grid, minute: ClockMinute): number[] {
  return instantsBetween(grid, startOfMinute(minute), startOfMinute(minute + 1));
}

/**
 * The clock minutes that a firing of the rule at `now` plans: the rest of this one and those that follow.
 *
 * @param now ms since the epoch.
 * @param horizon how many clock minutes, this one included; at least 1.
 */
export function minutesOfHorizon(now: number, horizon: number): ClockMinute[] {
  const first = minuteOf(now);
  return Array.from({ length: horizon }, (_, k) => first + k);
}
