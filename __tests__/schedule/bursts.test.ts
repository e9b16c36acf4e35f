import fc from "fast-check";
import {
  type Burst,
  type BurstSchedule,
  burstsOfMinute,
  LONGEST_BURST_MS,
  mostDispatchesAtOnce,
  overdueBursts,
  START_COSTS_MS,
  shardOf,
  slotsOfMinute,
} from "../../schedule/bursts";
import { MINUTE_MS, SECOND_MS } from "../../schedule/duration";
import { instantsBetween, isOnGrid } from "../../schedule/grid";
import { minuteOf } from "../../schedule/minute";
import { MINUTE } from "../simulation/schedules";

const one = (name: string, intervalS: number, phaseS = 0, dispatches = 1): BurstSchedule => ({
  name,
  intervalMs: intervalS * SECOND_MS,
  phaseMs: phaseS * SECOND_MS,
  dispatches,
});

const drawn = fc
  .tuple(
    fc.oneof(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 86_400 })),
    fc.nat(),
    fc.integer({ min: 1, max: 4 }),
  )
  .map(([intervalS, phase, dispatches]) => ({ intervalS, phaseS: phase % intervalS, dispatches }));
const someSchedules = fc
  .array(drawn, { minLength: 1, maxLength: 40 })
  .map((all) => all.map(({ intervalS, phaseS, dispatches }, k) => one(`s-${k}`, intervalS, phaseS, dispatches)));

/** The bursts that run a schedule's instant. */
const running = (bursts: readonly Burst[], { name }: BurstSchedule, at: number) =>
  bursts.filter(({ from, to, shard, of }) => from <= at && at <= to && shardOf(name, of) === shard);

const plan = (schedules: readonly BurstSchedule[], mostAtOnce = 13) =>
  burstsOfMinute(schedules, minuteOf(MINUTE), mostAtOnce).map(({ from, to, ...part }) => ({
    from: (from - MINUTE) / SECOND_MS,
    to: (to - MINUTE) / SECOND_MS,
    ...part,
  }));

test("every instant of every schedule that is to come is in exactly one burst of its part", () => {
  fc.assert(
    fc.property(
      someSchedules,
      fc.integer({ min: 0, max: 200_000 }),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: -5_000, max: 65_000 }),
      fc.constantFrom(0, 1, 2, 8),
      (schedules, minutes, mostAtOnce, afterMs, slots) => {
        const minute = minuteOf(MINUTE) + minutes;
        const start = minute * MINUTE_MS;
        const bursts = burstsOfMinute(schedules, minute, mostAtOnce, { after: start + afterMs, slots });
        for (const schedule of schedules) {
          for (const at of instantsBetween(schedule, start, start + MINUTE_MS)) {
            expect(running(bursts, schedule, at)).toHaveLength(at > start + afterMs ? 1 : 0);
          }
        }
      },
    ),
  );
});

test("a burst is short, waits for no long gap, begins and ends with an instant, and one pacer serves each of its instants", () => {
  fc.assert(
    fc.property(someSchedules, fc.integer({ min: 1, max: 30 }), (schedules, mostAtOnce) => {
      for (const burst of burstsOfMinute(schedules, minuteOf(MINUTE), mostAtOnce)) {
        const own = schedules.filter(({ name }) => shardOf(name, burst.of) === burst.shard);
        expect(burst.to - burst.from).toBeLessThan(LONGEST_BURST_MS);
        let last = burst.from;
        for (let at = burst.from; at <= burst.to; at += SECOND_MS) {
          const due = own.filter((schedule) => isOnGrid(schedule, at));
          if (due.length === 0) continue;
          expect(at - last).toBeLessThanOrEqual(START_COSTS_MS);
          last = at;
          if (burst.of === 1)
            expect(due.reduce((sum, { dispatches }) => sum + dispatches, 0)).toBeLessThanOrEqual(mostAtOnce);
        }
        expect(last).toBe(burst.to);
        expect(own.some((schedule) => isOnGrid(schedule, burst.from))).toBe(true);
      }
    }),
  );
});

test("a slow clock has a burst for each tick, and a fast one bursts that follow each other", () => {
  expect(plan([one("a", 10, 3)])).toEqual([3, 13, 23, 33, 43, 53].map((at) => ({ from: at, to: at, shard: 0, of: 1 })));
  expect(plan([one("a", 1)])).toEqual([
    { from: 0, to: 19, shard: 0, of: 1 },
    { from: 20, to: 39, shard: 0, of: 1 },
    { from: 40, to: 59, shard: 0, of: 1 },
  ]);
  expect(plan([one("a", 2)]).map(({ from, to }) => [from, to])).toEqual([
    [0, 18],
    [20, 38],
    [40, 58],
  ]);
  expect(plan([one("a", 3)])).toHaveLength(20);
});

test("instants of several schedules are joined", () => {
  expect(plan([one("a", 60, 10), one("b", 60, 12), one("c", 60, 15)])).toEqual([
    { from: 10, to: 12, shard: 0, of: 1 },
    { from: 15, to: 15, shard: 0, of: 1 },
  ]);
});

test("only the stretch in which an instant has too many dispatches is divided", () => {
  const schedules = [one("fast", 20, 5), ...Array.from({ length: 30 }, (_, k) => one(`s-${k}`, 60, 0))];
  const bursts = plan(schedules, 10);
  expect(bursts.filter(({ from }) => from === 0).map(({ shard, of }) => [shard, of])).toEqual([
    [0, 3],
    [1, 3],
    [2, 3],
  ]);
  expect(bursts.filter(({ from }) => from > 0).map(({ of }) => of)).toEqual([1, 1, 1]);
});

