import { MINUTE_MS } from "./duration";

/**
 * How many ticks one run of the article's loop makes: "with some simple math", a minute divided by the interval.
 *
 * @param intervalMs ms; under relative pacing it divides a minute.
 * @throws RangeError if it does not.
 */
export function ticksPerRun(intervalMs: number): number {
  if (MINUTE_MS % intervalMs !== 0) throw new RangeError(`${intervalMs} ms does not divide a minute`);
  return MINUTE_MS / intervalMs;
}
