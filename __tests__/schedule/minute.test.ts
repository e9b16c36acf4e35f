import fc from "fast-check";
import { instantsBetween } from "../../schedule/grid";
import { instantsOfMinute, minuteOf, minutesOfHorizon, startOfMinute } from "../../schedule/minute";
import { MINUTE, scheduleOf } from "../simulation/schedules";

const instants = fc.integer({ min: 0, max: 4_102_444_800_000 });

test("a clock minute holds the instants from its second 0 to before the next one's", () => {
  fc.assert(
    fc.property(instants, (now) => {
      expect(startOfMinute(minuteOf(now))).toBeLessThanOrEqual(now);
      expect(startOfMinute(minuteOf(now) + 1)).toBeGreaterThan(now);
    }),
  );
  expect([minuteOf(MINUTE - 1), minuteOf(MINUTE), minuteOf(MINUTE + 59_999)]).toEqual([29922864, 29922865, 29922865]);
});

test("minute by minute, the grid is the grid: none lost and none doubled at an edge", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 7_200 }),
      fc.nat(),
      instants,
      fc.integer({ min: 1, max: 10 }),
      (intervalS, phase, now, horizon) => {
        const grid = scheduleOf(intervalS, phase % intervalS);
        const minutes = minutesOfHorizon(now, horizon);
        const [first] = minutes as [number];
        expect(minutes.flatMap((minute) => instantsOfMinute(grid, minute))).toEqual(
          instantsBetween(grid, startOfMinute(first), startOfMinute(first + horizon)),
        );
      },
    ),
  );
});

test.each([
  [7, 0, ["25:00", "25:07", "25:14", "25:21", "25:28", "25:35", "25:42", "25:49", "25:56"]],
  [45, 20, ["25:05", "25:50"]],
  [90, 30, []],
])("the minute 18:25 of a grid of %d s with phase %d s", (intervalS, phaseS, expected) => {
  const at = instantsOfMinute(scheduleOf(intervalS, phaseS), minuteOf(MINUTE));
  const shown = at.map((instant) => new Date(instant).toISOString().slice(14, 19));
  expect(shown).toEqual(expected);
});

test("a horizon is this minute and those that follow", () => {
  expect(minutesOfHorizon(MINUTE + 59_999, 3)).toEqual([29922865, 29922866, 29922867]);
  expect(minutesOfHorizon(MINUTE + 60_000, 1)).toEqual([29922866]);
});
