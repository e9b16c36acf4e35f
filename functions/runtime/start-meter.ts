import { isManual, type TickMessage } from "../../schedule/tick";
import type { Metrics } from "./metrics";

/** Ids that are remembered: far more than can come between two deliveries of one message. */
const REMEMBERED = 1_000;

/** Takes each tick as its target receives it, at `startedAt` (ms since the epoch). */
export type StartMeter = (tick: TickMessage["tick"], startedAt: number) => void;

/**
 * Measures ticks as they arrive: the start skew of each, and further deliveries of a tick that this instance has had.
 * Lambda and SNS deliver at least once. Each instance of a function remembers its own ticks, so it does not see a second
 * delivery to another instance. The report reads all logs and has the exact number.
 */
export function startMeter(metrics: Metrics): StartMeter {
  const seen = new Set<string>();
  return ({ id, schedule, scheduledAt }, startedAt) => {
    // Those are counted apart: one that repeats a tick starts hours after its instant.
    if (isManual(id)) return;
    if (seen.has(id)) {
      metrics.record(schedule, "TicksDuplicate", 1);
    } else {
      seen.add(id);
      if (seen.size > REMEMBERED) seen.delete(seen.values().next().value as string);
      if (scheduledAt !== null) metrics.record(schedule, "StartSkew", startedAt - Date.parse(scheduledAt));
    }
    metrics.flush();
  };
}
