import { instantsBetween } from "../../schedule/grid";
import { type ClockMinute, minuteOf, startOfMinute } from "../../schedule/minute";
import type { LoggedReason } from "../../schedule/outcome";
import { type ScheduleSpec, type Tick, tickAt } from "../../schedule/tick";
import { countMissed, countPaused } from "./count";
import type { TickRunner } from "./run-tick";

/**
 * Ticks that nobody dispatched, to be counted once each, whoever finds them: the other clock of a handover and a retried
 * call find them too. So they are claimed like any tick, and who wins the claim counts them. Nothing here throws: a
 * count that the ledger cannot decide is left out, and the clock goes on.
 */
type Counter = Pick<TickRunner, "clock" | "ledger" | "metrics">;

/** How far back a run looks for the last planned minute, in minutes; what lies longer ago, the alarm on silence has told. */
const LOOK_BACK = 3;

/** Whose minutes the paused firings' are: a schedule's, whichever clock fires. */
const pausedScope = (schedule: string) => `paused#${schedule}`;

/** Counts ticks that a run has given up, each with its reason. */
export async function countGivenUp(
  { ledger, metrics }: Counter,
  schedule: ScheduleSpec,
  lost: readonly { readonly tick: Tick; readonly reason: LoggedReason }[],
  call: string,
): Promise<void> {
  if (!metrics.enabled) return;
  await quietly(async () => {
    const won = await Promise.all(lost.map(({ tick }) => ledger.claimTick(tick, call)));
    lost.forEach(({ reason }, k) => {
      if (won[k]) countMissed(metrics, schedule.name, reason);
    });
  });
}

/**
 * Counts what a paused firing can speak for: the ticks of the minute before it that nobody has claimed. The minute is
 * over, so nothing that is resumed is kept from ticking; the ticks in it that were dispatched are claimed.
 */
export async function countPausedMinute(
  { clock, ledger, metrics }: Counter,
  schedule: ScheduleSpec,
  call: string,
): Promise<void> {
  if (!metrics.enabled) return;
  await quietly(async () => {
    const minute = minuteOf(clock.now()) - 1;
    if (!(await ledger.claimMinute(pausedScope(schedule.name), minute, call))) return;
    const instants = instantsBetween(schedule, startOfMinute(minute), startOfMinute(minute + 1));
    countPaused(metrics, schedule.name, await claimed(ledger, schedule, instants, call));
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
 */
export async function countUnplanned(
  { ledger, metrics }: Counter,
  schedule: ScheduleSpec,
  { scope, run, call, minute, until }: Gap,
): Promise<void> {
  if (!metrics.enabled) return;
  await quietly(async () => {
    // A paused firing in the minute before has counted the one before that.
    if (!(await ledger.claimMinute(pausedScope(schedule.name), minute - 2, call))) return;
    for (let back = 1; back <= LOOK_BACK; back++) {
      if (await ledger.claimMinute(scope, minute - back, run)) continue;
      const instants = instantsBetween(schedule, startOfMinute(minute - back + 1), until);
      countMissed(metrics, schedule.name, "unplanned", await claimed(ledger, schedule, instants, call));
      return;
    }
  });
}

/** How many of the ticks at these instants this call is the first to claim. */
async function claimed(
  ledger: TickRunner["ledger"],
  schedule: ScheduleSpec,
  instants: readonly number[],
  call: string,
): Promise<number> {
  const won = await Promise.all(instants.map((at) => ledger.claimTick(tickAt(schedule, at), call)));
  return won.filter(Boolean).length;
}

async function quietly(count: () => Promise<void>): Promise<void> {
  await count().catch(() => undefined);
}
