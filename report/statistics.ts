/** Statistics of a set of figures, exact and signed; the unit is the figures' own, ms throughout the reports. */
export interface Statistics {
  readonly count: number;
  readonly mean: number;
  /** Standard deviation of the population (divided by the count): the figures are all there are, not a sample. */
  readonly sd: number;
  readonly min: number;
  readonly max: number;
  /** Percentiles by {@link percentile}: each is a figure that occurred. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** The table that the LambdaClock article ends with. Latencies in ms. */
export interface ArticleTable {
  readonly average: number | null;
  /** Of the population, as {@link Statistics.sd}; the article does not say which it took. */
  readonly standardDeviation: number | null;
  readonly count: number;
  /** Ticks that were due and missed. */
  readonly failures: number;
  /** Figures at most one SD from the average. This and the next three sum to the count. */
  readonly withinOneSd: number;
  /** Further than one SD, at most two. */
  readonly withinTwoSd: number;
  /** Further than two SD, at most three. */
  readonly withinThreeSd: number;
  readonly beyondThreeSd: number;
}

/** The statistics of `figures`, or `null` where there are none. */
export function statisticsOf(figures: readonly number[]): Statistics | null {
  const sorted = [...figures].sort((a, b) => a - b);
  const count = sorted.length;
  if (count === 0) return null;
  const mean = sorted.reduce((sum, figure) => sum + figure, 0) / count;
  const variance = sorted.reduce((sum, figure) => sum + (figure - mean) ** 2, 0) / count;
  return {
    count,
    mean,
    sd: Math.sqrt(variance),
    min: sorted[0] as number,
    max: sorted[count - 1] as number,
    p50: percentile(sorted, 0.5),
    p95: percentile(sorted, 0.95),
    p99: percentile(sorted, 0.99),
  };
}

/**
 * The percentile by nearest rank: `sorted[min(n − 1, ⌊q·n⌋)]`, with no interpolation.
 *
 * @param sorted ascending, at least one figure.
 * @param q in [0, 1].
 */
export function percentile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] as number;
}

/** The median: the middle figure, or the mean of the middle two; `null` where there are no figures. */
export function median(figures: readonly number[]): number | null {
  const sorted = [...figures].sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] as number) + (sorted[Math.floor(middle)] as number)) / 2;
}

/**
 * The article's table of publish-to-start latencies.
 *
 * @param latencies ms.
 * @param failures ticks that were due and missed.
 */
export function articleTable(latencies: readonly number[], failures: number): ArticleTable {
  const statistics = statisticsOf(latencies);
  const { mean = 0, sd = 0 } = statistics ?? {};
  const within = (k: number) => latencies.filter((latency) => Math.abs(latency - mean) <= k * sd).length;
  const [one, two, three] =
    sd === 0 ? [latencies.length, latencies.length, latencies.length] : [within(1), within(2), within(3)];
  return {
    average: statistics && mean,
    standardDeviation: statistics && sd,
    count: latencies.length,
    failures,
    withinOneSd: one,
    withinTwoSd: two - one,
    withinThreeSd: three - two,
    beyondThreeSd: latencies.length - three,
  };
}