test("a busy instant among quiet ones has pacers of its own", () => {
  const fast = Array.from({ length: 20 }, (_, k) => one(`fast-${k}`, 1));
  const slow = Array.from({ length: 100 }, (_, k) => one(`slow-${k}`, 10));
  const bursts = plan([...fast, ...slow]).filter(({ from }) => from < 10);
  expect(new Set(bursts.map(({ from, to, of }) => `${from} to ${to}, ${of}`))).toEqual(
    new Set(["0 to 0, 10", "1 to 9, 2"]),
  );
  expect(bursts).toHaveLength(12);
});

test("no division of the instants has pacers awake for less time", () => {
  const cost = (parts: readonly (readonly number[])[], pacersAt: (second: number) => number) =>
    parts.reduce((sum, part) => {
      const span = (part.at(-1) as number) - (part[0] as number);
      return sum + Math.max(...part.map(pacersAt)) * (span + START_COSTS_MS / SECOND_MS);
    }, 0);
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 0, max: 25 }), { minLength: 1, maxLength: 9 }),
      fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 26, maxLength: 26 }),
      (drawnSeconds, loads) => {
        const seconds = [...drawnSeconds].sort((a, b) => a - b);
        const pacersAt = (second: number) => loads[second] as number;
        const schedules = seconds.flatMap((second) =>
          Array.from({ length: pacersAt(second) }, (_, k) => one(`s-${second}-${k}`, 60, second)),
        );
        // Every division of so few instants.
        let least = Number.POSITIVE_INFINITY;
        for (let mask = 0; mask < 2 ** (seconds.length - 1); mask++) {
          const parts: number[][] = [[seconds[0] as number]];
          seconds.slice(1).forEach((second, k) => {
            if (mask & (1 << k)) parts.push([second]);
            else parts.at(-1)?.push(second);
          });
          if (parts.every((part) => (part.at(-1) as number) - (part[0] as number) < 20)) {
            least = Math.min(least, cost(parts, pacersAt));
          }
        }
        const awake = plan(schedules, 1).reduce((sum, { from, to }) => sum + to - from + START_COSTS_MS / SECOND_MS, 0);
        expect(awake).toBeLessThanOrEqual(least);
      },
    ),
    { numRuns: 200 },
  );
});

test("the parts of ten thousand schedules are even: none has twice its share", () => {
  const counts = new Array<number>(100).fill(0);
  for (let k = 0; k < 10_000; k++) counts[shardOf(`tenant-${k}`, 100)] = (counts[shardOf(`tenant-${k}`, 100)] ?? 0) + 1;
  expect(Math.max(...counts)).toBeLessThan(200);
  expect(Math.min(...counts)).toBeGreaterThan(50);
});

test("the most dispatches at one instant are never fewer than any instant has, and no more if all intervals divide an hour", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(fc.constantFrom(1, 2, 5, 10, 45, 60, 90, 7, 3_600, 7_200), fc.nat(), fc.integer({ min: 1, max: 3 })),
        {
          minLength: 1,
          maxLength: 20,
        },
      ),
      (all) => {
        const schedules = all.map(([intervalS, phase, n], k) => one(`s-${k}`, intervalS, phase % intervalS, n));
        let most = 0;
        for (let at = 0; at < 7_200; at++) {
          const due = schedules.filter((schedule) => isOnGrid(schedule, at * SECOND_MS));
          most = Math.max(
            most,
            due.reduce((sum, { dispatches }) => sum + dispatches, 0),
          );
        }
        expect(mostDispatchesAtOnce(schedules)).toBeGreaterThanOrEqual(most);
        if (schedules.every(({ intervalMs }) => 3_600_000 % intervalMs === 0)) {
          expect(mostDispatchesAtOnce(schedules)).toBe(most);
        }
      },
    ),
    { numRuns: 50 },
  );
});

test("a slot is in one part, so that no two pacers claim the same", () => {
  fc.assert(
    fc.property(someSchedules, fc.integer({ min: 1, max: 20 }), (schedules, mostAtOnce) => {
      const minute = minuteOf(MINUTE);
      const slots = slotsOfMinute(schedules, minute, mostAtOnce);
      for (const burst of burstsOfMinute(schedules, minute, mostAtOnce, { slots })) {
        expect(burst.slots).toBe(slots);
        expect(slots % burst.of).toBe(0);
        for (const { name } of schedules) {
          expect(shardOf(name, burst.of)).toBe(shardOf(name, slots) % burst.of);
        }
      }
    }),
  );
});

test("the slots of a minute are as many as its busiest instant needs pacers, or a few more, which have many divisors", () => {
  const many = (count: number) => Array.from({ length: count }, (_, k) => one(`s-${k}`, 10));
  expect([1, 13, 14, 100, 140].map((count) => slotsOfMinute(many(count), minuteOf(MINUTE), 13))).toEqual([
    1, 1, 2, 8, 12,
  ]);
});

test("schedules that catch up are divided by their dispatches", () => {
  const schedules = Array.from({ length: 25 }, (_, k) => one(`s-${k}`, 10, 0, 2));
  expect(overdueBursts([], MINUTE, 13)).toEqual([]);
  expect(overdueBursts(schedules, MINUTE, 25)).toEqual([
    { from: MINUTE, to: MINUTE, shard: 0, of: 2, overdue: true },
    { from: MINUTE, to: MINUTE, shard: 1, of: 2, overdue: true },
  ]);
});
