import { gridText } from "../../schedule/grid";
import { minuteOf, startOfMinute } from "../../schedule/minute";
import type { HandPause } from "../../schedule/pause";
import {
  firstUpcoming,
  minutesToServe,
  nextTick,
  type OverduePolicy,
  ticksOfMinutes,
  tickToCatchUp,
  tickToTry,
  wakeAt,
} from "../../schedule/plan";
import { iso, relativeTick, type ScheduleSpec, type Tick } from "../../schedule/tick";
import { pauseOfDueTick } from "../runtime/hand-pauses";
import { recordPlanned } from "../runtime/metrics";
import { logPausedFiring, passOver } from "../runtime/pause";
import { dispatchClaimed, dispatchTick, recordMissed, runTick, type TickRunner } from "../runtime/run-tick";

/** `$.iterator`: the article's three fields and, under clock pacing, what the run has planned. */
export interface IteratorState {
  /** Ticks done; the index of the next one. */
  readonly index: number;
  /** Ticks of this run. */
  readonly count: number;
  /** Whether the loop goes on. */
  readonly continue?: boolean;
  /** The clock minutes that this run serves; absent until the first call has planned. */
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
  /** When the execution began, ISO 8601. Absent in executions of a definition that did not hand it over. */
  readonly startedAt?: string;
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
 * A run serves the minutes that it wins. If a tick that came due in the minutes of another run has no claimant, that run
 * has ended, and this one dispatches the tick late and serves all minutes of its horizon. If it is mistaken, two runs
 * serve the same minutes, and the claims on the ticks keep each from being dispatched twice.
 *
 * While its schedule is paused by the configuration, a run that begins ends at once. One that is under way goes on to the end of
 * its minutes without dispatching, so that a schedule that is resumed before then ticks again at once. A pause by hand ends a
 * relative run. Under clock pacing runs go on as ever, and only their ticks are not dispatched.
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
  const now = runner.clock.now();
  const pause = await pauseOfDueTick(runner, schedule.name, now);
  if (pause) return pausedRun(runner, schedule, iterator, pause);
  if (iterator.index === 0) runner.metrics.record(schedule.name, "TicksDue", count);
  const index = iterator.index + 1;
  // In the minute of its run's firing, which the alarm on silence counts on: the last ticks come in the minute after it.
  const fired = startOfMinute(minuteOf(now - iterator.index * schedule.intervalMs));
  await dispatchTick(runner, schedule, relativeTick(schedule, now), schedule.targets, { countedAt: fired });
  return { index, count, continue: index < count };
}

async function iterateByClock(runner: TickRunner, input: IteratorInput, call: string): Promise<IteratorState> {
  const { clock } = runner;
  const { iterator, schedule, paused } = input;
  if (paused && !iterator.minutes) {
    const newest = tickToCatchUp(schedule, clock.now());
    if (newest) await passOver(runner, schedule, newest, call);
    return pausedRun(runner, schedule, iterator);
  }
  const {
    minutes,
    index: from,
    late,
  }: Plan = iterator.minutes ? { minutes: iterator.minutes, index: iterator.index } : await plan(runner, input, call);
  if (late) await dispatchClaimed(runner, schedule, late, schedule.targets);
  const ticks = ticksOfMinutes(schedule, minutes);
  let { missed, tick, index } = nextTick(ticks, from, clock.now());
  for (const lost of missed) {
    recordMissed(runner, schedule, lost, lost.expiresAt <= clock.now() ? "expired" : "overtaken");
  }
  if (tick && clock.now() >= wakeAt(schedule, tick.scheduledAt as number)) {
    if (paused) await passOver(runner, schedule, tick, call);
    else await runTick(runner, schedule, tick, schedule.targets, call);
    index += 1;
    tick = ticks[index];
  }
  const state = { index, count: ticks.length, continue: tick !== undefined, minutes };
  return tick ? { ...state, wakeAt: iso(wakeAt(schedule, tick.scheduledAt as number)) } : state;
}

/**
 * Ends a run because its schedule is paused: it plans nothing, and logs why nothing ticks.
 *
 * @param pause if it was begun by hand. A relative run then ends with the ticks that it has left not dispatched.
 */
function pausedRun(
  runner: TickRunner,
  { name }: LoopSchedule,
  { index, count }: IteratorState,
  pause?: HandPause,
): IteratorState {
  if (pause) runner.metrics.record(name, "TicksPaused", count - index);
  logPausedFiring(runner, name, 0, pause);
  return { index, count, continue: false };
}

/** What a run has before it. */
interface Plan {
  /** The minutes that it serves. */
  readonly minutes: readonly number[];
  /** The index of the first of their ticks that is still to come. */
  readonly index: number;
  /** A tick that is due, which this call has claimed because nobody had. */
  readonly late?: Tick;
}

/** Claims the minutes of the horizon and finds out whether the runs that have the others live: see {@link tickToTry}. */
async function plan(
  { clock, ledger, log, metrics }: TickRunner,
  { schedule, execution, startedAt }: IteratorInput,
  call: string,
): Promise<Plan> {
  const begun = clock.now();
  const wanted = minutesToServe(begun, schedule.horizon, startedAt === undefined ? undefined : Date.parse(startedAt));
  const claims = await Promise.all(
    wanted.map((minute) => ledger.claimMinute(schedule.claimScope, minute, execution, schedule)),
  );
  const [own] = claims;
  const holder = own && !own.won ? own : null;
  const now = clock.now();
  // A holder that began before the interval or phase was changed claims the ticks of its own grid, so ours say nothing of it.
  // It is taken to live, as one of unknown age is.
  const since = holder?.grid === gridText(schedule) ? holder.claimedAt : null;
  const toTry = own && tickToTry(schedule, holder && (since ?? now), now);
  const late = toTry && (await ledger.claimTick(toTry, call)).won ? toTry : undefined;
  const minutes = holder && late ? wanted : wanted.filter((_, k) => claims[k]?.won);
  const ticks = ticksOfMinutes(schedule, minutes);
  const index = firstUpcoming(ticks, clock.now());
  const first = (late ?? ticks[index])?.scheduledAt ?? null;
  const count = ticks.length - index + (late ? 1 : 0);
  if (minutes[0] !== undefined) metrics.record(schedule.name, "PlannerLag", begun - startOfMinute(minutes[0]));
  if (count > 0) metrics.record(schedule.name, "TicksDue", count);
  recordPlanned(metrics, [schedule]);
  log({
    kind: "run.planned",
    schedule: schedule.name,
    run: execution,
    minutes,
    count,
    from: first === null ? null : iso(first),
    ...(holder && late && { takenOverFrom: holder.claimedBy ?? "a run of unknown name" }),
  });
  return { minutes, index, late };
}
