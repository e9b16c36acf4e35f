import { dataTable, instant, type Rows } from "./html-tables";
import { html, Markup } from "./markup";
import { box, dots, fill, line, numbers, type Point, placeOn, plot, stroke, timeAxis, valueAxis } from "./plot";
import type { ScheduleCharts, ScheduleReport, Statistics } from "./schedule-report";
import { signed } from "./words";

/** The kinds of ticks that are marked. Each has a shape and a colour of its own. */
const SHAPES = {
  missed: new Markup('<path d="M2 2 12 12M12 2 2 12" fill="none" stroke="var(--missed)" stroke-width="2.5"/>'),
  late: new Markup('<path d="M7 1 13 13H1Z" fill="var(--late)"/>'),
  duplicate: new Markup('<circle cx="7" cy="7" r="5.5" fill="var(--duplicate)"/>'),
} as const;

type Mark = keyof typeof SHAPES;

const MARKS = Object.keys(SHAPES) as Mark[];

/** The outcomes that fill a cell of the strip, from its foot up: the column, its colour, and its name. */
const FILLS = [
  ["onTime", "var(--on-time)", "on time"],
  ["late", "var(--late)", "late"],
  ["missed", "var(--missed)", "missed"],
  ["suppressed", "var(--suppressed)", "suppressed"],
  ["paused", "var(--paused)", "paused"],
] as const;

/** Most marks over a strip: more would be one band of ink. */
const MAX_MARKS = 60;

/** Most points of a line that are dots as well. */
const MAX_DOTS = 200;

/** The dashes of the lines of a chart, in px. */
const DASHES = ["", "8 4", "2 3", "10 3 2 3"] as const;

/** A chart in a card, with its figures in a table below it. */
interface Figure {
  readonly chart: string;
  readonly title: string;
  readonly about: string;
  /** What the chart shows, in a sentence, for readers who do not see it. */
  readonly label: string;
  readonly drawing: Markup;
  readonly key?: readonly Markup[];
  readonly rows: Rows;
  /** The place of each row's figures in the chart, in % of its width. */
  readonly places: readonly number[];
}

function figure({ chart, title, about, label, drawing, key = [], rows, places }: Figure): Markup {
  return html`<div class="card"><figure><figcaption><h3>${title}</h3><p>${about}</p></figcaption>
<div data-chart="${chart}" data-at="${places.join(" ")}" tabindex="0" role="img" aria-label="${label}">${drawing}</div>
<ul class="key">${key}</ul></figure>
<details><summary>Data</summary><div class="scroll">${dataTable(title, rows)}</div></details></div>`;
}

function marks(places: readonly (readonly [kind: Mark, place: number])[]): Markup {
  const shown = places.filter((_, k) => k % Math.ceil(places.length / MAX_MARKS) === 0);
  return html`<div class="marks">${shown.map(([kind, place]) => shape(kind, `left:${place}%`))}</div>`;
}

function markKey(): Markup[] {
  return MARKS.map((kind) => html`<li>${shape(kind)}${kind}</li>`);
}

/** What a colour or a line of a chart stands for. */
function keyOf(drawing: Markup, name: string): Markup {
  return html`<li><svg viewBox="0 0 22 12" aria-hidden="true">${drawing}</svg>${name}</li>`;
}

function shape(kind: Mark, style = ""): Markup {
  return html`<svg viewBox="0 0 14 14" aria-hidden="true" style="${style}">${SHAPES[kind]}</svg>`;
}

