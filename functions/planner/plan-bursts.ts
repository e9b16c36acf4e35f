import { type Burst, type BurstSchedule, burstsOfMinute, overdueBursts, slotsOfMinute } from "../../schedule/bursts";
import { MINUTE_MS } from "../../schedule/duration";
import { instantsBetween } from "../../schedule/grid";
import { type ClockMinute, minuteOf, minutesOfHorizon, startOfMinute } from "../../schedule/minute";
import { tickToCatchUp } from "../../schedule/plan";
import { iso, longestLead } from "../../schedule/tick";
import { recordPlanned } from "../runtime/metrics";
import { logPausedFiring, passOver } from "../runtime/pause";
import type { TickRunner } from "../runtime/run-tick";
import type { FiledSchedule } from "../runtime/schedules-file";
import type { PlannedMinutes } from "./planned-minutes";

/** Hands bursts to pacers. */
export interface BurstQueue {
  /**
   * Sends each burst so that a pacer gets it one to two seconds before its first tick is due for dispatch, or at once if that
   * has passed.
   *
   * @param leadMs the longest lead of the schedules, in ms: a burst names none.
   * @throws Error if a burst may not have been taken; all the others were sent.
   */
  send(bursts: readonly Burst[], leadMs: number): Promise<void>;
}

/** What the planner works with. */
export interface Planner extends Pick<TickRunner, "clock" | "ledger" | "log" | "metrics" | "claimLeadMs"> {
  readonly planned: PlannedMinutes;
  readonly queue: BurstQueue;
}

/** How a clock plans. */
export interface PlanSettings {
  /** Clock minutes that a firing plans, this one included. */
  readonly horizon: number;
  /** Dispatches at one instant that one pacer serves. */
  readonly mostAtOnce: number;
  /** What one claim is for: one tick, or all ticks of a slot at an instant. */
  readonly claims: "ticks" | "instants";
}

/**
 * Plans the clock minutes of the horizon that nobody has planned: sends the bursts of all schedules in them, the nearest
 * minute first, then notes each minute as planned. In steady state that is one minute, the last.
 *
 * A planner that ends in between leaves its minute to the next firing, which sends the bursts again. Two that run at once
 * both send them. Neither doubles a tick: each tick is claimed by the pacer that dispatches it.
 *
 * A clock that begins finds that nobody has begun to plan its own minute. It then catches up the newest overdue tick of the
 * schedules whose policy is `latest`.
 *
 * @param run the id of this invocation.
 * @throws what the queue or the ledger threw, after all minutes have had their turn.
 */
export async function planBursts(
  planner: Planner,
  schedules: readonly FiledSchedule[],
  { horizon, mostAtOnce, claims }: PlanSettings,
  run: string,
): Promise<void> {
  const { clock, log, metrics, planned, queue } = planner;
  const begun = clock.now();
  const ticking = schedules.filter(({ paused }) => !paused);
  const paused = schedules.filter((schedule) => schedule.paused);
  for (const { name } of paused) logPausedFiring(planner, name, MINUTE_MS);
  const failures: unknown[] = [];
  const attempt = (work: Promise<unknown>) => work.catch((error) => void failures.push(error));

  await Promise.all(
    paused.flatMap((schedule) => {
      const newest = tickToCatchUp(schedule, begun);
      return newest ? [attempt(passOver(planner, schedule, newest, run))] : [];
    }),
  );
  const wanted = ticking.length === 0 ? [] : minutesOfHorizon(begun, horizon);
  const known = await Promise.all(wanted.map((minute) => planned.look(minute)));
  const minutes = wanted.filter((_, k) => known[k] !== "planned");
  const loads = ticking.map(burstSchedule);
  if (known[0] === "unknown") await attempt(catchUp(planner, ticking, begun, mostAtOnce));
  const sent: ClockMinute[] = [];
  let bursts = 0;
  for (const minute of minutes) {
    try {
      const wantedSlots = claims === "instants" ? slotsOfMinute(loads, minute, mostAtOnce) : 0;
      const slots = await planned.agreeOnSlots(minute, wantedSlots).catch((error) => {
        // Claims of ticks are what all planners agree on, unless this clock claims instants.
        if (claims === "instants") throw error;
        failures.push(error);
        return 0;
      });
      const ofMinute = burstsOfMinute(loads, minute, mostAtOnce, { after: begun, slots });
      await queue.send(ofMinute, longestLead(ticking));
      sent.push(minute);
      bursts += ofMinute.length;
      await attempt(planned.note(minute, slots, run));
    } catch (error) {
      failures.push(error);
    }
  }
  const [first] = sent;
  if (first !== undefined) {
    for (const { name } of ticking) metrics.record(name, "PlannerLag", begun - startOfMinute(first));
  }
  recordPlanned(metrics, ticking);
  if (ticking.length > 0) {
    log({ kind: "clock.planned", run, minutes: sent, bursts, ...countDue(ticking, sent, begun, metrics) });
  }
  if (failures.length > 0) throw failures[0];
}

/** Sends the newest overdue ticks of the schedules that catch up, unless the clock claimed whole instants when they were due. */
async function catchUp(
  { planned, queue }: Planner,
  schedules: readonly FiledSchedule[],
  now: number,
  mostAtOnce: number,
): Promise<void> {
  const latest = schedules.filter(({ overdue }) => overdue === "latest");
  const newest = latest.flatMap((schedule) => tickToCatchUp(schedule, now) ?? []);
  const minutes = new Set(newest.map(({ scheduledAt }) => minuteOf(scheduledAt as number)));
  const slots = await Promise.all([...minutes].map((minute) => planned.agreeOnSlots(minute, 0)));
  if (slots.some((one) => one > 0)) return;
  await queue.send(overdueBursts(latest.map(burstSchedule), now, mostAtOnce), 0);
}

function burstSchedule({ name, intervalMs, phaseMs, hours, targets }: FiledSchedule): BurstSchedule {
  return { name, intervalMs, phaseMs, ...(hours && { hours }), dispatches: targets.length };
}

/** Counts the ticks of minutes that are still to come at `now`, and records them. */
function countDue(
  schedules: readonly FiledSchedule[],
  minutes: readonly ClockMinute[],
  now: number,
  metrics: TickRunner["metrics"],
): { readonly count: number; readonly from: string | null } {
  let count = 0;
  let from = Number.POSITIVE_INFINITY;
  for (const schedule of schedules) {
    let due = 0;
    for (const minute of minutes) {
      const start = Math.max(startOfMinute(minute), Math.floor(now) + 1);
      const end = startOfMinute(minute + 1);
      const instants = instantsBetween(schedule, start, end);
      due += instants.length;
      from = Math.min(from, instants[0] ?? from);
    }
    if (due > 0) metrics.record(schedule.name, "TicksDue", due);
    count += due;
  }
  return { count, from: count === 0 ? null : iso(from) };
}
