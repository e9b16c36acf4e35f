import type { ArticleTable, Statistics } from "./schedule-report";
import type { Tally } from "./tally";

/** The statistics of the figures; `null` without figures. */
export function statisticsOf(tally: Tally): Statistics | null {
  const { count } = tally;
  if (count === 0) return null;
  const ascending = tally.ascending();
  const mean = sum(ascending, (figure) => figure) / count;
  const variance = sum(ascending, (figure) => (figure - mean) ** 2) / count;
  const [min = 0, p50 = 0, p95 = 0, p99 = 0, p999 = 0, max = 0] = percentiles(tally, [0, 0.5, 0.95, 0.99, 0.999, 1]);
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
  const { count } = tally;
  return at(
    tally,
    quantiles.map((q) => Math.min(count - 1, Math.floor(q * count))),
  );
}

/** The median: the middle figure, or the mean of the middle two; `null` without figures. */
export function median(tally: Tally): number | null {
  const { count } = tally;
  if (count === 0) return null;
  const [left = 0, right = 0] = at(tally, [Math.ceil(count / 2) - 1, Math.floor(count / 2)]);
  return (left + right) / 2;
}

/** The least of 1, 2 and 5 times a power of ten that is not less than `width`; whole. */
export function roundWidth(width: number): number {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(width)));
  return ([1, 2, 5, 10].find((times) => times * power >= width) ?? 10) * power;
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

/** The figures at these places among all in order; the places ascend, counted from 0. */
function at(tally: Tally, places: readonly number[]): number[] {
  const rest = tally.ascending()[Symbol.iterator]();
  let figure = 0;
  let passed = 0;
  return places.map((place) => {
    while (passed <= place) {
      const [next, count] = rest.next().value as [number, number];
      figure = next;
      passed += count;
    }
    return figure;
  });
}
