import fc from "fast-check";
import {
  latenessWindow,
  PERCENTILE_TICKS,
  silenceWindow,
  skewWindow,
} from "../../../constructs/monitoring/alarm-windows";
import { MINUTE_MS, SECOND_MS } from "../../../schedule/duration";

const HOUR_MS = 60 * MINUTE_MS;
const DAY_S = 24 * 60 * 60;

/** What PutMetricAlarm takes: periods of whole minutes, a day of them below an hour, seven days of others. */
function isTakenByCloudWatch({ periodS, periods }: { periodS: number; periods: number }): boolean {
  const whole = periodS % 60 === 0 && periodS >= 60 && periodS <= DAY_S && Number.isInteger(periods) && periods >= 1;
  return whole && periodS * periods <= (periodS < 3_600 ? DAY_S : 7 * DAY_S);
}

test.each([
  ["1 s: three minutes", SECOND_MS, { periodS: 60, periods: 3 }],
  ["90 s: three minutes", 90 * SECOND_MS, { periodS: 60, periods: 3 }],
  ["5 min: ten minutes", 5 * MINUTE_MS, { periodS: 60, periods: 10 }],
  ["20 min: in steps of five minutes", 20 * MINUTE_MS, { periodS: 300, periods: 8 }],
  ["6 h: in hours", 6 * HOUR_MS, { periodS: 3_600, periods: 12 }],
  ["24 h: two days", 24 * HOUR_MS, { periodS: 3_600, periods: 48 }],
])("silence at an interval of %s", (_what, intervalMs, expected) => {
  expect(silenceWindow(intervalMs)).toEqual(expected);
});

test("every interval a schedule may have has an alarm, on two intervals at least, and on little more", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: DAY_S }), (intervalS) => {
      const silence = silenceWindow(intervalS * SECOND_MS);
      const [windowS, wantedS] = [silence.periodS * silence.periods, Math.max(2 * intervalS, 180)];
      expect(isTakenByCloudWatch(silence)).toBe(true);
      expect(windowS).toBeGreaterThanOrEqual(wantedS);
      expect(windowS).toBeLessThan(wantedS * 1.25 + 60);
      for (const window of [skewWindow, latenessWindow]) {
        const looked = window(intervalS * SECOND_MS);
        expect(isTakenByCloudWatch(looked)).toBe(true);
        expect(looked.periodS).toBeGreaterThanOrEqual(intervalS);
      }
    }),
  );
});

test("beyond what CloudWatch looks back on there is none", () => {
  expect(silenceWindow(84 * HOUR_MS)).toEqual({ periodS: 3_600, periods: 168 });
  expect(() => silenceWindow(85 * HOUR_MS)).toThrow("no alarm can wait for two intervals of 306000000 ms");
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

describe("a clock's minutes, looked at as the alarm on silence does", () => {
  /** Whether it rings: each of the last periods has no datapoint, or less than 1. */
  const rings = (due: readonly (number | undefined)[], intervalMs: number) => {
    const { periods } = silenceWindow(intervalMs);
    return due.length >= periods && due.slice(-periods).every((value) => value === undefined || value < 1);
  };

  test.each<[string, (number | undefined)[], boolean]>([
    ["ticking", [6, 6, 6], false],
    ["two minutes without a word", [6, 6, undefined, undefined], false],
    ["three minutes without a word", [6, undefined, undefined, undefined], true],
    ["nothing but missed ticks: that is told by another", [6, 6, 6, 6], false],
    ["back after an outage", [undefined, undefined, undefined, 6], false],
  ])("%s", (_what, due, expected) => {
    expect(rings(due, 10 * SECOND_MS)).toBe(expected);
  });
});
