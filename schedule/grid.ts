import { SECOND_MS } from "./duration";
import { nameHash } from "./name-hash";

/**
 * The grid of a schedule: the instants `k × interval + phase` counted from the Unix epoch, in UTC.
 *
 * A grid knows nothing of minutes, rules or runs, so it goes on across a minute's edge even if the interval does
 * not divide 60 s. The next tick is always the last one plus the interval, never "now plus the interval".
 */
export interface Grid {
  /** Distance of two ticks in ms; a whole number of seconds, at least 1000. */
  readonly intervalMs: number;
  /** Shift of the grid against the epoch in ms; 0 ≤ phase < interval, a whole number of seconds. */
  readonly phaseMs: number;
}

/**
 * A phase by a schedule's name, so that many schedules with one interval are spread over it: whole seconds, in ms, and the
 * same in every deployment.
 *
 * @param intervalMs ms.
 */
export function phaseByName(name: string, intervalMs: number): number {
  return (nameHash(name, "phase") % (intervalMs / SECOND_MS)) * SECOND_MS;
}

/** A grid as text: two grids with the same one have the same instants. */
export function gridText({ intervalMs, phaseMs }: Grid): string {
  return `${phaseMs}+k*${intervalMs}`;
}

/** The first instant of the grid at or after `instant` (both ms since the epoch). */
export function firstAtOrAfter(grid: Grid, instant: number): number {
  return Math.ceil((instant - grid.phaseMs) / grid.intervalMs) * grid.intervalMs + grid.phaseMs;
}

/** The first instant of the grid strictly after `instant` (both ms since the epoch). */
export function firstAfter(grid: Grid, instant: number): number {
  return (Math.floor((instant - grid.phaseMs) / grid.intervalMs) + 1) * grid.intervalMs + grid.phaseMs;
}

/** The last instant of the grid at or before `instant` (both ms since the epoch). */
export function lastAtOrBefore(grid: Grid, instant: number): number {
  return firstAfter(grid, instant) - grid.intervalMs;
}

/** Whether `instant` (ms since the epoch) lies on the grid. */
export function isOnGrid(grid: Grid, instant: number): boolean {
  return firstAtOrAfter(grid, instant) === instant;
}

/** All instants of the grid in `[from, to)`, ascending (ms since the epoch). */
export function instantsBetween(grid: Grid, from: number, to: number): number[] {
  const instants: number[] = [];
  for (let at = firstAtOrAfter(grid, from); at < to; at += grid.intervalMs) instants.push(at);
  return instants;
}
