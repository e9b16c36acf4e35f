import { MINUTE_MS, SECOND_MS } from "./duration";
import { type Hours, intervalAt, rateShares, stretchAt } from "./hours";
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
  /**
   * Which of these instants are due. `intervalMs` is the shortest interval of its rates then, and all others are multiples of it,
   * so that every rate's instants are instants of the one grid.
   * @default all of them
   */
  readonly hours?: Hours;
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
export function gridText({ intervalMs, phaseMs, hours }: Grid): string {
  const all = `${phaseMs}+k*${intervalMs}`;
  return hours ? `${all} of ${JSON.stringify(hours)}` : all;
}

/** The mean number of ticks of a grid a minute, over a usual week if it has hours. */
export function ticksPerMinute({ intervalMs, hours }: Pick<Grid, "intervalMs" | "hours">): number {
  if (!hours) return MINUTE_MS / intervalMs;
  return [...rateShares(hours)].reduce((sum, [rateMs, share]) => sum + (share * MINUTE_MS) / rateMs, 0);
}

/** How far ahead a due instant is looked for, in ms: a year and a month, so that a window on one date of a year is found. */
const LOOKED_AHEAD_MS = 397 * 24 * 60 * MINUTE_MS;

/** How far back: longer than the longest catch-up window, a day. No tick before can still be dispatched. */
const LOOKED_BACK_MS = 25 * 60 * MINUTE_MS;

/**
 * The first due instant of the grid at or after `instant` (both ms since the epoch); infinite if a grid with hours has none in
 * the 397 days from it.
 *
 * @param before the end of the search, exclusive: another instant that is not before it may be given for one that is not.
 */
export function firstAtOrAfter(grid: Grid, instant: number, before = instant + LOOKED_AHEAD_MS): number {
  if (!grid.hours) return ceil(grid, instant);
  for (const at of dueInstants(grid, instant, before)) return at;
  return Number.POSITIVE_INFINITY;
}

/** The first due instant of the grid strictly after `instant` (both ms since the epoch). @param before see {@link firstAtOrAfter}. */
export function firstAfter(grid: Grid, instant: number, before?: number): number {
  if (!grid.hours) return floor(grid, instant) + grid.intervalMs;
  return firstAtOrAfter(grid, (Math.floor(instant / SECOND_MS) + 1) * SECOND_MS, before);
}

/**
 * The last due instant of the grid at or before `instant` (both ms since the epoch); `undefined` if a grid with hours has none
 * in the 25 hours before it.
 */
export function lastAtOrBefore(grid: Grid, instant: number): number | undefined {
  const { hours, phaseMs } = grid;
  if (!hours) return floor(grid, instant);
  for (let at = instant; at > instant - LOOKED_BACK_MS; ) {
    const intervalMs = intervalAt(hours, at);
    const { from } = stretchAt(hours, at);
    const found = intervalMs === undefined ? undefined : floor({ intervalMs, phaseMs }, at);
    if (found !== undefined && found >= from) return found;
    at = from - 1;
  }
  return undefined;
}

/** Whether `instant` (ms since the epoch) is a due instant of the grid. */
export function isOnGrid({ intervalMs, phaseMs, hours }: Grid, instant: number): boolean {
  const held = hours ? intervalAt(hours, instant) : intervalMs;
  return held !== undefined && floor({ intervalMs: held, phaseMs }, instant) === instant;
}

/** All due instants of the grid in `[from, to)`, ascending (ms since the epoch). */
export function instantsBetween(grid: Grid, from: number, to: number): number[] {
  return [...dueInstants(grid, from, to)];
}

/** The same, one by one. */
export function* dueInstants({ intervalMs, phaseMs, hours }: Grid, from: number, to: number): Generator<number> {
  if (!hours) {
    for (let at = ceil({ intervalMs, phaseMs }, from); at < to; at += intervalMs) yield at;
    return;
  }
  const end = Math.min(to, hours.until ?? to);
  // A stretch at a time: the zones' clocks are looked at once for all instants in it.
  for (let begin = Math.max(from, hours.from ?? from); begin < end; ) {
    const held = intervalAt(hours, begin);
    const next = stretchAt(hours, begin).to;
    const last = Math.min(next, end);
    if (held !== undefined) for (let at = ceil({ intervalMs: held, phaseMs }, begin); at < last; at += held) yield at;
    begin = next;
  }
}

/** The first instant of a grid without hours at or after `instant`. */
function ceil({ intervalMs, phaseMs }: Omit<Grid, "hours">, instant: number): number {
  return Math.ceil((instant - phaseMs) / intervalMs) * intervalMs + phaseMs;
}

/** The last one at or before it. */
function floor({ intervalMs, phaseMs }: Omit<Grid, "hours">, instant: number): number {
  return Math.floor((instant - phaseMs) / intervalMs) * intervalMs + phaseMs;
}
