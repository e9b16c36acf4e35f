import { html, type Markup } from "./markup";
import type { ScheduleReport, Statistics } from "./schedule-report";
import { articleRows, REASON_TEXTS, signed } from "./words";

/** The rows of a table, each with its cells. */
export type Rows = readonly (readonly (string | number)[])[];

/**
 * A table; its first column has texts.
 *
 * @param others what the other columns have.
 */
export function dataTable(
  caption: string,
  heads: readonly string[],
  rows: Rows,
  others: "figures" | "texts" = "figures",
): Markup {
  const head = heads.map((text) => html`<th scope="col">${text}</th>`);
  const body = rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>\n`);
  return html`<table class="${others}"><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}

/** Date and time to the ms, UTC. @param at ISO 8601, or ms since the epoch. */
export function instant(at: string | number): string {
  return new Date(at).toISOString().slice(0, 23).replace("T", " ");
}

/** Both skews' statistics. */
export function skewTable({ dispatchSkewMs, startSkewMs }: ScheduleReport): Markup {
  const heads = ["ms", "n", "mean", "SD", "p50", "p95", "p99", "p99.9", "min", "max"];
  return dataTable("Signed ms; early is negative.", heads, [
    skewRow("dispatch", dispatchSkewMs),
    skewRow("start", startSkewMs),
  ]);
}

function skewRow(name: string, statistics: Statistics | null): (string | number)[] {
  if (!statistics) return [name, 0, ...Array<string>(8).fill("–")];
  const { count, mean, sd, p50, p95, p99, p999, min, max } = statistics;
  const figures = [p50, p95, p99, p999, min, max].map((ms) => signed(ms, 0));
  return [name, count.toLocaleString("en"), signed(mean, 2), sd.toFixed(2), ...figures];
}

/** The LambdaClock article's table: of its own measure, if a function took it, and of both skews. */
export function spreadTables({ spread, publishToStartMs }: ScheduleReport): Markup {
  const columns = [
    ...(publishToStartMs ? [{ name: "publish to start", table: publishToStartMs }] : []),
    { name: "dispatch skew", table: spread.dispatch },
    { name: "start skew", table: spread.start },
  ];
  const rows = articleRows(spread.dispatch).map(([name], k) => [
    name,
    ...columns.map(({ table }) => articleRows(table)[k]?.[1] ?? ""),
  ]);
  return dataTable("Each tick is in one of the four bands.", ["", ...columns.map(({ name }) => name)], rows);
}

/** The ticks that a report names: missed, late, duplicate, not due; and the pauses. */
export function namedTicks(schedule: ScheduleReport): Markup {
  const { missed, late, duplicate, duplicates, offGrid, offGridTicks, pauses } = schedule;
  const missedRows = missed.first.map(({ id, expectedAt, reason, error }) => [
    instant(expectedAt),
    id ?? "–",
    reason,
    error === null ? REASON_TEXTS[reason] : `${REASON_TEXTS[reason]}: ${error}`,
  ]);
  return html`${list("Missed ticks", missed.count, ["due, UTC", "id", "reason", ""], missedRows)}
${named("Late ticks", late.count, late.first)}
${named("Duplicate ticks", duplicate, duplicates)}
${named("Ticks that were not due", offGrid, offGridTicks)}
${list(
  "Pauses",
  pauses.length,
  ["from, UTC", "to, UTC"],
  pauses.map(({ from, to }) => [instant(from), instant(to)]),
)}`;
}

function named(title: string, count: number, ticks: ScheduleReport["duplicates"]): Markup {
  return list(
    title,
    count,
    ["instant, UTC", "id"],
    ticks.map(({ id, at }) => [instant(at), id]),
  );
}

function list(title: string, count: number, heads: readonly string[], rows: Rows): Markup {
  if (count === 0) return html``;
  const caption = rows.length < count ? `The first ${rows.length} of ${count.toLocaleString("en")}.` : "All of them.";
  return html`<div class="card"><h3>${title}: ${count.toLocaleString("en")}</h3><div class="scroll">${dataTable(caption, heads, rows, "texts")}</div></div>`;
}
