import { MINUTE_MS, SECOND_MS } from "../../schedule/duration";
import type { DueTick, Outcome } from "../../schedule/outcome";
import type { ScheduleCharts } from "./schedule-report";
import { percentiles, roundWidth, statisticsOf } from "./statistics";
import type { Tally } from "./tally";

/** Most groups of ticks that a chart has; a longer series is grouped more coarsely. */
const MAX_GROUPS = { delay: 1_200, strip: 240 } as const;

/** Most bins of a histogram between its tails, and how much of either tail it gathers in one bin. */
const MAX_BINS = 40;
const TAIL = 0.002;

/** How far to either side of the median the bins between the tails go at most, in widths of the middle nine tenths. */
const MAX_REACH = 3;

/** The quantiles of a percentile curve: tenths up to the median's side, then ever closer to 1. */
const QUANTILES = [
  0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999, 0.99999,
] as const;

type Distribution = NonNullable<ScheduleCharts["dispatchSkew"]>;

/** Figures of some ticks, gathered. */
interface Gathered {
  count: number;
  sum: number;
  min: number;
  max: number;
}

const STRIP_COLUMNS = {
  "on-time": "onTime",
  late: "late",
  missed: "missed",
  "duplicate-suppressed": "suppressed",
  paused: "paused",
} as const satisfies Record<Outcome["kind"], keyof ScheduleCharts["strip"]>;

type StripCell = Record<(typeof STRIP_COLUMNS)[Outcome["kind"]] | "duplicate", number>;

/** Gathers what the charts need from the due ticks of a schedule, in bounded memory. */
export class ChartGatherer {
  private readonly delays = new Groups<Gathered>(MAX_GROUPS.delay, nothing, gatherAll);
  private readonly cells = new Groups<StripCell>(MAX_GROUPS.strip, emptyCell, addCells);
  private readonly seconds = new Map<number, Gathered>();

  /** Takes the next due tick, in order of time. */
  due({ expectedAt, delayMs, outcome }: DueTick): void {
    const group = this.delays.next(expectedAt);
    this.cells.next(expectedAt)[STRIP_COLUMNS[outcome.kind]] += 1;
    if (delayMs === null) return;
    gather(group, delayMs);
    const second = Math.floor((((expectedAt % MINUTE_MS) + MINUTE_MS) % MINUTE_MS) / SECOND_MS);
    const ofSecond = this.seconds.get(second) ?? nothing();
    this.seconds.set(second, ofSecond);
    gather(ofSecond, delayMs);
  }

  /** Takes duplicates of the tick that came last. */
  duplicate(times: number): void {
    const cell = this.cells.last();
    if (cell) cell.duplicate += times;
  }

  /** What the charts are drawn from, given all skews. */
  charts(dispatchSkew: Tally, startSkew: Tally): ScheduleCharts {
    const delays = this.delays.all;
    const cells = this.cells.all;
    const seconds = [...this.seconds].sort(([a], [b]) => a - b);
    const cellColumn = (name: keyof StripCell) => cells.map(({ value }) => value[name]);
    return {
      delay: {
        ticksPerPoint: this.delays.size,
        at: delays.map(({ at }) => at),
        min: delays.map(({ value }) => (value.count === 0 ? null : value.min)),
        mean: delays.map(({ value }) => (value.count === 0 ? null : rounded(value.sum / value.count))),
        max: delays.map(({ value }) => (value.count === 0 ? null : value.max)),
      },
      strip: {
        ticksPerCell: this.cells.size,
        at: cells.map(({ at }) => at),
        onTime: cellColumn("onTime"),
        late: cellColumn("late"),
        missed: cellColumn("missed"),
        suppressed: cellColumn("suppressed"),
        paused: cellColumn("paused"),
        duplicate: cellColumn("duplicate"),
      },
      dispatchSkew: distribution(dispatchSkew),
      startSkew: distribution(startSkew),
      bySecond: {
        second: seconds.map(([second]) => second),
        count: seconds.map(([, { count }]) => count),
        min: seconds.map(([, { min }]) => min),
        mean: seconds.map(([, { sum, count }]) => rounded(sum / count)),
        max: seconds.map(([, { max }]) => max),
      },
    };
  }
}

