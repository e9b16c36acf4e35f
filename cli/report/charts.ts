import { MINUTE_MS, SECOND_MS } from "../../schedule/duration";
import type { DueTick, Outcome } from "../../schedule/outcome";
import type { ScheduleCharts } from "./schedule-report";
import { percentiles, roundWidth, statisticsOf } from "./statistics";
import type { Tally } from "./tally";

/** Most groups of ticks that the charts over time have; more ticks make larger groups. It is even. */
const MAX_GROUPS = 1_200;

/** Most cells that the strip has: a cell is one group, or several. */
const MAX_CELLS = 240;

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

const STRIP_COLUMNS = {
  "on-time": "onTime",
  late: "late",
  missed: "missed",
  "duplicate-suppressed": "suppressed",
  paused: "paused",
} as const satisfies Record<Outcome["kind"], keyof ScheduleCharts["strip"]>;

type StripColumn = (typeof STRIP_COLUMNS)[Outcome["kind"]] | "duplicate";

/** The delays of some ticks, gathered. */
interface Delays {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

/** Ticks that were due one after the other, the first of them at `at`. */
interface Group {
  readonly at: number;
  delays: Delays;
  readonly counts: Record<StripColumn, number>;
}

const NO_DELAYS: Delays = { count: 0, sum: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };

/** Gathers what the charts need from the due ticks of a schedule, in bounded memory. */
export class ChartGatherer {
  private groups: Group[] = [];
  /** Ticks in a group. */
  private size = 1;
  private inLast = 0;
  private readonly seconds = new Map<number, Delays>();

  /** Takes the next due tick, in order of time. */
  due({ expectedAt, delayMs, outcome }: DueTick): void {
    const group = this.groupOfNext(expectedAt);
    group.counts[STRIP_COLUMNS[outcome.kind]] += 1;
    if (delayMs === null) return;
    const delay: Delays = { count: 1, sum: delayMs, min: delayMs, max: delayMs };
    group.delays = together(group.delays, delay);
    const second = Math.floor((expectedAt % MINUTE_MS) / SECOND_MS);
    this.seconds.set(second, together(this.seconds.get(second) ?? NO_DELAYS, delay));
  }

  /** Takes duplicates of the tick that came last. */
  duplicate(times: number): void {
    const last = this.groups.at(-1);
    if (last) last.counts.duplicate += times;
  }

  /** What the charts are drawn from, given all skews. */
  charts(dispatchSkew: Tally, startSkew: Tally): ScheduleCharts {
    const { groups, size } = this;
    const perCell = Math.max(1, Math.ceil(groups.length / MAX_CELLS));
    const cells = joined(groups, perCell);
    const seconds = [...this.seconds].sort(([a], [b]) => a - b);
    const ofGroups = (of: (delays: Delays) => number) =>
      groups.map(({ delays }) => (delays.count === 0 ? null : of(delays)));
    const ofCells = (name: StripColumn) => cells.map(({ counts }) => counts[name]);
    return {
      delay: {
        ticksPerPoint: size,
        at: groups.map(({ at }) => at),
        min: ofGroups(({ min }) => min),
        mean: ofGroups(mean),
        max: ofGroups(({ max }) => max),
      },
      strip: {
        ticksPerCell: size * perCell,
        at: cells.map(({ at }) => at),
        onTime: ofCells("onTime"),
        late: ofCells("late"),
        missed: ofCells("missed"),
        suppressed: ofCells("suppressed"),
        paused: ofCells("paused"),
        duplicate: ofCells("duplicate"),
      },
      dispatchSkew: distribution(dispatchSkew),
      startSkew: distribution(startSkew),
      bySecond: {
        second: seconds.map(([second]) => second),
        count: seconds.map(([, { count }]) => count),
        min: seconds.map(([, { min }]) => min),
        mean: seconds.map(([, delays]) => mean(delays)),
        max: seconds.map(([, { max }]) => max),
      },
    };
  }

  /** The group of the next tick, which is due at `at`. If all groups are full, each two neighbours are joined. */
  private groupOfNext(at: number): Group {
    const last = this.groups.at(-1);
    if (last && this.inLast < this.size) {
      this.inLast += 1;
      return last;
    }
    if (this.groups.length === MAX_GROUPS) {
      this.groups = joined(this.groups, 2);
      this.size *= 2;
    }
    const counts = { onTime: 0, late: 0, missed: 0, suppressed: 0, paused: 0, duplicate: 0 };
    const group = { at, delays: NO_DELAYS, counts };
    this.groups.push(group);
    this.inLast = 1;
    return group;
  }
}

/** Groups of as many neighbours each. */
function joined(groups: readonly Group[], times: number): Group[] {
  return groups.flatMap((_, k) => (k % times === 0 ? [groups.slice(k, k + times).reduce(join)] : []));
}

function join(a: Group, b: Group): Group {
  const counts = { ...a.counts };
  for (const name of Object.keys(counts) as StripColumn[]) counts[name] += b.counts[name];
  return { at: a.at, delays: together(a.delays, b.delays), counts };
}

function together(a: Delays, b: Delays): Delays {
  return { count: a.count + b.count, sum: a.sum + b.sum, min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
}

/** To a hundredth of a ms: finer is noise, and a larger file. */
function mean({ sum, count }: Delays): number {
  return Math.round((100 * sum) / count) / 100;
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
