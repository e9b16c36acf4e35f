import { SECOND_MS } from "./duration";
import { type ClockMinute, instantsOfMinute } from "./minute";
import { type ScheduleSpec, type Tick, tickAt } from "./tick";

/**
 * What happens, when a run plans, to ticks whose time has already passed: `skip` leaves them all out (they count as
 * missed), `latest` keeps the newest one if it has not expired. Neither ever fires a burst.
 */
export type OverduePolicy = "skip" | "latest";

/**
 * How long before a tick a loop that waits for it wakes, in ms. Step Functions waits until whole seconds only, and starts
 * a function about 100 ms later (p99 about 300 ms: bitesizedserverless.com, "Serverless messaging latency compared", 2022).
 * The function itself waits for the rest.
 */
export const WAKE_LEAD_MS = SECOND_MS;

/** The ticks of the claimed minutes in order. A run's `index` counts into this list. */
export function ticksOfMinutes(schedule: ScheduleSpec, minutes: readonly ClockMinute[]): Tick[] {
  return minutes.flatMap((minute) => instantsOfMinute(schedule, minute)).map((at) => tickAt(schedule, at));
}

/**
 * The index of the first tick that a run which plans at `now` will dispatch, or the number of ticks if all are over.
 *
 * @param now ms since the epoch.
 */
export function firstIndexToRun(ticks: readonly Tick[], now: number, policy: OverduePolicy): number {
  const upcoming = ticks.findIndex((tick) => scheduled(tick) > now);
  const next = upcoming === -1 ? ticks.length : upcoming;
  const newestOverdue = ticks[next - 1];
  return policy === "latest" && newestOverdue && newestOverdue.expiresAt > now ? next - 1 : next;
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
