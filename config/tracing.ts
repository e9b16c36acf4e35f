import { type Duration, durationToMs, SECOND_MS } from "../schedule/duration";

/** Traces a month that X-Ray records for free (aws.amazon.com/xray/pricing). */
const FREE_TRACES = 100_000;
const MONTH_MS = 30 * 24 * 60 * 60 * SECOND_MS;

/** Whether tracing every tick of schedules with these intervals stays inside X-Ray's free tier. */
export function tracedForFree(intervals: readonly Duration[]): boolean {
  const ticks = intervals.reduce((sum, interval) => sum + MONTH_MS / (durationToMs(interval) ?? SECOND_MS), 0);
  return ticks <= FREE_TRACES;
}
