import { MINUTE_MS, SECOND_MS } from "./duration";
import { lastAtOrBefore } from "./grid";
import { type ClockMinute, instantsOfMinute, minutesOfHorizon, startOfMinute } from "./minute";
import { dispatchAt, type ScheduleSpec, type Tick, tickAt } from "./tick";

/**
 * What happens to ticks whose time has already passed when a run plans and no other run is under way: `skip` leaves them
 * all out (they count as missed), `latest` keeps the newest one if it has not expired. Neither ever fires a burst.
 */
export type OverduePolicy = "skip" | "latest";

/**
 * How long before a tick is due for dispatch a loop that waits for it wakes, in ms, at least. Step Functions waits until whole seconds only, and starts
 * a function about 100 ms later (p99 about 300 ms: bitesizedserverless.com, "Serverless messaging latency compared", 2022).
 * The function itself waits for the rest.
 */
export const WAKE_LEAD_MS = SECOND_MS;

/** When a loop wakes for a tick, ms since the epoch: a whole second, as Step Functions waits. @param scheduledAt the tick's. */
export function wakeAt(schedule: Pick<ScheduleSpec, "leadMs">, scheduledAt: number): number {
  return Math.floor((dispatchAt(schedule, scheduledAt) - WAKE_LEAD_MS) / SECOND_MS) * SECOND_MS;
}

/**
 * How long after its instant a tick that nobody has claimed shows that nobody serves its minute, in ms. A run that lives
 * claims a tick 0.9 s ahead, by a clock that may be up to 2 s behind.
 */
export const TAKEOVER_GRACE_MS = 2 * SECOND_MS;

/** How long a run that plans `horizon` clock minutes may last, in ms: Step Functions then ends it. */
export function longestRunMs(horizon: number): number {
  return (horizon + 1) * MINUTE_MS;
}

/**
 * The clock minutes that a run which plans at `now` lives to serve: those of its horizon that are over before it is ended.
 * A run whose first call came late is ended before the last of them is.
 *
 * @param now ms since the epoch.
 * @param startedAt when the run began, ms since the epoch; `undefined` if that is unknown, and then none is left out.
 */
export function minutesToServe(now: number, horizon: number, startedAt: number | undefined): ClockMinute[] {
  const minutes = minutesOfHorizon(now, horizon);
  if (startedAt === undefined) return minutes;
  return minutes.filter((minute) => startOfMinute(minute + 1) <= startedAt + longestRunMs(horizon));
}

/**
 * The tick by which a run that plans finds out whether the ticks before it are served: the newest that is due. If
 * nobody has claimed it, it is this run's, to be dispatched late.
 *
 * If the run's own minute was another run's, that one is expected to have claimed every tick that came due since. If it
 * was nobody's, no other run is under way, and the policy says whether the newest tick is caught up.
 *
 * @param heldSince since when another run has had this run's own minute, ms since the epoch; `null` if it was nobody's.
 * @param now ms since the epoch.
 * @returns `undefined` if no tick would show it, or none is to be caught up.
 */
export function tickToTry(
  schedule: ScheduleSpec & { readonly overdue: OverduePolicy },
  heldSince: number | null,
  now: number,
): Tick | undefined {
  if (heldSince === null) {
    const tick = tickToCatchUp(schedule, now);
    return tick && tick.expiresAt > now ? tick : undefined;
  }
  const tick = newestDue(schedule, now - TAKEOVER_GRACE_MS);
  return tick && scheduled(tick) > heldSince ? tick : undefined;
}

/**
 * The newest tick of a schedule that is due at `now` (ms since the epoch); `undefined` if its hours have had none for so long that
 * none can be dispatched any more.
 */
export function newestDue(schedule: ScheduleSpec, now: number): Tick | undefined {
  const at = lastAtOrBefore(schedule, now);
  return at === undefined ? undefined : tickAt(schedule, at);
}

/** The newest tick that is due at `now` (ms since the epoch), if the schedule's policy is to catch one up; it may have expired. */
export function tickToCatchUp(
  schedule: ScheduleSpec & { readonly overdue: OverduePolicy },
  now: number,
): Tick | undefined {
  return schedule.overdue === "latest" ? newestDue(schedule, now) : undefined;
}

/** The ticks of the claimed minutes in order. A run's `index` counts into this list. */
export function ticksOfMinutes(schedule: ScheduleSpec, minutes: readonly ClockMinute[]): Tick[] {
  return minutes.flatMap((minute) => instantsOfMinute(schedule, minute)).map((at) => tickAt(schedule, at));
}

/**
 * The index of the first tick that is still to come at `now`, or the number of ticks if none is.
 *
 * @param now ms since the epoch.
 */
export function firstUpcoming(ticks: readonly Tick[], now: number): number {
  const upcoming = ticks.findIndex((tick) => scheduled(tick) > now);
  return upcoming === -1 ? ticks.length : upcoming;
}

/** What a running plan does at one moment: the ticks it must give up, and the one it goes on with, if any is left. */
export interface NextTick {
  /** Ticks that cannot be dispatched any more: expired, or overtaken by a newer one that is due as well. */
  readonly missed: readonly Tick[];
  /** The tick to wait for, or to dispatch at once if its time has passed and it has not expired. */
  readonly tick: Tick | undefined;
  /** Index of `tick`; the number of ticks if no tick is left. */
  readonly index: number;
}

/**
 * The tick to run at `now`, from `index` on. Of several ticks that are due only the newest that has not expired is
 * run: a clock that comes late goes on, it does not fire a burst.
 *
 * @param now ms since the epoch.
 */
export function nextTick(ticks: readonly Tick[], index: number, now: number): NextTick {
  let at = index;
  for (let k = index; k < ticks.length; k++) {
    const tick = ticks[k] as Tick;
    const following = ticks[k + 1];
    const expired = tick.expiresAt <= now;
    const overtaken = following !== undefined && scheduled(following) <= now;
    if (!expired && !overtaken) break;
    at = k + 1;
  }
  return { missed: ticks.slice(index, at), tick: ticks[at], index: at };
}

/** scheduledAt of a tick that lies on a grid, in ms since the epoch. */
function scheduled(tick: Tick): number {
  return tick.scheduledAt as number;
}
