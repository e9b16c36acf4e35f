import { dataTable, instant } from "./html-tables";
import { html, Markup } from "./markup";
import type { ScheduleReport } from "./schedule-report";
import { signed } from "./words";

/** The kinds of ticks that are marked. Each has a shape and a colour of its own. */
const SHAPES = {
  missed: new Markup('<path d="M2 2 12 12M12 2 2 12" fill="none" stroke="var(--missed)" stroke-width="2.5"/>'),
  late: new Markup('<path d="M7 1 13 13H1Z" fill="var(--late)"/>'),
  duplicate: new Markup('<circle cx="7" cy="7" r="5.5" fill="var(--duplicate)"/>'),
} as const;

/** The kinds that fill a cell of the strip, from its foot up. */
const FILLS = [
  ["on-time", "onTime", "on time"],
  ["late", "late", "late"],
  ["missed", "missed", "missed"],
  ["suppressed", "suppressed", "suppressed"],
  ["paused", "paused", "paused"],
] as const;

/** Most marks over a strip: more would be one band of ink. */
const MAX_MARKS = 60;

function shape(kind: keyof typeof SHAPES, style = ""): Markup {
  return html`<svg viewBox="0 0 14 14" aria-hidden="true" style="${style}">${SHAPES[kind]}</svg>`;
}

function markKey(): Markup {
  const kinds = Object.keys(SHAPES) as (keyof typeof SHAPES)[];
  return html`${kinds.map((kind) => html`<li>${shape(kind)}${kind}</li>`)}`;
}

/** The timeline of a schedule's ticks: a cell for each, or for as many as its heading says. */
export function strip(schedule: ScheduleReport): Markup {
  const { ticksPerCell, at, ...columns } = schedule.charts.strip;
  if (at.length === 0) return html``;
  const cells = at.map((from, k) => {
    const counts = FILLS.map(([kind, column, name]) => ({ kind, name, count: columns[column][k] ?? 0 }));
    const there = [...counts, { kind: "duplicate", name: "duplicate", count: columns.duplicate[k] ?? 0 }].filter(
      ({ count }) => count > 0,
    );
    const tip = `${instant(from)} UTC\n${there.map(({ name, count }) => (ticksPerCell === 1 && count === 1 ? name : `${count} ${name}`)).join("\n")}`;
    const fills = counts.filter(({ count }) => count > 0).reverse();
    return html`<i data-tip="${tip}">${fills.map(({ kind, count }) => html`<b class="${kind}" style="flex:${count}"></b>`)}</i>`;
  });
  const marked = (Object.keys(SHAPES) as (keyof typeof SHAPES)[]).flatMap((kind) =>
    at.flatMap((_, k) => ((columns[kind][k] ?? 0) > 0 ? [{ kind, place: (100 * (k + 0.5)) / at.length }] : [])),
  );
  const shown = marked.filter((_, k) => k % Math.ceil(marked.length / MAX_MARKS) === 0);
  const { outcomes, due, duplicate } = schedule;
  const summary = `Timeline: of ${due} ticks due, ${outcomes["on-time"]} on time, ${outcomes.late} late, ${outcomes.missed} missed, ${outcomes["duplicate-suppressed"]} suppressed, ${outcomes.paused} paused; ${duplicate} duplicates.`;
  const seen = FILLS.filter(
    ([kind]) => (kind === "suppressed" ? outcomes["duplicate-suppressed"] : outcomes[kind]) > 0,
  );
  const rows = at.map((from, k) => [
    instant(from),
    ...FILLS.map(([, column]) => columns[column][k] ?? 0),
    columns.duplicate[k] ?? 0,
  ]);
  return html`<div class="card"><figure><figcaption><h3>Ticks over time</h3><p>${ticksPerCell === 1 ? "A cell is a tick." : `A cell is ${ticksPerCell} ticks that were due one after the other.`}</p></figcaption>
<div class="strip${at.length <= 80 ? " few" : ""}" tabindex="0" role="img" aria-label="${summary}">
<div class="marks">${shown.map(({ kind, place }) => shape(kind, `left:${place.toFixed(2)}%`))}</div>
<div class="cells">${cells}</div></div>
<div class="ends"><span>${schedule.span.from.slice(11, 19)}</span><span>${schedule.span.to.slice(11, 19)}</span></div>
<ul class="key">${seen.map(([kind, , name]) => html`<li><svg viewBox="0 0 22 12" aria-hidden="true"><rect width="22" height="12" rx="2" fill="var(--${kind})"/></svg>${name}</li>`)}${marked.length > 0 ? markKey() : ""}</ul></figure>
<details><summary>Data</summary><div class="scroll">${dataTable("Ticks over time", ["from, UTC", ...FILLS.map(([, , name]) => name), "duplicate"], rows)}</div></details></div>`;
}

/** The charts of a schedule; `k` is its place in the report. */
export function figures(schedule: ScheduleReport, k: number): Markup {
  const { charts, interval } = schedule;
  if (!charts.dispatchSkew) return html``;
  return html`${delay(schedule, k)}
<div class="pair">${histogram(schedule, k, "dispatch")}${charts.startSkew ? histogram(schedule, k, "start") : ""}${curve(schedule, k)}${charts.bySecond.second.length > 1 ? bySecond(schedule, k, interval) : ""}</div>`;
}

