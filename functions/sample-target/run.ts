import { iso, readTickMessage } from "../../schedule/tick";
import type { Clock } from "../runtime/clock";
import type { Log } from "../runtime/log";
import type { StartMeter } from "../runtime/start-meter";

/**
 * The article's sample: logs when it started, then runs for 1, 2 or 3 seconds at random.
 *
 * @param random in [0, 1).
 * @throws TypeError if the event carries no tick.
 */
export async function runSample(
  event: unknown,
  clock: Clock,
  random: () => number,
  log: Log,
  meter: StartMeter,
): Promise<boolean> {
  const startedAt = clock.now();
  const { tick } = readTickMessage(event);
  log({ kind: "tick.started", tick, startedAt: iso(startedAt) });
  meter(tick, startedAt);
  const seconds = 1 + Math.floor(random() * 3);
  await clock.waitUntil(startedAt + seconds * 1_000);
  return true;
}