/** The timeline of a schedule's ticks: a cell for each, or for as many as its heading says. */
export function strip({ charts, outcomes, due, duplicate, span }: ScheduleReport): Markup {
  const { ticksPerCell, at, ...columns } = charts.strip;
  if (at.length === 0) return html``;
  const begin = Date.parse(span.from);
  const x = timeAxis(begin, Date.parse(span.to));
  const edges = [...at.map((instant) => instant - begin), x.to];
  const totals = at.map((_, k) => FILLS.reduce((sum, [column]) => sum + (columns[column][k] ?? 0), 0));
  const foot = at.map(() => 0);
  const fills = FILLS.map(([column, colour, name]) => {
    const boxes = columns[column].map((count, k) => {
      const low = foot[k] ?? 0;
      const high = low + count / (totals[k] ?? 1);
      foot[k] = high;
      return count === 0 ? "" : box(edges[k] ?? 0, edges[k + 1] ?? 0, low, high);
    });
    return { path: boxes.join(""), colour, name };
  }).filter(({ path }) => path !== "");
  const places = edges.slice(0, -1).map((edge, k) => placeOn(x, (edge + (edges[k + 1] ?? 0)) / 2));
  const marked = MARKS.flatMap((kind) =>
    places.flatMap((place, k) => ((columns[kind][k] ?? 0) > 0 ? [[kind, place] as const] : [])),
  );
  const key = fills.map(({ colour, name }) => keyOf(fill("M0 0H22V12H0Z", colour), name));
  return figure({
    chart: "strip",
    title: "Ticks over time",
    about:
      ticksPerCell === 1 ? "A cell is a tick." : `A cell is ${ticksPerCell} ticks that were due one after the other.`,
    label: `Timeline: of ${due} ticks due, ${outcomes["on-time"]} on time, ${outcomes.late} late, ${outcomes.missed} missed, ${outcomes["duplicate-suppressed"]} suppressed, ${outcomes.paused} paused; ${duplicate} duplicates.`,
    drawing: plot(
      x,
      { label: "", from: 0, to: 1, texts: [] },
      fills.map(({ path, colour }) => fill(path, colour)),
      marks(marked),
    ),
    key: [...key, ...(marked.length > 0 ? markKey() : [])],
    rows: at.map((from, k) => ({
      "due, UTC": instant(from),
      ...Object.fromEntries(FILLS.map(([column, , name]) => [name, columns[column][k] || ""])),
      duplicate: columns.duplicate[k] || "",
    })),
    places,
  });
}

/** The charts of a schedule. */
export function figures(schedule: ScheduleReport): Markup {
  const { charts, dispatchSkewMs, startSkewMs } = schedule;
  if (!charts.dispatchSkew) return html``;
  const lines = [
    { name: "dispatch", skew: charts.dispatchSkew, statistics: dispatchSkewMs },
    { name: "start", skew: charts.startSkew, statistics: startSkewMs },
  ];
  const about = "Each step to the right has a tenth of the ticks of the one before: the tail in full.";
  return html`${delay(schedule)}
<div class="pair">${histogram(charts.dispatchSkew, "dispatch")}${charts.startSkew ? histogram(charts.startSkew, "start") : ""}${curves("curve", "Percentiles", about, lines)}${charts.bySecond.second.length > 1 ? bySecond(schedule) : ""}</div>`;
}

