import fc from "fast-check";
import { MINUTE_MS, SECOND_MS } from "../../schedule/duration";

/** How a rule behaved over some minutes. */
export interface RuleBehaviour {
  /** Clock minutes a firing plans. */
  readonly horizon: number;
  /** When its firings came, ascending: ms after the second 0 of the minute in which the rule was made. */
  readonly arrivals: readonly number[];
}

/**
 * All that a horizon of n promises to survive: firings that come at any second of their minute and twice, and n − 2 in
 * a row that do not come; or, with one lost firing less, firings that come up to 119 s late, and so in any order.
 */
export function survivableBehaviour(minutes: number): fc.Arbitrary<RuleBehaviour> {
  const firing = fc.record({
    secondMs: fc.integer({ min: 0, max: 59_999 }),
    extraMinute: fc.boolean(),
    doubledAfterMs: fc.option(fc.integer({ min: 0, max: 30 * SECOND_MS }), { freq: 4 }),
    lost: fc.boolean(),
  });
  return fc
    .record({
      horizon: fc.integer({ min: 2, max: 6 }),
      late: fc.boolean(),
      firings: fc.array(firing, { minLength: minutes, maxLength: minutes }),
    })
    .map(({ horizon, late, firings }) => {
      const extraMinutes = late && horizon > 2 ? 1 : 0;
      let lostInARow = 0;
      const arrivals = firings.flatMap(({ secondMs, extraMinute, doubledAfterMs, lost }, minute) => {
        if (minute > 0 && lost && lostInARow < horizon - 2 - extraMinutes) {
          lostInARow += 1;
          return [];
        }
        lostInARow = 0;
        const at = (minute + (extraMinute ? extraMinutes : 0)) * MINUTE_MS + secondMs;
        return doubledAfterMs === null ? [at] : [at, at + doubledAfterMs];
      });
      return { horizon, arrivals: arrivals.sort((a, b) => a - b) };
    });
}
