import { askEmulator } from "./access-key";

/**
 * Lets the rules of a clock that was just deployed fire within about a second, and from then on at that second of each
 * minute: AWS chooses a second of its own too. Rules of which one has fired already keep theirs, because a relative loop
 * that is started early would tick beside the one before it.
 *
 * @param endpoint of the embedded AWS.
 * @param now ms since the epoch.
 * @throws Error if the embedded AWS does not answer.
 */
export async function fireSoon(endpoint: string, now = Date.now()): Promise<void> {
  const { firings } = (await askEmulator(endpoint, "firings")) as { firings: unknown[] };
  if (firings.length > 0) return;
  await askEmulator(endpoint, "firing", { post: { second: nextSecond(now) } });
}

/**
 * The next second of the minute at which rules may fire.
 *
 * @param now ms since the epoch.
 */
export function nextSecond(now: number): number {
  const second = (Math.floor(now / 1000) % 60) + 1;
  // LambdaClock publishes at second 0, and must have started by then.
  return second > LATEST_SECOND ? 0 : second;
}

/** The latest second of the minute at which a rule may fire. */
const LATEST_SECOND = 56;