/** A series in groups of as many ticks each. If there are too many groups, neighbours are joined. */
class Groups<T> {
  /** Ticks in a group. */
  size = 1;
  all: { readonly at: number; value: T }[] = [];
  private inLast = 0;

  constructor(
    private readonly most: number,
    private readonly empty: () => T,
    private readonly join: (a: T, b: T) => T,
  ) {}

  /** The group that the tick due at `at` belongs to. */
  next(at: number): T {
    const last = this.all.at(-1);
    if (last && this.inLast < this.size) {
      this.inLast += 1;
      return last.value;
    }
    if (this.all.length === this.most) {
      this.halve();
      return this.next(at);
    }
    const value = this.empty();
    this.all.push({ at, value });
    this.inLast = 1;
    return value;
  }

  last(): T | undefined {
    return this.all.at(-1)?.value;
  }

  private halve(): void {
    const halved: typeof this.all = [];
    for (let k = 0; k < this.all.length; k += 2) {
      const [a, b] = [this.all[k], this.all[k + 1]];
      if (a && b) halved.push({ at: a.at, value: this.join(a.value, b.value) });
      else if (a) halved.push(a);
    }
    // All groups are full, and there is an even number of them.
    this.size *= 2;
    this.inLast = this.size;
    this.all = halved;
  }
}

/** The histogram and the percentile curve of a skew; `null` if none was seen. */
function distribution(skew: Tally): Distribution | null {
  return skew.count === 0 ? null : { histogram: histogramOf(skew), curve: curveOf(skew) };
}

function curveOf(skew: Tally): Distribution["curve"] {
  // Leaves out quantiles that would only repeat the largest figure.
  const quantile = [...QUANTILES.filter((q) => q === 0 || skew.count * (1 - q) >= 1), 1];
  return { quantile, skewMs: percentiles(skew, quantile) };
}

function histogramOf(skew: Tally): Distribution["histogram"] {
  const { min, max } = statisticsOf(skew) ?? { min: 0, max: 0 };
  const [least = 0, p5 = 0, p50 = 0, p95 = 0, most = 0] = percentiles(skew, [TAIL, 0.05, 0.5, 0.95, 1 - TAIL]);
  // Among few ticks a single one far off would otherwise press all others into one bin.
  const reach = MAX_REACH * (p95 - p5 + 1);
  const [low, high] = [Math.max(least, p50 - reach), Math.min(most, p50 + reach)];
  const binMs = roundWidth((high - low + 1) / MAX_BINS);
  const from = Math.floor(low / binMs) * binMs;
  const to = (Math.floor(high / binMs) + 1) * binMs;
  const bins = Array.from({ length: (to - from) / binMs }, (_, k) => ({
    from: from + k * binMs,
    to: from + (k + 1) * binMs,
    count: 0,
  }));
  const below = { from: min, to: from, count: 0 };
  const above = { from: to, to: max + 1, count: 0 };
  for (const [figure, count] of skew.ascending()) {
    const bin = figure < from ? below : figure >= to ? above : bins[Math.floor((figure - from) / binMs)];
    if (bin) bin.count += count;
  }
  return { binMs, bins: [below, ...bins, above].filter((bin) => bin.count > 0 || bins.includes(bin)) };
}

function nothing(): Gathered {
  return { count: 0, sum: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
}

function gather(into: Gathered, figure: number): void {
  into.count += 1;
  into.sum += figure;
  into.min = Math.min(into.min, figure);
  into.max = Math.max(into.max, figure);
}

function gatherAll(a: Gathered, b: Gathered): Gathered {
  return { count: a.count + b.count, sum: a.sum + b.sum, min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
}

function emptyCell(): StripCell {
  return { onTime: 0, late: 0, missed: 0, suppressed: 0, paused: 0, duplicate: 0 };
}

function addCells(a: StripCell, b: StripCell): StripCell {
  const sum = emptyCell();
  for (const name of Object.keys(sum) as (keyof StripCell)[]) sum[name] = a[name] + b[name];
  return sum;
}

/** To a hundredth of a ms: finer is noise, and a larger file. */
function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}
