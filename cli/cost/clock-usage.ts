import type { ClockDescription, Settings } from "../../schedule/clock";
import { strategyOf } from "../../strategies";
import { ASSUMED, holdingUsage, MINUTE_S, type PartUsage, usageOf } from "../../strategies/usage";

/** What one part of one of an environment's clocks uses. */
export interface Usage extends PartUsage {
  /** The clock it belongs to; during a handover there are two. */
  readonly clock: "strategy" | "retiring";
}

export interface UsageOptions {
  /**
   * The second of the minute at which the rules fire, 0 to 59. It changes how long Express executions and LambdaClock wait.
   * @default 30, the middle, because AWS chooses it
   */
  readonly firingSecond?: number;
}

/**
 * What a clock uses in an average minute in steady state, when nothing goes wrong. Tests compare it with the loop's
 * definition and the functions' code in virtual time, and with counts on the embedded AWS.
 *
 * @throws RangeError if firingSecond is not a second of the minute.
 */
export function clockUsage(clock: ClockDescription, options: UsageOptions = {}): Usage[] {
  const { firingSecond = ASSUMED.firingSecond } = options;
  if (!(firingSecond >= 0 && firingSecond < MINUTE_S)) {
    throw new RangeError(`firingSecond ${firingSecond} is not a second of the minute: give 0 to 59`);
  }
  const usageOf = (settings: Settings, which: Usage["clock"]) =>
    [
      ...strategyOf(settings).usage(settings, clock, firingSecond),
      ...clock.schedules.flatMap(holdingUsage),
      NO_FAILURES,
    ].map((one) => ({
      ...one,
      clock: which,
    }));
  return [...usageOf(clock.strategy, "strategy"), ...(clock.retiring ? usageOf(clock.retiring, "retiring") : [])];
}

/** The failure queue takes messages that could not be delivered: none in steady state. */
const NO_FAILURES = usageOf(null)("failure queue", "queueRequest", "messages that could not be delivered", 0);
