import fc from "fast-check";
import { articleTable, median, percentile, statisticsOf } from "../../report/statistics";

test("statistics are exact and signed", () => {
  expect(statisticsOf([4, -2, 1, 1])).toEqual({
    count: 4,
    mean: 1,
    sd: Math.sqrt((9 + 9) / 4),
    min: -2,
    max: 4,
    p50: 1,
    p95: 4,
    p99: 4,
  });
  expect(statisticsOf([])).toBeNull();
});

test("a percentile is the figure at ⌊q·n⌋, at most the last", () => {
  const hundred = Array.from({ length: 100 }, (_, k) => k);
  expect([0, 0.5, 0.95, 0.99, 1].map((q) => percentile(hundred, q))).toEqual([0, 50, 95, 99, 99]);
  expect(percentile([7], 0.99)).toBe(7);
});

test("the median is the middle figure or the mean of the middle two", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(median([])).toBeNull();
});

test("the article's table counts each figure in one of four bands", () => {
  const table = articleTable([...Array(18).fill(100), 103, 140], 2);
  expect(table).toMatchObject({
    count: 20,
    failures: 2,
    withinOneSd: 19,
    withinTwoSd: 0,
    withinThreeSd: 0,
    beyondThreeSd: 1,
  });
  expect(articleTable([5, 5, 5], 0)).toMatchObject({
    average: 5,
    standardDeviation: 0,
    withinOneSd: 3,
    beyondThreeSd: 0,
  });
  expect(articleTable([], 4)).toMatchObject({ average: null, standardDeviation: null, count: 0, failures: 4 });
});

test("the four bands sum to the count, and the statistics are in order", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 1 }), (figures) => {
      const { count, withinOneSd, withinTwoSd, withinThreeSd, beyondThreeSd } = articleTable(figures, 0);
      expect(withinOneSd + withinTwoSd + withinThreeSd + beyondThreeSd).toBe(count);
      expect(Math.min(withinOneSd, withinTwoSd, withinThreeSd, beyondThreeSd)).toBeGreaterThanOrEqual(0);
      const { min, p50, p95, p99, max } = statisticsOf(figures) as NonNullable<ReturnType<typeof statisticsOf>>;
      expect([min, p50, p95, p99, max]).toEqual([min, p50, p95, p99, max].sort((a, b) => a - b));
    }),
  );
});
