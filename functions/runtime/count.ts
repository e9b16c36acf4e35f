import { MISSED_METRICS, type MissedBecause } from "../../schedule/metrics";
import type { Tick } from "../../schedule/tick";
import type { Metrics } from "./metrics";

/** Counts a tick that was dispatched at `dispatchedAt` (ms since the epoch): due, dispatched, and its skew, where it has a grid. */
export function countDispatched(metrics: Metrics, schedule: string, tick: Tick, dispatchedAt: number): void {
  metrics.record(schedule, "TicksDue", 1);
  metrics.record(schedule, "TicksDispatched", 1);
  if (tick.scheduledAt !== null) metrics.record(schedule, "DispatchSkew", dispatchedAt - tick.scheduledAt);
}

/** Counts ticks that were due and missed, all for one reason. */
export function countMissed(metrics: Metrics, schedule: string, because: MissedBecause, ticks = 1): void {
  if (ticks === 0) return;
  metrics.record(schedule, "TicksDue", ticks);
  metrics.record(schedule, "TicksMissed", ticks);
  metrics.record(schedule, MISSED_METRICS[because], ticks);
}

/** Counts ticks that were due and not dispatched because of a pause. */
export function countPaused(metrics: Metrics, schedule: string, ticks: number): void {
  if (ticks === 0) return;
  metrics.record(schedule, "TicksDue", ticks);
  metrics.record(schedule, "TicksPaused", ticks);
}
