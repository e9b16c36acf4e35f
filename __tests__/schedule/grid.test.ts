import fc from "fast-check";
import { shardOf } from "../../schedule/bursts";
import { SECOND_MS } from "../../schedule/duration";
import { firstAfter, firstAtOrAfter, type Grid, instantsBetween, isOnGrid, phaseByName } from "../../schedule/grid";
import { MINUTE } from "../simulation/schedules";

/** Any whole-second interval from 1 s to 2 h, with any phase below it. */
const grids: fc.Arbitrary<Grid> = fc
  .integer({ min: 1, max: 7_200 })
  .chain((interval) => fc.record({ interval: fc.constant(interval), phase: fc.integer({ min: 0, max: interval - 1 }) }))
  .map(({ interval, phase }) => ({ intervalMs: interval * SECOND_MS, phaseMs: phase * SECOND_MS }));

/** Any ms from the epoch to the year 2100. */
const instants = fc.integer({ min: 0, max: Date.parse("2100-01-01T00:00:00.000Z") });

describe("the next instant of a grid", () => {
  test("comes after now, by one interval at most", () => {
    fc.assert(
      fc.property(grids, instants, (grid, now) => {
        expect(firstAfter(grid, now)).toBeGreaterThan(now);
        expect(firstAfter(grid, now) - now).toBeLessThanOrEqual(grid.intervalMs);
      }),
    );
  });

  test("is the same seen from any instant in between", () => {
    fc.assert(
      fc.property(grids, instants, fc.nat(), (grid, now, offset) => {
        const next = firstAfter(grid, now);
        expect(firstAfter(grid, now + (offset % (next - now)))).toBe(next);
      }),
    );
  });

  test("is followed by the one an interval later", () => {
    fc.assert(
      fc.property(grids, instants, (grid, now) => {
        const next = firstAfter(grid, now);
        expect(firstAfter(grid, next)).toBe(next + grid.intervalMs);
      }),
    );
  });

  test("is phase plus a whole number of intervals from the Unix epoch", () => {
    fc.assert(
      fc.property(grids, instants, (grid, now) => {
        expect((firstAfter(grid, now) - grid.phaseMs) % grid.intervalMs).toBe(0);
      }),
    );
  });

  test("at or after an instant of the grid is that instant, and else the next", () => {
    fc.assert(
      fc.property(grids, instants, (grid, now) => {
        const next = firstAfter(grid, now);
        expect(firstAtOrAfter(grid, next)).toBe(next);
        expect(firstAtOrAfter(grid, now)).toBe(isOnGrid(grid, now) ? now : next);
      }),
    );
  });
});

describe("the instants of a span", () => {
  test("are the same however the span is cut", () => {
    fc.assert(
      fc.property(
        grids,
        instants,
        fc.array(fc.integer({ min: 1, max: 900_000 }), { maxLength: 8 }),
        (grid, from, cuts) => {
          const edges = [from];
          for (const length of cuts) edges.push((edges.at(-1) as number) + length);
          const pieces = edges.slice(1).flatMap((to, k) => instantsBetween(grid, edges[k] as number, to));
          expect(pieces).toEqual(instantsBetween(grid, from, edges.at(-1) as number));
        },
      ),
    );
  });

  test("are every second that lies on the grid, its start included and its end not", () => {
    for (const [intervalS, phaseS] of [
      [1, 0],
      [7, 3],
      [10, 0],
      [45, 44],
      [90, 30],
    ] as const) {
      const grid = { intervalMs: intervalS * SECOND_MS, phaseMs: phaseS * SECOND_MS };
      const seconds = Array.from({ length: 121 }, (_, k) => MINUTE + k * SECOND_MS);
      for (const from of seconds) {
        const onGrid = seconds.filter((at) => at >= from && at < MINUTE + 120_000 && isOnGrid(grid, at));
        expect(instantsBetween(grid, from, MINUTE + 120_000)).toEqual(onGrid);
      }
    }
  });

  test("at 7 s go on across the minute's edge", () => {
    const at = instantsBetween({ intervalMs: 7_000, phaseMs: 0 }, MINUTE + 50_000, MINUTE + 75_000);
    expect(at.map((instant) => new Date(instant).toISOString().slice(14, 19))).toEqual(["25:56", "26:03", "26:10"]);
  });
});

describe("a phase by the name", () => {
  const names = Array.from({ length: 10_000 }, (_, k) => `tenant-${k}`);

  test("is below the interval, in whole seconds, and the same each time", () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z][a-z0-9]{0,23}$/),
        fc.integer({ min: 1, max: 86_400 }),
        (name, intervalS) => {
          const phaseMs = phaseByName(name, intervalS * SECOND_MS);
          expect(phaseMs % SECOND_MS).toBe(0);
          expect(phaseMs).toBeLessThan(intervalS * SECOND_MS);
          expect(phaseByName(name, intervalS * SECOND_MS)).toBe(phaseMs);
        },
      ),
    );
    expect(["heartbeat", "tenant-1"].map((name) => phaseByName(name, 60_000))).toEqual([31_000, 4_000]);
  });

  test("spreads ten thousand schedules over their interval: no second has a third more than its share", () => {
    for (const intervalS of [2, 8, 10, 60]) {
      const counts = new Array<number>(intervalS).fill(0);
      for (const name of names) {
        const second = phaseByName(name, intervalS * SECOND_MS) / SECOND_MS;
        counts[second] = (counts[second] ?? 0) + 1;
      }
      const share = names.length / intervalS;
      expect([intervalS, Math.max(...counts) < 1.35 * share, Math.min(...counts) > 0.65 * share]).toEqual([
        intervalS,
        true,
        true,
      ]);
    }
  });

  test("says nothing of the part of the schedules: the ticks of an instant are spread over all pacers", () => {
    for (const parts of [8, 10, 80]) {
      const counts = new Array<number>(parts).fill(0);
      const due = names.filter((name) => phaseByName(name, 10_000) === 0);
      for (const name of due) counts[shardOf(name, parts)] = (counts[shardOf(name, parts)] ?? 0) + 1;
      expect([parts, Math.max(...counts) < 3 * (due.length / parts)]).toEqual([parts, true]);
    }
  });
});