function delay({ charts, span, pacing, lead, missed, late, duplicates }: ScheduleReport): Markup {
  const { ticksPerPoint, at, min, mean, max } = charts.delay;
  const isGrouped = ticksPerPoint > 1;
  const begin = Date.parse(span.from);
  const x = timeAxis(begin, Date.parse(span.to));
  const lows = min.filter((ms) => ms !== null);
  const highs = max.filter((ms) => ms !== null);
  const y = valueAxis("delay, ms", [...lows, ...highs]);
  const points = at.map((instant, k): Point => [instant - begin, mean[k] ?? null]);
  const band = at.map((instant, k) => {
    const [low, high] = [min[k] ?? null, max[k] ?? null];
    return low === null || high === null ? "" : box(instant - begin, (at[k + 1] ?? instant) - begin, low, high);
  });
  const marked = [
    ...missed.first.map(({ expectedAt }) => ["missed", expectedAt] as const),
    ...late.first.map((tick) => ["late", tick.at] as const),
    ...duplicates.map((tick) => ["duplicate", tick.at] as const),
  ].map(([kind, instant]) => [kind, placeOn(x, Date.parse(instant) - begin)] as const);
  return figure({
    chart: "delay",
    title: "Delay of consecutive invocations",
    about: [
      pacing === "relative"
        ? "How far after its place in the run each tick was dispatched: within a run it adds up, and the next run resets it."
        : lead
          ? `How far after ${lead} before its instant, its lead, each tick was dispatched.`
          : "How far after its instant each tick was dispatched.",
      isGrouped ? `The line is the mean of ${ticksPerPoint} ticks, the band their least and greatest.` : "",
    ].join(" "),
    label: `Delay over time, from ${signed(Math.min(...lows), 0)} to ${signed(Math.max(...highs), 0)} ms.`,
    drawing: plot(
      x,
      y,
      [
        isGrouped ? fill(band.join(""), "var(--band)") : html``,
        stroke(line(points), "var(--series-1)", 1.5),
        at.length <= MAX_DOTS ? stroke(dots(points), "var(--series-1)", 5) : html``,
      ],
      marks(marked),
    ),
    key: marked.length > 0 ? markKey() : [],
    rows: at.map((from, k) => ({
      "due, UTC": instant(from),
      [isGrouped ? "mean, ms" : "delay, ms"]: mean[k] ?? "–",
      ...(isGrouped && { "min, ms": min[k] ?? "–", "max, ms": max[k] ?? "–" }),
    })),
    places: points.map(([place]) => placeOn(x, place)),
  });
}

type Distribution = NonNullable<ScheduleCharts["dispatchSkew"]>;

function histogram({ histogram: { bins, binMs } }: Distribution, which: "dispatch" | "start"): Markup {
  const isTail = ({ from, to }: (typeof bins)[number]) => to - from !== binMs;
  const whole = bins.filter((bin) => !isTail(bin));
  const [low, high] = [whole[0]?.from ?? 0, whole.at(-1)?.to ?? 0];
  // A tail's bar is as wide as the others, and stands apart from them.
  const left = (bin: (typeof bins)[number]) =>
    !isTail(bin) ? bin.from : bin.to <= low ? low - 2 * binMs : high + binMs;
  const x = { label: "skew, ms", from: low - 2.5 * binMs, to: high + 2.5 * binMs, texts: numbers(low, high) };
  const y = valueAxis(
    "ticks",
    bins.map(({ count }) => count),
  );
  const bars = bins.map((bin) => box(left(bin) + 0.08 * binMs, left(bin) + 0.92 * binMs, 0, bin.count)).join("");
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  const most = bins.reduce((best, bin) => (bin.count > best.count ? bin : best), { from: 0, to: 0, count: 0 });
  return figure({
    chart: `${which}-histogram`,
    title: `${which === "dispatch" ? "Dispatch" : "Start"} skew`,
    about: [
      which === "dispatch"
        ? "How many ticks were handed over with each skew."
        : "How many targets started with each skew.",
      bins.some(isTail) ? "A bar set apart holds all ticks beyond the others." : "",
    ].join(" "),
    label: `Histogram of the ${which} skew: most ticks, ${most.count}, lie from ${most.from} to under ${most.to} ms.`,
    drawing: plot(x, y, [fill(bars, `var(--series-${which === "dispatch" ? 1 : 2})`)]),
    rows: bins.map(({ from, to, count }) => ({
      "from, ms": from,
      "to under, ms": to,
      ticks: count,
      "share, %": ((100 * count) / total).toFixed(2),
    })),
    places: bins.map((bin) => placeOn(x, left(bin) + binMs / 2)),
  });
}

/** A line of {@link curves}. */
interface Curve {
  readonly name: string;
  /** `null` if no skew was seen. */
  readonly skew: Distribution | null;
  readonly statistics: Statistics | null;
}

