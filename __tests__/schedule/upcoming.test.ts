import fc from "fast-check";
import { SECOND_MS } from "../../schedule/duration";
import { type Grid, instantsBetween, isOnGrid } from "../../schedule/grid";
import { type Upcoming, upcomingOf } from "../../schedule/upcoming";

/** Any whole-second interval from 1 s to 15 min, with any phase below it; short ones are frequent, so that grids meet. */
const grids: fc.Arbitrary<Grid> = fc
  .oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 900 }))
  .chain((interval) => fc.record({ interval: fc.constant(interval), phase: fc.integer({ min: 0, max: interval - 1 }) }))
  .map(({ interval, phase }) => ({ intervalMs: interval * SECOND_MS, phaseMs: phase * SECOND_MS }));

const several = fc.array(grids, { minLength: 1, maxLength: 12 });

/** Any ms from the epoch to the year 2100, a third of them on a whole minute. */
const instants = fc
  .integer({ min: 0, max: Date.parse("2100-01-01T00:00:00.000Z") })
  .map((at) => (at % 3 === 0 ? at - (at % 60_000) : at));

function first(count: number, schedules: readonly Grid[], from: number): Upcoming<Grid>[] {
  const walk = upcomingOf(schedules, from);
  return Array.from({ length: count }, () => walk.next().value);
}

test("each instant is on its schedule's grid, and none is before the start", () => {
  fc.assert(
    fc.property(several, instants, (schedules, from) => {
      for (const { schedule, at } of first(40, schedules, from)) {
        expect([isOnGrid(schedule, at), at >= from]).toEqual([true, true]);
      }
    }),
  );
});

test("instants come in order of time, and at one instant in the order of the schedules", () => {
  fc.assert(
    fc.property(several, instants, (schedules, from) => {
      const walked = first(40, schedules, from).map(({ schedule, at }) => [at, schedules.indexOf(schedule)] as const);
      expect(walked).toEqual([...walked].sort(([a, i], [b, j]) => a - b || i - j));
    }),
  );
});

test("up to the last one, every instant of every schedule comes once", () => {
  fc.assert(
    fc.property(several, instants, fc.integer({ min: 1, max: 60 }), (schedules, from, count) => {
      const walked = first(count, schedules, from);
      const last = walked.at(-1)?.at as number;
      const due = schedules.flatMap((schedule) => instantsBetween(schedule, from, last));
      expect(walked.filter(({ at }) => at < last)).toHaveLength(due.length);
      for (const schedule of schedules) {
        const own = walked.filter((one) => one.schedule === schedule && one.at < last).map(({ at }) => at);
        expect(own).toEqual(instantsBetween(schedule, from, last));
      }
    }),
  );
});

test("without a schedule there is none", () => {
  expect([...upcomingOf([], 0)]).toEqual([]);
});
