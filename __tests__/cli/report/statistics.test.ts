import fc from "fast-check";
import { articleTable, median, percentiles, statisticsOf } from "../../../cli/report/statistics";
import { Tally } from "../../../cli/report/tally";

test("statistics are exact and signed", () => {
  expect(statisticsOf(Tally.of([4, -2, 1, 1]))).toEqual({
    count: 4,
    mean: 1,
    sd: Math.sqrt((9 + 9) / 4),
    min: -2,
    max: 4,
    p50: 1,
    p95: 4,
    p99: 4,
    p999: 4,
  });
  expect(statisticsOf(new Tally())).toBeNull();
});

test("a percentile is the figure at ⌊q·n⌋, at most the last", () => {
  const hundred = Array.from({ length: 100 }, (_, k) => k);
  expect(percentiles(Tally.of(hundred), [0, 0.5, 0.95, 0.99, 1])).toEqual([0, 50, 95, 99, 99]);
  expect(percentiles(Tally.of([7]), [0.99])).toEqual([7]);
});

test("the median is the middle figure or the mean of the middle two", () => {
  expect(median(Tally.of([3, 1, 2]))).toBe(2);
  expect(median(Tally.of([4, 1, 2, 3]))).toBe(2.5);
  expect(median(Tally.of([]))).toBeNull();
});

test("the article's table counts each figure in one of four bands", () => {
  const table = articleTable(Tally.of([...Array(18).fill(100), 103, 140]), 2);
  expect(table).toMatchObject({
    count: 20,
    failures: 2,
    withinOneSd: 19,
    withinTwoSd: 0,
    withinThreeSd: 0,
    beyondThreeSd: 1,
  });
  expect(articleTable(Tally.of([5, 5, 5]), 0)).toMatchObject({
    average: 5,
    standardDeviation: 0,
    withinOneSd: 3,
    beyondThreeSd: 0,
  });
  expect(articleTable(Tally.of([]), 4)).toMatchObject({
    average: null,
    standardDeviation: null,
    count: 0,
    failures: 4,
  });
});

test("the four bands sum to the count, and the statistics are in order", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 1 }), (figures) => {
      const { count, withinOneSd, withinTwoSd, withinThreeSd, beyondThreeSd } = articleTable(Tally.of(figures), 0);
      expect(withinOneSd + withinTwoSd + withinThreeSd + beyondThreeSd).toBe(count);
      expect(Math.min(withinOneSd, withinTwoSd, withinThreeSd, beyondThreeSd)).toBeGreaterThanOrEqual(0);
      const { min, p50, p95, p99, p999, max } = statisticsOf(Tally.of(figures)) as NonNullable<
        ReturnType<typeof statisticsOf>
      >;
      expect([min, p50, p95, p99, p999, max]).toEqual([min, p50, p95, p99, p999, max].sort((a, b) => a - b));
    }),
  );
});

test("a tally gives the percentiles, mean and SD of the figures themselves", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (figures, q) => {
        const sorted = [...figures].sort((a, b) => a - b);
        const tally = Tally.of(figures);
        expect(percentiles(tally, [q])).toEqual([sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]]);
        const mean = figures.reduce((sum, figure) => sum + figure, 0) / figures.length;
        const sd = Math.sqrt(figures.reduce((sum, figure) => sum + (figure - mean) ** 2, 0) / figures.length);
        expect(statisticsOf(tally)?.mean).toBeCloseTo(mean, 9);
        expect(statisticsOf(tally)?.sd).toBeCloseTo(sd, 9);
        expect(
          tally
            .absolute()
            .ascending()
            .reduce((sum, [figure, count]) => sum + figure * count, 0),
        ).toBe(figures.reduce((sum, figure) => sum + Math.abs(figure), 0));
      },
    ),
  );
});
