import fc from "fast-check";
import {
  dispatchWindow,
  latenessWindow,
  PERCENTILE_TICKS,
  skewWindow,
} from "../../../constructs/monitoring/alarm-windows";
import { MINUTE_MS, SECOND_MS } from "../../../schedule/duration";
import { type Grid, instantsBetween } from "../../../schedule/grid";

const HOUR_MS = 60 * MINUTE_MS;
const DAY_S = 24 * 60 * 60;

/** What PutMetricAlarm takes: periods of whole minutes, a day of them below an hour, seven days of others. */
function isTakenByCloudWatch({ periodS, periods }: { periodS: number; periods: number }): boolean {
  const whole = periodS % 60 === 0 && periodS >= 60 && periodS <= DAY_S && Number.isInteger(periods) && periods >= 1;
  return whole && periodS * periods <= (periodS < 3_600 ? DAY_S : 7 * DAY_S);
}

test.each([
  ["1 s", { intervalMs: SECOND_MS, phaseMs: 0 }, { periodS: 300, periods: 1, atLeast: 250 }],
  ["10 s", { intervalMs: 10 * SECOND_MS, phaseMs: 0 }, { periodS: 300, periods: 1, atLeast: 25 }],
  ["1 min at second 0: every tick", { intervalMs: MINUTE_MS, phaseMs: 0 }, { periodS: 300, periods: 1, atLeast: 5 }],
  ["1 min at second 30", { intervalMs: MINUTE_MS, phaseMs: 30_000 }, { periodS: 300, periods: 1, atLeast: 4 }],
  [
    "5 min: one interval and a minute",
    { intervalMs: 5 * MINUTE_MS, phaseMs: 0 },
    { periodS: 360, periods: 1, atLeast: 1 },
  ],
  ["1 h", { intervalMs: HOUR_MS, phaseMs: 0 }, { periodS: 300, periods: 13, atLeast: 1 }],
  ["24 h: 25 hours", { intervalMs: 24 * HOUR_MS, phaseMs: 0 }, { periodS: 3_600, periods: 25, atLeast: 1 }],
])("the dispatches of a schedule at %s", (_what, grid, expected) => {
  expect(dispatchWindow(grid)).toEqual(expected);
});

test("every interval a schedule may have has windows that CloudWatch accepts", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: DAY_S }), (intervalS) => {
      expect(isTakenByCloudWatch(dispatchWindow({ intervalMs: intervalS * SECOND_MS, phaseMs: 0 }))).toBe(true);
      for (const window of [skewWindow, latenessWindow]) {
        const looked = window(intervalS * SECOND_MS);
        expect(isTakenByCloudWatch(looked)).toBe(true);
        expect(looked.periodS).toBeGreaterThanOrEqual(intervalS);
      }
    }),
  );
});

describe("a clock's skew, looked at as the alarm on lateness does", () => {
  const LIMIT_MS = 500;
  /** The 99th percentile by nearest rank: the smallest figure that 99 in a hundred do not exceed. */
  const p99 = (skews: readonly number[]) =>
    [...skews].sort((a, b) => a - b)[Math.ceil(0.99 * skews.length) - 1] as number;
  /** Whether it has rung at the end of any window. */
  const rings = (skews: readonly number[], intervalMs: number) => {
    const { periods, periodsBeyond, ticks } = latenessWindow(intervalMs);
    const beyond = Array.from(
      { length: skews.length / ticks },
      (_, k) => p99(skews.slice(k * ticks, (k + 1) * ticks)) > LIMIT_MS,
    );
    return beyond.some(
      (_, k) => beyond.slice(Math.max(0, k + 1 - periods), k + 1).filter(Boolean).length >= periodsBeyond,
    );
  };
  const hour = (intervalMs: number, isLate: (k: number) => boolean) =>
    Array.from({ length: HOUR_MS / intervalMs }, (_, k) => (isLate(k) ? 900 : 3));

  test("one slow tick, or two windows of them, ring nothing", () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 5, 10, 60, 300), fc.nat(), (intervalS, at) => {
        const ticks = HOUR_MS / (intervalS * SECOND_MS);
        expect(
          rings(
            hour(intervalS * SECOND_MS, (k) => k === at % ticks || k === 0),
            intervalS * SECOND_MS,
          ),
        ).toBe(false);
      }),
    );
  });

  test.each([
    ["10 s, each tick late for 15 minutes", 10, (k: number) => k < 90, true],
    ["10 s, each tick late for 10 minutes", 10, (k: number) => k < 60, false],
    ["10 s, every 30th tick", 10, (k: number) => k % 30 === 0, true],
    ["1 s, every 60th tick", 1, (k: number) => k % 60 === 0, true],
    ["1 s, every 150th tick", 1, (k: number) => k % 150 === 0, false],
    ["5 min, three ticks of five", 300, (k: number) => [1, 3, 5].includes(k), true],
  ] as const)("%s", (_what, intervalS, isLate, expected) => {
    expect(rings(hour(intervalS * SECOND_MS, isLate), intervalS * SECOND_MS)).toBe(expected);
  });

  test("below a number of ticks the 99th percentile is the latest, from it on one alone is not", () => {
    const one = (ticks: number) => p99(Array.from({ length: ticks }, (_, k) => (k === 0 ? 900 : 3)));
    expect([one(PERCENTILE_TICKS - 1), one(PERCENTILE_TICKS)]).toEqual([900, 3]);
  });
});

