import { greatestCommonDivisor } from "./divisors";
import { MINUTE_MS, SECOND_MS } from "./duration";
import { dueInstants, type Grid } from "./grid";
import { type ClockMinute, startOfMinute } from "./minute";
import { nameHash } from "./name-hash";

/**
 * What the message and the start of one more pacer cost, as the time for which a pacer could stay awake instead, in ms: a
 * test derives it from the prices. So two instants that are at most this far apart are in one burst.
 */
export const START_COSTS_MS = 2 * SECOND_MS;

/** From the first to the last instant of a burst, in ms at most: what a sandbox that ends can take with it. */
export const LONGEST_BURST_MS = 20 * SECOND_MS;

const SECONDS = MINUTE_MS / SECOND_MS;

/**
 * Instants that follow each other closely, of all schedules or of a part of them: what one call of the pacer runs. It
 * names no schedule and no tick, so it stays small however many there are, and a pacer of a later deployment runs the
 * ticks of its own schedules.
 */
export interface Burst {
  /** The first instant, ms since the epoch. */
  readonly from: number;
  /** The last instant, ms since the epoch. */
  readonly to: number;
  /** Which part of the schedules it is for: see {@link shardOf}. */
  readonly shard: number;
  /** Into how many parts the schedules are divided; 1 for all schedules in one. */
  readonly of: number;
  /**
   * Into how many slots the schedules are divided for claims: one claim is for all ticks of a slot at an instant. It is a
   * multiple of `of`, so that a slot is in one part. @default each tick has a claim of its own
   */
  readonly slots?: number;
  /**
   * Whether it is for the newest ticks that were due at `from`, of the schedules that catch up: a clock that begins sends
   * it. @default the ticks from `from` to `to`
   */
  readonly overdue?: true;
}

/** What planning bursts must know of a schedule. */
export interface BurstSchedule extends Grid {
  readonly name: string;
  /** Dispatches that each of its ticks takes: its targets. */
  readonly dispatches: number;
}

/** The part of the schedules that a schedule is in, if they are divided into `of` parts: by a hash of its name. */
export function shardOf(name: string, of: number): number {
  return of === 1 ? 0 : nameHash(name, "part") % of;
}

/**
 * The bursts of one clock minute: every instant of every schedule is in exactly one burst of its schedule's part.
 *
 * Instants of several schedules are joined, if that is cheaper. A stretch in which an instant has more dispatches than one
 * pacer serves is divided by the schedules' names.
 *
 * @param mostAtOnce dispatches at one instant that one pacer serves; at least 1.
 * @param after ms since the epoch: instants up to it are left out.
 * @param slots into how many slots the schedules are divided for claims; 0 for a claim of each tick.
 */
export function burstsOfMinute(
  schedules: readonly BurstSchedule[],
  minute: ClockMinute,
  mostAtOnce: number,
  { after = Number.NEGATIVE_INFINITY, slots = 0 }: { readonly after?: number; readonly slots?: number } = {},
): Burst[] {
  const start = startOfMinute(minute);
  const first = Math.max(start, Math.floor(after) + 1);
  const load = loadOf(schedules, start, first);
  const busy = [...load.keys()].filter((second) => load[second]);
  const stretches = cheapestStretches(busy, (second) => {
    const pacers = Math.ceil((load[second] ?? 0) / mostAtOnce);
    return slots > 0 ? divisorFrom(pacers, slots) : pacers;
  });
  const instants = stretches.some(({ of }) => of > 1) ? instantsByShard(schedules, start, first, stretches) : [];
  return stretches.flatMap(({ seconds, of }, k) => {
    const parts = of === 1 ? [seconds] : (instants[k] ?? []);
    return parts.flatMap((part, shard) =>
      cheapestStretches(part, () => 1).map((one): Burst => {
        const at = (second: number | undefined) => start + (second as number) * SECOND_MS;
        return { from: at(one.seconds[0]), to: at(one.seconds.at(-1)), shard, of, ...(slots > 0 && { slots }) };
      }),
    );
  });
}

/**
 * Into how many slots the schedules of a minute are divided for claims, so that the ticks of a slot at its busiest instant
 * are one pacer's: a number with many divisors, because a stretch is divided into one of them.
 */
export function slotsOfMinute(schedules: readonly BurstSchedule[], minute: ClockMinute, mostAtOnce: number): number {
  const start = startOfMinute(minute);
  const most = loadOf(schedules, start, start).reduce((busiest, one) => Math.max(busiest, one), 0);
  return manyDivisors(Math.ceil(most / mostAtOnce));
}

/** Dispatches at each second of the minute from `start` on, from `first` on (ms since the epoch). */
function loadOf(schedules: readonly BurstSchedule[], start: number, first: number): Uint32Array {
  const load = new Uint32Array(SECONDS);
  for (const schedule of schedules) {
    for (const second of secondsOf(schedule, start, first)) load[second] = (load[second] ?? 0) + schedule.dispatches;
  }
  return load;
}

