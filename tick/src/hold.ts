/** A clock. Tests inject their own. */
export interface Clock {
  /** ms since the epoch. */
  now(): number;
  /** Resolves at `instant` (ms since the epoch), or at once if it has passed; never before it. */
  waitUntil(instant: number): Promise<void>;
}

/**
 * How long before the instant the timer hands over to turns of the event loop, in ms. Long enough to take up a timer's
 * rounding, and no longer: a small Lambda function has a millisecond or two of processor time in each 20, and to spend
 * it just before the instant is to be late.
 */
const SPIN_MS = 1;

/** The machine's clock. It is read again after every timer: a timer may fire up to 1 ms early, and a tick may not. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async waitUntil(instant) {
    for (let left = instant - Date.now(); left > SPIN_MS; left = instant - Date.now()) {
      await new Promise((resolve) => setTimeout(resolve, left - SPIN_MS));
    }
    while (Date.now() < instant) await new Promise((resolve) => setImmediate(resolve));
  },
};
