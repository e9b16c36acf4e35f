import { type ClockMinute, minutesOfHorizon } from "../../schedule/minute";
import { firstUpcoming, nextTick, ticksOfMinutes } from "../../schedule/plan";
import type { ScheduleSpec, Tick } from "../../schedule/tick";

/** What one run that planned at `plannedAt` does with the ticks of the minutes it won. */
export interface PlannedRun {
  readonly plannedAt: number;
  readonly minutes: readonly ClockMinute[];
  readonly dispatched: readonly { readonly tick: Tick; readonly at: number }[];
  readonly missed: readonly Tick[];
}

/**
 * Plays firings of the rule against one another by the pure core alone: each claims the minutes of its horizon that no
 * earlier one has, then goes through its ticks.
 *
 * @param arrivals ms since the epoch, ascending.
 * @param lateMs how late the k-th call for a tick comes, in ms.
 */
export function playFirings(
  schedule: ScheduleSpec,
  arrivals: readonly number[],
  horizon: number,
  lateMs: (k: number) => number = () => 0,
): PlannedRun[] {
  const claimed = new Set<ClockMinute>();
  return arrivals.map((plannedAt) => {
    const minutes = minutesOfHorizon(plannedAt, horizon).filter((minute) => !claimed.has(minute));
    for (const minute of minutes) claimed.add(minute);
    const ticks = ticksOfMinutes(schedule, minutes);
    const dispatched: { tick: Tick; at: number }[] = [];
    const missed: Tick[] = [];
    let now = plannedAt;
    for (let index = firstUpcoming(ticks, now), k = 0; index < ticks.length; k++) {
      now = Math.max(now, (ticks[index]?.scheduledAt as number) + lateMs(k));
      const next = nextTick(ticks, index, now);
      missed.push(...next.missed);
      if (next.tick) {
        now = Math.max(now, next.tick.scheduledAt as number);
        dispatched.push({ tick: next.tick, at: now });
      }
      index = next.index + 1;
    }
    return { plannedAt, minutes, dispatched, missed };
  });
}