describe("a schedule's dispatches, looked at each minute as the alarm on silence does", () => {
  /** Whether it rings at `minute`, of dispatches at these instants whose figures take `delayMs` to their metric. */
  const rings = (grid: Grid, dispatches: readonly number[], minute: number, delayMs: number) => {
    const { periodS, periods, atLeast } = dispatchWindow(grid);
    const end = minute * MINUTE_MS;
    const sums = Array.from({ length: periods }, (_, k) => {
      const to = end - k * periodS * SECOND_MS;
      return dispatches.filter((at) => at >= to - periodS * SECOND_MS && at < to && at <= end - delayMs).length;
    });
    return sums.every((sum) => sum < atLeast);
  };
  /** The dispatches from an hour before minute 0 on, and the minutes that are looked at. */
  const around = (grid: Grid) => {
    const window = dispatchWindow(grid);
    const minutes = Math.ceil((window.periodS * window.periods * SECOND_MS + 2 * grid.intervalMs) / MINUTE_MS);
    return { dispatches: instantsBetween(grid, -minutes * MINUTE_MS, 2 * minutes * MINUTE_MS), minutes };
  };
  const grids = (intervals: fc.Arbitrary<number>) =>
    fc
      .tuple(intervals, fc.nat())
      .map(
        ([intervalS, phase]): Grid => ({ intervalMs: intervalS * SECOND_MS, phaseMs: (phase % intervalS) * SECOND_MS }),
      );

  test("it is quiet as long as every tick is dispatched, also if each is up to 50 s late in its metric", () => {
    const delays = fc.integer({ min: 0, max: 50 * SECOND_MS });
    fc.assert(
      fc.property(grids(fc.integer({ min: 1, max: 3 * 3_600 })), delays, fc.nat(), (grid, delayMs, at) => {
        const { dispatches, minutes } = around(grid);
        expect(rings(grid, dispatches, at % minutes, delayMs)).toBe(false);
      }),
    );
  });

  test("it rings if all ticks of a minute are lost, and with a phase if the tick after them is lost too", () => {
    const divisors = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30];
    fc.assert(
      fc.property(grids(fc.constantFrom(...divisors)), fc.integer({ min: 1, max: 5 }), (grid, lost) => {
        const { dispatches } = around(grid);
        const end = (lost + 1) * MINUTE_MS + (grid.phaseMs === 0 ? 0 : grid.intervalMs);
        const left = dispatches.filter((at) => at < lost * MINUTE_MS || at >= end);
        const rung = Array.from({ length: lost + 7 }, (_, minute) => rings(grid, left, minute, 0));
        expect(rung.slice(0, lost + 1)).not.toContain(true);
        expect(rung.slice(lost + 1)).toContain(true);
        expect(rung.at(-1)).toBe(false);
      }),
    );
  });

  test("it rings if one tick is lost of a schedule slower than the window, or of one at second 0 of each minute", () => {
    const slow = fc.integer({ min: 360, max: 2 * 3_600 });
    const full = fc.constantFrom(60, 120, 180, 240, 300).map((s): Grid => ({ intervalMs: s * SECOND_MS, phaseMs: 0 }));
    fc.assert(
      fc.property(fc.oneof(grids(slow), full), (grid) => {
        const { dispatches, minutes } = around(grid);
        const lost = dispatches.find((at) => at >= 0) as number;
        const left = dispatches.filter((at) => at !== lost);
        const rung = Array.from({ length: 2 * minutes }, (_, minute) => rings(grid, left, minute, 0));
        expect(rung).toContain(true);
        expect(rung.at(-1)).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  test("it rings within two minutes of the last tick of a schedule at 10 s, and is over when the window is full again", () => {
    const grid = { intervalMs: 10 * SECOND_MS, phaseMs: 0 };
    const { dispatches } = around(grid);
    const outage = dispatches.filter((at) => at < MINUTE_MS || at >= 4 * MINUTE_MS);
    const rung = Array.from({ length: 11 }, (_, minute) => rings(grid, outage, minute, 0));
    expect(rung).toEqual([false, false, true, true, true, true, true, true, true, false, false]);
  });
});
