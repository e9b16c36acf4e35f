import type { ArticleTable, Statistics } from "./schedule-report";
import type { Tally } from "./tally";

/** The statistics of the figures, or `null` if there are none. */
export function statisticsOf(tally: Tally): Statistics | null {
  const { count } = tally;
  if (count === 0) return null;
  const ascending = tally.ascending();
  const mean = sum(ascending, (figure) => figure) / count;
  const variance = sum(ascending, (figure) => (figure - mean) ** 2) / count;
  const [min, p50, p95, p99, p999, max] = percentiles(tally, [0, 0.5, 0.95, 0.99, 0.999, 1]) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return { count, mean, sd: Math.sqrt(variance), min, max, p50, p95, p99, p999 };
}

/**
 * Percentiles without interpolation: of n figures in order, the one at place `min(n − 1, ⌊q·n⌋)`, counted from 0. If q·n
 * is whole, that is one place above the nearest rank, and so never the better of the two.
 *
 * @param tally at least one figure.
 * @param quantiles each in [0, 1], ascending.
 */
export function percentiles(tally: Tally, quantiles: readonly number[]): number[] {
  const ascending = tally.ascending();
  let entry = 0;
  let passed = 0;
  return quantiles.map((q) => {
    const place = Math.min(tally.count - 1, Math.floor(q * tally.count));
    for (; passed + countAt(ascending, entry) <= place; entry++) passed += countAt(ascending, entry);
    return ascending[entry]?.[0] as number;
  });
}

/** The median: the middle figure, or the mean of the middle two; `null` without figures. */
export function median(tally: Tally): number | null {
  const { count } = tally;
  if (count === 0) return null;
  const ascending = tally.ascending();
  const at = (place: number) => {
    let passed = 0;
    for (const [figure, times] of ascending) {
      passed += times;
      if (passed > place) return figure;
    }
    return Number.NaN;
  };
  return (at(Math.ceil(count / 2) - 1) + at(Math.floor(count / 2))) / 2;
}

/**
 * The article's table.
 *
 * @param tally ms.
 * @param failures ticks that were due and missed.
 */
export function articleTable(tally: Tally, failures: number): ArticleTable {
  const statistics = statisticsOf(tally);
  const { mean = 0, sd = 0 } = statistics ?? {};
  const ascending = tally.ascending();
  const within = (k: number) =>
    sd === 0 ? tally.count : sum(ascending, (figure) => Number(Math.abs(figure - mean) <= k * sd));
  const [one, two, three] = [within(1), within(2), within(3)];
  return {
    average: statistics && mean,
    standardDeviation: statistics && sd,
    count: tally.count,
    failures,
    withinOneSd: one,
    withinTwoSd: two - one,
    withinThreeSd: three - two,
    beyondThreeSd: tally.count - three,
  };
}

function sum(ascending: readonly [number, number][], of: (figure: number) => number): number {
  return ascending.reduce((total, [figure, count]) => total + of(figure) * count, 0);
}

function countAt(ascending: readonly [number, number][], entry: number): number {
  return ascending[entry]?.[1] ?? Number.POSITIVE_INFINITY;
}