interface Figure {
  readonly chart: string;
  readonly k: number;
  readonly title: string;
  readonly about: string;
  /** What the chart shows, in a sentence, for those who do not see it. */
  readonly label: string;
  readonly key?: readonly Markup[];
  readonly heads: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

function figure({ chart, k, title, about, label, key, heads, rows }: Figure): Markup {
  return html`<div class="card"><figure><figcaption><h3>${title}</h3><p>${about}</p></figcaption>
<div class="chart" data-chart="${chart}" data-schedule="${k}" tabindex="0" role="img" aria-label="${label}"></div>
${key ? html`<ul class="key">${key}</ul>` : ""}</figure>
<details><summary>Data</summary><div class="scroll">${dataTable(title, heads, rows)}</div></details></div>`;
}

function delay(schedule: ScheduleReport, k: number): Markup {
  const { ticksPerPoint, at, min, mean, max } = schedule.charts.delay;
  const lows = min.filter((ms) => ms !== null);
  const highs = max.filter((ms) => ms !== null);
  const ms = (value: number | null | undefined) => (value === null || value === undefined ? "–" : String(value));
  const marked = schedule.missed.count + schedule.late.count + schedule.duplicate > 0;
  return figure({
    chart: "delay",
    k,
    title: "Delay of consecutive invocations",
    about: [
      schedule.pacing === "relative"
        ? "How far after its place in the run each tick was dispatched: within a run it adds up, and the next run resets it."
        : "How far after its instant each tick was dispatched.",
      ticksPerPoint > 1 ? `The line is the mean of ${ticksPerPoint} ticks, the band their least and greatest.` : "",
    ].join(" "),
    label: `Delay over time, from ${signed(Math.min(...lows), 0)} to ${signed(Math.max(...highs), 0)} ms.`,
    key: marked ? [markKey()] : undefined,
    heads: ["due, UTC", "min, ms", "mean, ms", "max, ms"],
    rows: at.map((from, n) => [instant(from), ms(min[n]), ms(mean[n]), ms(max[n])]),
  });
}

function histogram(schedule: ScheduleReport, k: number, which: "dispatch" | "start"): Markup {
  const skew = which === "dispatch" ? schedule.charts.dispatchSkew : schedule.charts.startSkew;
  const bins = skew?.histogram.bins ?? [];
  const tails = bins.some(({ from, to }) => to - from !== skew?.histogram.binMs);
  const most = bins.reduce((best, bin) => (bin.count > best.count ? bin : best), { from: 0, to: 0, count: 0 });
  return figure({
    chart: `${which}-histogram`,
    k,
    title: `${which === "dispatch" ? "Dispatch" : "Start"} skew`,
    about: [
      which === "dispatch"
        ? "How many ticks were handed over with each skew."
        : "The same for the start of the target.",
      tails ? "A bar set apart holds all ticks beyond the others." : "",
    ].join(" "),
    label: `Histogram of the ${which} skew: most ticks, ${most.count}, lie from ${most.from} to under ${most.to} ms.`,
    heads: ["from, ms", "to under, ms", "ticks"],
    rows: bins.map(({ from, to, count }) => [from, to, count]),
  });
}

function curve({ charts, dispatchSkewMs, startSkewMs }: ScheduleReport, k: number): Markup {
  const lines = [
    { name: "dispatch", of: charts.dispatchSkew, statistics: dispatchSkewMs },
    { name: "start", of: charts.startSkew, statistics: startSkewMs },
  ].filter(({ of }) => of !== null);
  const key = lines.map(
    ({ name }, n) =>
      html`<li><svg viewBox="0 0 22 12" aria-hidden="true"><line x1="0" y1="6" x2="22" y2="6" stroke="var(--series-${n + 1})" stroke-width="2" stroke-dasharray="${n === 0 ? "" : "8 4"}"/></svg>${name}</li>`,
  );
  return figure({
    chart: "curve",
    k,
    title: "Percentiles",
    about: "Each step to the right has a tenth of the ticks of the one before: the tail in full.",
    label: lines
      .map(
        ({ name, statistics }) =>
          `${name} skew: p50 ${statistics?.p50}, p99 ${statistics?.p99}, max ${statistics?.max} ms.`,
      )
      .join(" "),
    key,
    heads: ["skew", "percentile", "ms"],
    rows: lines.flatMap(({ name, of }) =>
      (of?.curve.quantile ?? []).map((q, n) => [
        name,
        q === 0 ? "min" : q === 1 ? "max" : `p${Number((q * 100).toFixed(4))}`,
        of?.curve.skewMs[n] ?? "–",
      ]),
    ),
  });
}

function bySecond({ charts: { bySecond: columns } }: ScheduleReport, k: number, interval: string): Markup {
  return figure({
    chart: "second",
    k,
    title: "Delay by second of the minute",
    about: `A dot is the mean of all ticks due at that second, its line goes from the least to the greatest; a tick every ${interval}.`,
    label: `Delay by second of the minute: the mean goes from ${signed(Math.min(...columns.mean))} to ${signed(Math.max(...columns.mean))} ms.`,
    heads: ["second", "ticks", "min, ms", "mean, ms", "max, ms"],
    rows: columns.second.map((second, n) => [
      second,
      ...[columns.count, columns.min, columns.mean, columns.max].map((column) => column[n] ?? "–"),
    ]),
  });
}
