import { lastAtOrBefore } from "../../schedule/grid";
import { minuteOf, minutesOfHorizon, startOfMinute } from "../../schedule/minute";
import { firstIndexToRun, nextTick, type OverduePolicy, ticksOfMinutes, WAKE_LEAD_MS } from "../../schedule/plan";
import { iso, relativeTick, type ScheduleSpec, tickAt } from "../../schedule/tick";
import { logPausedFiring, logPausedTick } from "../runtime/pause";
import { dispatchTick, recordMissed, runTick, type TickRunner } from "../runtime/run-tick";

/** `$.iterator`: the article's three fields and, under clock pacing, what the run has planned. */
export interface IteratorState {
  /** Ticks done; the index of the next one. */
  readonly index: number;
  /** Ticks of this run. */
  readonly count: number;
  /** Whether the loop goes on. */
  readonly continue?: boolean;
  /** The clock minutes this run has claimed; absent until the first call has planned. */
  readonly minutes?: readonly number[];
  /** Until when the Wait state waits: ISO 8601, UTC, whole seconds. */
  readonly wakeAt?: string;
}

/** A schedule as the loop's definition hands it to the Iterator. */
export interface LoopSchedule extends ScheduleSpec {
  readonly pacing: "clock" | "relative";
  readonly targets: readonly string[];
  /** Clock minutes a firing plans, this one included. Clock pacing only. */
  readonly horizon: number;
  readonly overdue: OverduePolicy;
  /**
   * Names this loop in claims of minutes. A state machine of another type has another scope, so that it can claim the
   * minutes that a destroyed one had claimed.
   */
  readonly claimScope: string;
}

/** What one call of the Iterator is given. */
export interface IteratorInput {
  readonly iterator: IteratorState;
  readonly schedule: LoopSchedule;
  /** The execution's ARN: the run's id. */
  readonly execution: string;
  /** Whether the schedule is paused now. */
  readonly paused: boolean;
}

/**
 * One turn of the loop.
 *
 * Relative pacing is the article's: count, invoke, say whether to go on. Clock pacing plans in the run's first call,
 * then answers each time with the instant to wait for, until a call comes within the lead of a tick: that call waits
 * out the rest and dispatches. A call that comes early or late is harmless: it looks at the clock, not at the index
 * alone.
 *
 * While its schedule is paused a run that begins ends at once. One that is under way goes on to the end of its minutes
 * without dispatching, so that a schedule that is resumed before then ticks again at once.
 *
 * @param call the id of this invocation.
 */
export async function iterate(runner: TickRunner, input: IteratorInput, call: string): Promise<IteratorState> {
  return input.schedule.pacing === "relative" ? iterateRelative(runner, input) : iterateByClock(runner, input, call);
}

async function iterateRelative(
  runner: TickRunner,
  { iterator, schedule, paused }: IteratorInput,
): Promise<IteratorState> {
  if (paused) return pausedRun(runner, schedule, iterator);
  const { count } = iterator;
  if (iterator.index === 0) runner.metrics.record(schedule.name, "TicksDue", count);
  const index = iterator.index + 1;
  const now = runner.clock.now();
  // In the minute of its run's firing, which the alarm on silence counts on: the last ticks come in the minute after it.
  const fired = startOfMinute(minuteOf(now - iterator.index * schedule.intervalMs));
  await dispatchTick(runner, schedule, relativeTick(schedule, now), schedule.targets, fired);
  return { index, count, continue: index < count };
}

async function iterateByClock(
  runner: TickRunner,
  { iterator, schedule, execution, paused }: IteratorInput,
  call: string,
): Promise<IteratorState> {
  const { clock } = runner;
  if (paused && !iterator.minutes) {
    if (schedule.overdue === "latest") await giveUpOverdue(runner, schedule, call);
    return pausedRun(runner, schedule, iterator);
  }
  const { minutes, index: from }: Plan = iterator.minutes
    ? { minutes: iterator.minutes, index: iterator.index }
    : await plan(runner, schedule, execution);
  const ticks = ticksOfMinutes(schedule, minutes);
  let { missed, tick, index } = nextTick(ticks, from, clock.now());
  for (const lost of missed) {
    recordMissed(runner, schedule, lost, lost.expiresAt <= clock.now() ? "expired" : "overtaken");
  }
  if (tick && (tick.scheduledAt as number) - clock.now() <= WAKE_LEAD_MS) {
    if (paused) logPausedTick(runner, schedule.name, tick);
    else await runTick(runner, schedule, tick, schedule.targets, call);
    index += 1;
    tick = ticks[index];
  }
  const state = { index, count: ticks.length, continue: tick !== undefined, minutes };
  return tick ? { ...state, wakeAt: iso((tick.scheduledAt as number) - WAKE_LEAD_MS) } : state;
}

/** Ends a run because its schedule is paused: it claims nothing, and logs why nothing ticks. */
function pausedRun(runner: TickRunner, { name }: LoopSchedule, { index, count }: IteratorState): IteratorState {
  logPausedFiring(runner, name);
  return { index, count, continue: false };
}

/** Claims the newest tick whose time has passed, so that the first run after the pause does not catch it up. */
async function giveUpOverdue({ clock, ledger }: TickRunner, schedule: LoopSchedule, call: string): Promise<void> {
  await ledger.claimTick(tickAt(schedule, lastAtOrBefore(schedule, clock.now())), call);
}

/** What a run has before it: its minutes, and the index of the first of their ticks that it will dispatch. */
interface Plan {
  readonly minutes: readonly number[];
  readonly index: number;
}

/** Claims the minutes of the horizon that no other run has, and finds the first of their ticks that is still to come. */
async function plan({ clock, ledger, log, metrics }: TickRunner, schedule: LoopSchedule, run: string): Promise<Plan> {
  const begun = clock.now();
  const wanted = minutesOfHorizon(begun, schedule.horizon);
  const won = await Promise.all(wanted.map((minute) => ledger.claimMinute(schedule.claimScope, minute, run)));
  const claimed = wanted.filter((_, k) => won[k]);
  // If this minute is this run's, no other run is under way, and the newest overdue tick may lie in a minute before it.
  const before = won[0] && schedule.overdue === "latest" ? minuteOf(lastAtOrBefore(schedule, clock.now())) : wanted[0];
  const minutes = before !== undefined && before < (wanted[0] as number) ? [before, ...claimed] : claimed;
  const ticks = ticksOfMinutes(schedule, minutes);
  const index = firstIndexToRun(ticks, clock.now(), schedule.overdue);
  const first = ticks[index]?.scheduledAt ?? null;
  const count = ticks.length - index;
  if (claimed[0] !== undefined) metrics.record(schedule.name, "PlannerLag", begun - startOfMinute(claimed[0]));
  if (count > 0) metrics.record(schedule.name, "TicksDue", count);
  log({ kind: "run.planned", schedule: schedule.name, run, minutes, count, from: first === null ? null : iso(first) });
  return { minutes, index };
}
