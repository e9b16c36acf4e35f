import { MINUTE_MS } from "../../schedule/duration";
import { instantsBetween, lastAtOrBefore } from "../../schedule/grid";
import { type ClockMinute, minuteOf, startOfMinute } from "../../schedule/minute";
import type { LoggedReason } from "../../schedule/outcome";
import { type ScheduleSpec, type Tick, tickAt } from "../../schedule/tick";
import { countMissed, countPaused } from "./count";
import type { TickRunner } from "./run-tick";

/**
 * Ticks that nobody dispatched, to be counted once each, whoever finds them: the other clock of a handover and a retried
 * call find them too. So they are claimed like any tick, and who wins the claim counts them. Nothing here throws, and nothing takes
 * longer than its deadline: a count that the ledger cannot decide by then is left out, and the clock goes on.
 */
type Counter = Pick<TickRunner, "clock" | "ledger" | "metrics">;

/** How far back a run looks for the last planned minute, in minutes; what lies longer ago, the alarm on silence has told. */
const LOOK_BACK = 3;

/** The longest that a count may take, in ms: some twenty batches of claims, or one on a connection that is new. */
const COUNT_WITHIN_MS = 500;

/**
 * How long before a tick's instant nothing is counted any more, in ms: what the loop takes from one call to the next
 * (p99 about 300 ms) and then to claim the tick, twice as long as it should be.
 */
const CLEAR_OF_TICK_MS = 600;

/** How many claims a count makes at a time: those of a tick must find a connection beside them. */
const CLAIMS_AT_ONCE = 10;

/**
 * Until when a call that begins to count at `now` may do so; both in ms since the epoch, and `now` or earlier where
 * there is no time for it.
 *
 * @param nextTick the instant of the tick that the clock turns to next, where one waits for this call's end.
 */
export function countUntil(now: number, nextTick?: number | null): number {
  return Math.min(now + COUNT_WITHIN_MS, (nextTick ?? Number.POSITIVE_INFINITY) - CLEAR_OF_TICK_MS);
}

/** Whose minutes the paused firings' are: a schedule's, whichever clock fires. */
const pausedScope = (schedule: string) => `paused#${schedule}`;

/** Counts ticks that a run has given up, each with its reason, until the deadline (ms since the epoch). */
export async function countGivenUp(
  counter: Counter,
  schedule: ScheduleSpec,
  lost: readonly { readonly tick: Tick; readonly reason: LoggedReason }[],
  call: string,
  deadline: number,
): Promise<void> {
  const reasons = new Map(lost.map(({ tick, reason }) => [tick, reason]));
  await bounded(counter, deadline, () =>
    claimEach(counter, [...reasons.keys()], call, deadline, (tick) =>
      countMissed(counter.metrics, schedule.name, reasons.get(tick) as LoggedReason),
    ),
  );
}

/**
 * Counts what a paused firing can speak for: the ticks of the minute before it that nobody has claimed. The minute is
 * over, so nothing that is resumed is kept from ticking; the ticks in it that were dispatched are claimed.
 */
export async function countPausedMinute(counter: Counter, schedule: ScheduleSpec, call: string): Promise<void> {
  const { clock, ledger, metrics } = counter;
  const deadline = countUntil(clock.now());
  await bounded(counter, deadline, async () => {
    const minute = minuteOf(clock.now()) - 1;
    if (!(await ledger.claimMinute(pausedScope(schedule.name), minute, call))) return;
    const ticks = ticksBetween(schedule, startOfMinute(minute), startOfMinute(minute + 1));
    await claimEach(counter, ticks, call, deadline, () => countPaused(metrics, schedule.name, 1));
  });
}

/** What a run found where it planned. */
export interface Gap {
  /** Whose minutes the run claims. */
  readonly scope: string;
  readonly run: string;
  readonly call: string;
  /** The minute in which it planned, and which no run had planned before. */
  readonly minute: ClockMinute;
  /** The first instant that is not skipped, ms since the epoch. */
  readonly until: number;
}

/**
 * Counts the ticks that a run skips because firings before it did not come: those since the last minute that a run had
 * planned. Of a clock that is new, was paused, or was silent for longer than {@link LOOK_BACK} minutes it counts none.
 *
 * @param deadline ms since the epoch.
 */