/** The least number from `number` on that has no prime factors but 2, 3 and 5; 1 at least. */
function manyDivisors(number: number): number {
  for (let one = Math.max(1, number); ; one++) {
    let rest = one;
    for (const factor of [2, 3, 5]) while (rest % factor === 0) rest /= factor;
    if (rest === 1) return one;
  }
}

/** The least divisor of `slots` that is not below `number`; `slots` itself if none is. */
function divisorFrom(number: number, slots: number): number {
  for (let one = number; one < slots; one++) if (slots % one === 0) return one;
  return slots;
}

/** The bursts by which a clock that begins at `now` (ms since the epoch) catches up the newest overdue ticks of schedules. */
export function overdueBursts(schedules: readonly BurstSchedule[], now: number, mostAtOnce: number): Burst[] {
  const of = Math.ceil(schedules.reduce((sum, { dispatches }) => sum + dispatches, 0) / mostAtOnce);
  return Array.from({ length: of }, (_, shard) => ({ from: now, to: now, shard, of, overdue: true as const }));
}

/**
 * The most dispatches that these schedules may ever have at one instant: exact for intervals that divide an hour, an upper
 * bound for others, which meet the same second of an hour at some time, and for schedules with hours.
 */
export function mostDispatchesAtOnce(schedules: readonly BurstSchedule[]): number {
  const hour = 60 * SECONDS;
  const load = new Uint32Array(hour);
  // Schedules with the same grid within an hour are added once.
  const byGrid = new Map<string, { step: number; from: number; dispatches: number }>();
  for (const { intervalMs, phaseMs, dispatches } of schedules) {
    const step = greatestCommonDivisor(intervalMs / SECOND_MS, hour);
    const from = (phaseMs / SECOND_MS) % step;
    const key = `${from}+k*${step}`;
    const one = byGrid.get(key) ?? { step, from, dispatches: 0 };
    one.dispatches += dispatches;
    byGrid.set(key, one);
  }
  for (const { step, from, dispatches } of byGrid.values()) {
    for (let second = from; second < hour; second += step) load[second] = (load[second] ?? 0) + dispatches;
  }
  return load.reduce((most, one) => Math.max(most, one), 0);
}

/** The seconds of the minute from `start` on at which a schedule has instants, from `first` on (ms since the epoch). */
function* secondsOf(grid: Grid, start: number, first: number): Generator<number> {
  for (const at of dueInstants(grid, first, start + MINUTE_MS)) yield (at - start) / SECOND_MS;
}

/** Seconds of a minute that follow each other, ascending, and how many pacers share them. */
interface Stretch {
  readonly seconds: readonly number[];
  readonly of: number;
}

/**
 * Divides seconds so that the pacers are awake for the least time in all, their starts counted as {@link START_COSTS_MS}
 * each. Each stretch has as many pacers as its busiest second needs. So a long gap ends a stretch, and a busy second among
 * quiet ones is a stretch of its own.
 *
 * @param seconds ascending.
 * @param pacers how many a second needs.
 */
function cheapestStretches(seconds: readonly number[], pacers: (second: number) => number): Stretch[] {
  /** The cheapest division of the first k seconds: what it costs, in s, and its last stretch. */
  const best: { readonly cost: number; readonly begin: number; readonly of: number }[] = [{ cost: 0, begin: 0, of: 0 }];
  seconds.forEach((last, k) => {
    let of = 0;
    let found = { cost: Number.POSITIVE_INFINITY, begin: k, of };
    for (let begin = k; begin >= 0; begin--) {
      const first = seconds[begin] as number;
      if ((last - first) * SECOND_MS >= LONGEST_BURST_MS) break;
      of = Math.max(of, pacers(first));
      const cost = (best[begin]?.cost ?? 0) + of * (last - first + START_COSTS_MS / SECOND_MS);
      // Of two that cost the same, the longer stretch: it has fewer messages.
      if (cost <= found.cost) found = { cost, begin, of };
    }
    best.push(found);
  });
  const stretches: Stretch[] = [];
  for (let end = seconds.length; end > 0; ) {
    const { begin, of } = best[end] as (typeof best)[number];
    stretches.unshift({ seconds: seconds.slice(begin, end), of });
    end = begin;
  }
  return stretches;
}

/** Of each stretch that is divided, the seconds at which each part of the schedules has instants, ascending. */
function instantsByShard(
  schedules: readonly BurstSchedule[],
  start: number,
  first: number,
  stretches: readonly Stretch[],
): number[][][] {
  const stretchOf = new Map(stretches.flatMap(({ seconds }, k) => seconds.map((second) => [second, k] as const)));
  const marks = stretches.map(({ of }) => Array.from({ length: of }, () => new Uint8Array(SECONDS)));
  for (const schedule of schedules) {
    const hashed = nameHash(schedule.name, "part");
    for (const second of secondsOf(schedule, start, first)) {
      const parts = marks[stretchOf.get(second) as number] as Uint8Array[];
      (parts[hashed % parts.length] as Uint8Array)[second] = 1;
    }
  }
  return marks.map((parts) => parts.map((mark) => [...mark.keys()].filter((second) => mark[second])));
}
