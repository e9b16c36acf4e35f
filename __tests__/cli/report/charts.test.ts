import fc from "fast-check";
import { ChartGatherer } from "../../../cli/report/charts";
import { Tally } from "../../../cli/report/tally";
import type { DueTick } from "../../../schedule/outcome";
import { START } from "./events";

function due(k: number, delayMs: number | null): DueTick {
  const expectedAt = START + k * 1_000;
  const outcome =
    delayMs === null
      ? ({ kind: "missed", reason: "not-seen" } as const)
      : ({ kind: "on-time", skewMs: delayMs } as const);
  return { id: `t-${k}`, expectedAt, dispatchedAt: delayMs, minute: 0, delayMs, outcome };
}

function chartsOf(delays: readonly (number | null)[]) {
  const gatherer = new ChartGatherer();
  for (const [k, delay] of delays.entries()) gatherer.due(due(k, delay));
  return gatherer.charts(Tally.of(delays.filter((delay) => delay !== null)), new Tally());
}

test("few ticks are drawn one by one, with a gap where one was missed", () => {
  const { delay, strip, bySecond, startSkew } = chartsOf([3, null, -2]);
  expect(delay).toEqual({
    ticksPerPoint: 1,
    at: [START, START + 1_000, START + 2_000],
    min: [3, null, -2],
    mean: [3, null, -2],
    max: [3, null, -2],
  });
  expect(strip).toMatchObject({ ticksPerCell: 1, onTime: [1, 0, 1], missed: [0, 1, 0] });
  expect(bySecond).toEqual({ second: [10, 12], count: [1, 1], min: [3, -2], mean: [3, -2], max: [3, -2] });
  expect(startSkew).toBeNull();
});

test("duplicates are marked where they came", () => {
  const gatherer = new ChartGatherer();
  gatherer.due(due(0, 1));
  gatherer.due(due(1, 1));
  gatherer.duplicate(2);
  expect(gatherer.charts(new Tally(), new Tally()).strip.duplicate).toEqual([0, 2]);
});

test("however many ticks there are, the charts stay small, and no tick is left out of them", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9_000 }), fc.integer({ min: 1, max: 97 }), (count, step) => {
      const delays = Array.from({ length: count }, (_, k) => (k % 13 === 5 ? null : (k * step) % 1_009));
      const { delay, strip, dispatchSkew } = chartsOf(delays);
      const seen = delays.filter((ms) => ms !== null);
      expect(Math.max(delay.at.length, strip.at.length * 5)).toBeLessThanOrEqual(1_200);
      expect(delay.at.length).toBe(Math.ceil(count / delay.ticksPerPoint));
      expect(Math.min(...delay.min.filter((ms) => ms !== null))).toBe(Math.min(...seen));
      expect(Math.max(...delay.max.filter((ms) => ms !== null))).toBe(Math.max(...seen));
      const sum = (column: readonly number[]) => column.reduce((total, one) => total + one, 0);
      expect(sum(strip.onTime) + sum(strip.missed)).toBe(count);
      const bins = dispatchSkew?.histogram.bins ?? [];
      expect(sum(bins.map((bin) => bin.count))).toBe(seen.length);
      expect(bins.length).toBeLessThanOrEqual(44);
      for (const [k, bin] of bins.entries()) {
        expect(seen.filter((ms) => ms >= bin.from && ms < bin.to)).toHaveLength(bin.count);
        if (k > 0) expect(bin.from).toBe(bins[k - 1]?.to);
      }
    }),
    { numRuns: 30 },
  );
});

test("a single tick far off gets a bin of its own, and does not press the others into one", () => {
  const { histogram } = chartsOf([...Array.from({ length: 100 }, (_, k) => k % 20), 90_000]).dispatchSkew ?? {};
  expect(histogram?.binMs).toBeLessThanOrEqual(5);
  expect(histogram?.bins.at(-1)).toMatchObject({ to: 90_001, count: 1 });
});

test("a percentile curve goes no further than there are ticks for", () => {
  const curve = chartsOf(Array.from({ length: 100 }, (_, k) => k)).dispatchSkew?.curve;
  expect(curve?.quantile.slice(-3)).toEqual([0.98, 0.99, 1]);
  expect(curve?.skewMs.slice(-3)).toEqual([98, 99, 99]);
});
