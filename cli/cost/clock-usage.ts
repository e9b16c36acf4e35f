import type { ClockDescription, Settings } from "../../schedule/clock";
import { strategyOf } from "../../strategies";
import { ASSUMED, MINUTE_S, type PartUsage, type Usage } from "../../strategies/usage";
import { amount } from "./amount";

export interface UsageOptions {
  /**
   * The second of the minute at which the rules fire, 0 to 59: it changes how long Express runs and LambdaClock wait.
   * @default 30, the middle, because nobody can choose it
   */
  readonly firingSecond?: number;
}

/**
 * What a clock uses in an average minute in steady state, when nothing goes wrong. The formulas follow the loop's
 * definition, the functions' code and the stacks; tests hold them against what is counted, in virtual time and on the
 * emulator.
 *
 * @throws RangeError where firingSecond is not a second of the minute.
 */
export function clockUsage(clock: ClockDescription, options: UsageOptions = {}): Usage[] {
  const { firingSecond = ASSUMED.firingSecond } = options;
  if (!(firingSecond >= 0 && firingSecond < MINUTE_S)) {
    throw new RangeError(`firingSecond ${firingSecond} is not a second of the minute: give 0 to 59`);
  }
  const all = (strategy: Settings, which: Usage["clock"]) =>
    [...strategyOf(strategy).usage(strategy, clock, firingSecond), NO_FAILURES].map((usage) => ({
      ...usage,
      clock: which,
    }));
  return [...all(clock.strategy, "strategy"), ...(clock.retiring ? all(clock.retiring, "retiring") : [])];
}

/** The queue takes what could not be delivered: in steady state nothing. */
const NO_FAILURES: PartUsage = {
  schedule: null,
  part: "failure queue",
  resource: "queueRequest",
  what: "messages that could not be delivered",
  perMinute: amount(0),
};
