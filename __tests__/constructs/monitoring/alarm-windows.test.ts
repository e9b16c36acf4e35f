import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import {
  dispatchWindow,
  latenessWindow,
  PERCENTILE_TICKS,
  skewWindow,
  totalWindow,
} from "../../../constructs/monitoring/alarm-windows";
import { MINUTE_MS, SECOND_MS } from "../../../schedule/duration";
import { firstAtOrAfter, type Grid, instantsBetween } from "../../../schedule/grid";

const HOUR_MS = 60 * MINUTE_MS;
const DAY_S = 24 * 60 * 60;

/** What PutMetricAlarm takes: periods of whole minutes, a day of them below an hour, seven days of others. */
function isTakenByCloudWatch({ periodS, periods }: { periodS: number; periods: number }): boolean {
  const whole = periodS % 60 === 0 && periodS >= 60 && periodS <= DAY_S && Number.isInteger(periods) && periods >= 1;
  return whole && periodS * periods <= (periodS < 3_600 ? DAY_S : 7 * DAY_S);
}

test.each([
  ["1 s", SECOND_MS, { periodS: 60, periods: 6, atLeast: 60, periodsBeyond: 1 }],
  ["7 s", 7 * SECOND_MS, { periodS: 420, periods: 2, atLeast: 60, periodsBeyond: 1, exact: true }],
  ["1 min", MINUTE_MS, { periodS: 60, periods: 6, atLeast: 1, periodsBeyond: 1 }],
  ["61 s", 61 * SECOND_MS, { periodS: 420, periods: 2, atLeast: 6, periodsBeyond: 1, exact: false }],
  ["5 min", 5 * MINUTE_MS, { periodS: 360, periods: 1, atLeast: 1, periodsBeyond: 1 }],
  ["1 h", HOUR_MS, { periodS: 300, periods: 13, atLeast: 1, periodsBeyond: 13 }],
  ["24 h", 24 * HOUR_MS, { periodS: 3_600, periods: 25, atLeast: 1, periodsBeyond: 25 }],
])("the dispatches of a schedule at %s", (_what, intervalMs, expected) => {
  expect(dispatchWindow(intervalMs)).toMatchObject(expected);
});

test("every interval a schedule may have has windows that CloudWatch accepts", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: DAY_S }), (intervalS) => {
      expect(isTakenByCloudWatch(dispatchWindow(intervalS * SECOND_MS))).toBe(true);
      for (const window of [skewWindow, latenessWindow]) {
        const looked = window(intervalS * SECOND_MS);
        expect(isTakenByCloudWatch(looked)).toBe(true);
        expect(looked.periodS).toBeGreaterThanOrEqual(intervalS);
      }
    }),
  );
});

test("all schedules together: a period without a loss has as many ticks as the alarm expects, or more; exactly as many if it says so", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(1, 5, 7, 10, 45, 60, 90, 120, 300, 3_600), fc.nat()), {
        minLength: 1,
        maxLength: 6,
      }),
      fc.integer({ min: 0, max: 100_000 }),
      (drawn, minute) => {
        const window = totalWindow(drawn.map(([intervalS]) => intervalS * SECOND_MS));
        expect(isTakenByCloudWatch(window)).toBe(true);
        const from = minute * MINUTE_MS;
        const spanMs = window.periodS * (window.ignoresNewest ? 1 : window.periods) * SECOND_MS;
        const ticks = drawn.reduce((sum, [intervalS, phase]) => {
          const grid = { intervalMs: intervalS * SECOND_MS, phaseMs: (phase % intervalS) * SECOND_MS };
          return sum + instantsBetween(grid, from, from + spanMs).length;
        }, 0);
        expect(ticks).toBeGreaterThanOrEqual(window.atLeast);
        if (window.exact) expect(ticks).toBe(window.atLeast);
      },
    ),
  );
});