/** The percentile curves of skews. Their axis has the same width for 99 to 99.9 % as for 0 to 90 %. */
export function curves(chart: string, title: string, about: string, all: readonly Curve[]): Markup {
  const seen = all.flatMap(({ name, skew, statistics }) => (skew && statistics ? [{ name, skew, statistics }] : []));
  const end = Math.log10(2 * Math.max(...seen.map(({ statistics: { count } }) => count)));
  const tailed = (q: number) => (q === 1 ? end : Number((-Math.log10(1 - q)).toFixed(4)));
  const name = (q: number) => (q === 0 ? "min" : q === 1 ? "max" : `p${Number((q * 100).toFixed(4))}`);
  const quantiles = [...new Set(seen.flatMap(({ skew }) => skew.curve.quantile))].sort((a, b) => a - b);
  const columns = seen.map(({ skew: { curve } }) =>
    quantiles.map((q) => curve.skewMs[curve.quantile.indexOf(q)] ?? null),
  );
  // Texts that would touch their neighbours are left out.
  const named = [0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 1].filter(
    (q) => q === 0 || q === 1 || (tailed(q) > end / 8 && tailed(q) < end - end / 8),
  );
  const x = {
    label: "share of ticks at most as late",
    from: 0,
    to: end,
    texts: named.map((q) => [tailed(q), name(q)] as const),
  };
  const y = valueAxis(
    "skew, ms",
    columns.flat().filter((ms) => ms !== null),
  );
  const colour = (n: number) => `var(--series-${(n % DASHES.length) + 1})`;
  const shapes = columns.flatMap((column, n) => {
    const points = quantiles.flatMap((q, k): Point[] => (column[k] === null ? [] : [[tailed(q), column[k] ?? null]]));
    return [stroke(line(points), colour(n), 2, DASHES[n % DASHES.length]), stroke(dots(points), colour(n), 5)];
  });
  return figure({
    chart,
    title,
    about,
    label: seen
      .map(({ name, statistics: { p50, p99, max } }) => `${name} skew: p50 ${p50}, p99 ${p99}, max ${max} ms.`)
      .join(" "),
    drawing: plot(x, y, shapes),
    key: seen.map(({ name }, n) => keyOf(stroke("M0 6H22", colour(n), 2, DASHES[n % DASHES.length]), name)),
    rows: quantiles.map((q, k) => ({
      percentile: name(q),
      ...Object.fromEntries(seen.map(({ name }, n) => [`${name}, ms`, columns[n]?.[k] ?? "–"])),
    })),
    places: quantiles.map((q) => placeOn(x, tailed(q))),
  });
}

function bySecond({ charts, interval }: ScheduleReport): Markup {
  const { second, count, min, mean, max } = charts.bySecond;
  const texts = [0, 10, 20, 30, 40, 50, 59].map((value) => [value, String(value)] as const);
  const x = { label: "second of the minute", from: -1, to: 60, texts };
  const ranges = second.map((at, k) => box(at, at, min[k] ?? 0, max[k] ?? 0)).join("");
  const means = dots(second.map((at, k): Point => [at, mean[k] ?? null]));
  return figure({
    chart: "second",
    title: "Delay by second of the minute",
    about: `A dot is the mean of all ticks due at that second, its line goes from the least to the greatest; a tick every ${interval}.`,
    label: `Delay by second of the minute: the mean goes from ${signed(Math.min(...mean))} to ${signed(Math.max(...mean))} ms.`,
    drawing: plot(x, valueAxis("delay, ms", [...min, ...max]), [
      stroke(ranges, "var(--series-2)", 2),
      stroke(means, "var(--series-1)", 7),
    ]),
    rows: second.map((at, k) => ({
      second: at,
      ticks: count[k] ?? 0,
      "mean, ms": mean[k] ?? 0,
      "min, ms": min[k] ?? 0,
      "max, ms": max[k] ?? 0,
    })),
    places: second.map((at) => placeOn(x, at)),
  });
}