export async function countUnplanned(
  counter: Counter,
  schedule: ScheduleSpec,
  { scope, run, call, minute, until }: Gap,
  deadline: number,
): Promise<void> {
  const { clock, ledger, metrics } = counter;
  await bounded(counter, deadline, async () => {
    // A paused firing in the minute before has counted the one before that.
    if (!(await ledger.claimMinute(pausedScope(schedule.name), minute - 2, call))) return;
    for (let back = 1; back <= LOOK_BACK && clock.now() < deadline; back++) {
      if (await ledger.claimMinute(scope, minute - back, run)) continue;
      const ticks = ticksBetween(schedule, startOfMinute(minute - back + 1), until);
      await claimEach(counter, ticks, call, deadline, () => countMissed(metrics, schedule.name, "unplanned"));
      return;
    }
  });
}

/**
 * Counts the ticks of LambdaClock that expired in the last {@link LOOK_BACK} minutes and that nobody has claimed: no
 * firing served them. An expired tick is dispatched by nobody, so none is taken from a firing that is under way, nor
 * from the other clock of a handover. They are those since the newest tick that somebody has claimed: of a clock that
 * is new, was paused, or was silent for longer it counts none.
 *
 * @param first the first instant that this firing serves itself, ms since the epoch.
 */
export async function countUnserved(
  counter: Counter,
  schedule: ScheduleSpec,
  first: number,
  call: string,
): Promise<void> {
  const { clock, ledger, metrics } = counter;
  if (!metrics.enabled) return;
  // A firing whose tick another has claimed is here a second early: it must not find other ticks expired than that one.
  await clock.waitUntil(first);
  const begun = clock.now();
  const deadline = countUntil(begun);
  const expiredAfter = begun - LOOK_BACK * MINUTE_MS;
  const isPaused = async ({ scheduledAt }: Tick) => {
    // The firing that would have served it came in the minute before it, or late, in its own; paused, it claimed the one before.
    const minute = minuteOf(scheduledAt as number);
    const scope = pausedScope(schedule.name);
    return !(await ledger.claimMinute(scope, minute - 2, call)) || !(await ledger.claimMinute(scope, minute - 1, call));
  };
  await bounded(counter, deadline, async () => {
    const newest = lastAtOrBefore(schedule, Math.min(begun - schedule.catchUpMs, first - 1));
    const unserved: Tick[] = [];
    for (let at = newest; clock.now() < deadline; at -= schedule.intervalMs) {
      const tick = tickAt(schedule, at);
      const known = tick.expiresAt > expiredAfter;
      if (!known && unserved.length === 0) return;
      if (await ledger.claimTick(tick, call)) {
        if (!known) return;
        unserved.push(tick);
        continue;
      }
      for (const one of unserved) {
        if (!(await isPaused(one))) countMissed(metrics, schedule.name, "unplanned");
      }
      return;
    }
  });
}

/** The ticks of the grid in `[from, to)`, ms since the epoch, the oldest first. */
function ticksBetween(schedule: ScheduleSpec, from: number, to: number): Tick[] {
  return instantsBetween(schedule, from, to).map((at) => tickAt(schedule, at));
}

/** Claims ticks, a batch at a time, for as long as the deadline has not come, and says of which this call is the first to claim it. */
async function claimEach(
  { clock, ledger }: Counter,
  ticks: readonly Tick[],
  call: string,
  deadline: number,
  count: (tick: Tick) => void,
): Promise<void> {
  for (let k = 0; k < ticks.length && clock.now() < deadline; k += CLAIMS_AT_ONCE) {
    const batch = ticks.slice(k, k + CLAIMS_AT_ONCE);
    // Each as it is won: what is still under way at the deadline is counted if it is decided later, with the next flush.
    const claims = batch.map(async (tick) => {
      if (await ledger.claimTick(tick, call)) count(tick);
    });
    await Promise.all(claims);
  }
}

/** Counts, where metrics are on and there is time for it, and waits for it until the deadline at the longest. */
async function bounded({ clock, metrics }: Counter, deadline: number, count: () => Promise<void>): Promise<void> {
  if (!metrics.enabled || clock.now() >= deadline) return;
  await Promise.race([count().catch(() => undefined), clock.waitUntil(deadline)]);
}