describe("a clock's skew, looked at as the alarm on lateness does", () => {
  const LIMIT_MS = 500;
  /** The 99th percentile by nearest rank: the smallest figure that 99 in a hundred do not exceed. */
  const p99 = (skews: readonly number[]) =>
    [...skews].sort((a, b) => a - b)[Math.ceil(0.99 * skews.length) - 1] as number;
  /** Whether the alarm is raised at the end of any window. */
  const raises = (skews: readonly number[], intervalMs: number) => {
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

  test("one slow tick, or two windows of them, raise no alarm", () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 5, 10, 60, 300), fc.nat(), (intervalS, at) => {
        const ticks = HOUR_MS / (intervalS * SECOND_MS);
        expect(
          raises(
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
    expect(raises(hour(intervalS * SECOND_MS, isLate), intervalS * SECOND_MS)).toBe(expected);
  });

  test("below a number of ticks the 99th percentile is the latest, from it on one alone is not", () => {
    const one = (ticks: number) => p99(Array.from({ length: ticks }, (_, k) => (k === 0 ? 900 : 3)));
    expect([one(PERCENTILE_TICKS - 1), one(PERCENTILE_TICKS)]).toEqual([900, 3]);
  });
});

describe("a schedule's dispatches, looked at each minute as the alarm on silence does", () => {
  const LISTED = [1, 2, 5, 7, 10, 15, 20, 30, 45, 60, 75, 90, 120, 150, 300, 600, 3_600];
  /** Below three minutes and without a common multiple with a minute up to seven minutes: ticks may be counted inexactly. */
  const INEXACT = Array.from({ length: 179 }, (_, k) => k + 1).filter((s) => !dispatchWindow(s * SECOND_MS).exact);
  const grid = (intervalS: number, phaseS: number): Grid => ({
    intervalMs: intervalS * SECOND_MS,
    phaseMs: phaseS * SECOND_MS,
  });
  const endOf = (minute: number) => minute * MINUTE_MS;

  /**
   * Whether the alarm is raised at the end of `minute`.
   *
   * @param sumOf the figures that have arrived of the ticks in `[from, to)`.
   */
  const raised = (intervalMs: number, end: number, sumOf: (from: number, to: number) => number) => {
    const { periodS, periods, atLeast, periodsBeyond, ignoresNewest } = dispatchWindow(intervalMs);
    const low = Array.from({ length: periods }, (_, k) => {
      const to = end - k * periodS * SECOND_MS;
      return !(ignoresNewest && k === 0) && sumOf(to - periodS * SECOND_MS, to) < atLeast;
    });
    return low.filter(Boolean).length >= periodsBeyond;
  };

  /** How long after `lost[0]` the alarm is raised, in ms, if only these ticks are lost. */
  const raisedAfter = (of: Grid, lost: readonly number[]) => {
    const { periodS, periods } = dispatchWindow(of.intervalMs);
    const first = lost[0] as number;
    const sumOf = (from: number, to: number) =>
      Math.max(0, Math.ceil((to - firstAtOrAfter(of, from)) / of.intervalMs)) -
      lost.filter((at) => at >= from && at < to).length;
    const begun = Math.floor(first / MINUTE_MS);
    for (let minute = begun - 2; minute <= begun + 2 + (periodS * periods) / 60 + of.intervalMs / MINUTE_MS; minute++) {
      const after = endOf(minute) - first;
      if (raised(of.intervalMs, endOf(minute), sumOf)) return after < 0 ? Number.POSITIVE_INFINITY : after;
    }
    return Number.POSITIVE_INFINITY;
  };

  /** The longest time to the alarm over grids and minutes, if all ticks of one minute are lost (with a `count`, that many ticks from it on). */
  const slowest = (intervalS: number, phases: readonly number[], count = 0) => {
    let longest = 0;
    for (const phase of phases) {
      const of = grid(intervalS, phase);
      for (let k = 0; k < Math.min(intervalS, 60); k++) {
        const start = firstAtOrAfter(of, endOf(1_000 + k * Math.max(1, Math.floor(intervalS / 60))));
        const minute = instantsBetween(of, start, endOf(Math.floor(start / MINUTE_MS) + 1));
        const lost = count ? Array.from({ length: count }, (_, n) => start + n * of.intervalMs) : minute;
        longest = Math.max(longest, raisedAfter(of, lost));
      }
    }
    return longest;
  };
  const phasesOf = (intervalS: number) => {
    const step = Math.max(1, Math.floor(intervalS / 60));
    return Array.from({ length: Math.ceil(intervalS / step) }, (_, k) => k * step);
  };

  test("none is raised while every tick is dispatched, if each is counted up to 50 s after its instant", () => {
    const intervals = fc.oneof(
      fc.constantFrom(...LISTED),
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 3 * 3_600 }),
      fc.constant(24 * 3_600),
    );
    const delays = fc.array(fc.constantFrom(0, 1_000, 20_000, 49_000, 50_000), { minLength: 1, maxLength: 7 });
    fc.assert(
      fc.property(
        intervals,
        fc.nat(),
        delays,
        fc.integer({ min: 2_000, max: 100_000 }),
        (intervalS, phase, delaysMs, minute) => {
          const of = grid(intervalS, phase % intervalS);
          const arrived = (at: number) => at + (delaysMs[(at / SECOND_MS) % delaysMs.length] as number);
          for (let end = endOf(minute); end < endOf(minute + 10); end += MINUTE_MS) {
            const sumOf = (from: number, to: number) =>
              instantsBetween(of, from, to).filter((at) => arrived(at) <= end).length;
            expect(raised(of.intervalMs, end, sumOf)).toBe(false);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test.each(LISTED)("at %i s, at every phase, one lost tick raises it", (intervalS) => {
    expect(slowest(intervalS, phasesOf(intervalS), 1)).toBeLessThan(Number.POSITIVE_INFINITY);
    expect(slowest(intervalS, phasesOf(intervalS))).toBeLessThan(Number.POSITIVE_INFINITY);
  });

  const TABLE: [interval: string, lost: string, minutes: number, intervals: readonly number[], count: number][] = [
    ["that divides a minute", "one tick", 2, [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60], 1],
    [
      ...(["below 3 minutes, with a common multiple with a minute of 7 minutes at most", "one tick", 8] as const),
      [7, 8, 9, 14, 16, 18, 21, 24, 25, 28, 35, 36, 40, 42, 45, 48, 50, 70, 75, 80, 84, 90, 100, 105, 120, 140, 150],
      1,
    ],
    ["other below 30 s", "all ticks of a minute", 15, INEXACT.filter((s) => s < 30), 0],
    ["other from 30 s to below 3 minutes", "two ticks in succession", 15, INEXACT.filter((s) => s > 30), 2],
    ["3 minutes to 59 minutes", "one tick", 3, [180, 181, 240, 300, 359, 360, 600, 1_801, 3_540], 1],
    ["to 23 hours 59 minutes", "one tick", 7, [3_541, 3_600, 7_201, 12 * 3_600, 86_340], 1],
    ["to a day", "one tick", 62, [86_351, 86_400], 1],
  ];
  const operations = readFileSync(join(__dirname, "../../../docs/operations.md"), "utf8");

  test.each(TABLE)(
    "%s: %s, within %i minutes, as docs/operations.md says",
    (interval, lost, minutes, intervals, count) => {
      expect(operations).toContain(`| ${interval} | ${lost} | ${minutes} minutes |`);
      for (const intervalS of intervals) {
        const some = intervalS > 3_600 ? [0, 59, intervalS - 1] : phasesOf(intervalS).filter((_, k) => k % 13 === 0);
        expect([intervalS, slowest(intervalS, some, count) <= minutes * MINUTE_MS]).toEqual([intervalS, true]);
      }
    },
  );

  test("at 61 s one lost tick may not raise it, which is why the table says two", () => {
    expect(slowest(61, [0])).toBe(Number.POSITIVE_INFINITY);
    expect(slowest(110, [7])).toBe(Number.POSITIVE_INFINITY);
  });

  test("a clock that loses every fifth tick keeps it raised", () => {
    const of = grid(60, 30);
    const sumOf = (from: number, to: number) =>
      instantsBetween(of, from, to).filter((at) => Math.floor(at / MINUTE_MS) % 5 !== 0).length;
    for (let minute = 100; minute < 120; minute++) expect(raised(of.intervalMs, endOf(minute), sumOf)).toBe(true);
  });

  test("at 10 s it is over five minutes after the last minute with a lost tick has been counted", () => {
    const of = grid(10, 0);
    const sumOf = (from: number, to: number) =>
      instantsBetween(of, from, to).filter((at) => at < MINUTE_MS || at >= 4 * MINUTE_MS).length;
    const minutes = Array.from({ length: 12 }, (_, minute) => minute);
    expect(minutes.filter((minute) => raised(of.intervalMs, endOf(minute), sumOf))).toEqual([3, 4, 5, 6, 7, 8, 9]);
  });
});
