/**
 * Counts how often each figure occurred. From the counts every statistic comes out exactly, and a month of ticks takes
 * no more memory than its different skews: figures are whole ms, of which there are thousands and not millions.
 */
export class Tally {
  private readonly counts = new Map<number, number>();
  private total = 0;

  /** A tally of these figures. */
  static of(figures: Iterable<number>): Tally {
    const tally = new Tally();
    for (const figure of figures) tally.add(figure);
    return tally;
  }

  /** How many figures were counted. */
  get count(): number {
    return this.total;
  }

  /** Counts a figure that occurred so many times. */
  add(figure: number, times = 1): void {
    this.counts.set(figure, (this.counts.get(figure) ?? 0) + times);
    this.total += times;
  }

  /** The figures that occurred, ascending, each with its count. */
  ascending(): [figure: number, count: number][] {
    return [...this.counts].sort(([a], [b]) => a - b);
  }

  /** A tally of the figures' absolute values. */
  absolute(): Tally {
    const tally = new Tally();
    for (const [figure, count] of this.counts) tally.add(Math.abs(figure), count);
    return tally;
  }
}
