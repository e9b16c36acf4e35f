import fc from "fast-check";
import { percentileWindow, silenceWindow } from "../../schedule/alarm-windows";
import { MINUTE_MS, SECOND_MS } from "../../schedule/duration";

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
      const percentile = percentileWindow(intervalS * SECOND_MS);
      expect(isTakenByCloudWatch(percentile)).toBe(true);
      expect(percentile.periodS).toBeGreaterThanOrEqual(intervalS);
    }),
  );
});

test("beyond what CloudWatch looks back on there is none", () => {
  expect(silenceWindow(84 * HOUR_MS)).toEqual({ periodS: 3_600, periods: 168 });
  expect(() => silenceWindow(85 * HOUR_MS)).toThrow("no alarm can wait for two intervals of 306000000 ms");
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
