import fc from "fast-check";
import { ticksPerRun } from "../../schedule/relative";

test.each([
  [1, 60],
  [10, 6],
  [12, 5],
  [60, 1],
])("an interval of %d s makes %d ticks a run", (intervalS, count) => {
  expect(ticksPerRun(intervalS * 1_000)).toBe(count);
});

test("count and interval make a minute, and an interval that does not divide it is refused", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 7_200 }), (intervalS) => {
      if (60 % intervalS === 0) expect(ticksPerRun(intervalS * 1_000) * intervalS).toBe(60);
      else expect(() => ticksPerRun(intervalS * 1_000)).toThrow(RangeError);
    }),
  );
});
