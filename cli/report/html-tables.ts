import { whoAndWhy } from "../lib/hand-pauses";
import { html, type Markup } from "./markup";
import type { ScheduleReport, Statistics } from "./schedule-report";
import { articleRows, REASON_TEXTS, signed } from "./words";

/** The rows of a table: cells by their column's name. All have the same columns. */
export type Rows = readonly Readonly<Record<string, string | number>>[];

/**
 * A table; its first column has texts.
 *
 * @param others what the other columns have.
 */
export function dataTable(caption: string, rows: Rows, others: "figures" | "texts" = "figures"): Markup {
  const head = Object.keys(rows[0] ?? {}).map((text) => html`<th scope="col">${text}</th>`);
  const body = rows.map((row) => html`<tr>${Object.values(row).map((cell) => html`<td>${cell}</td>`)}</tr>\n`);
  return html`<table class="${others}"><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}

/** Date and time to the ms, UTC. @param at ISO 8601, or ms since the epoch. */
export function instant(at: string | number): string {
  return new Date(at).toISOString().slice(0, 23).replace("T", " ");
}

/** A skew in whole ms; a dash if it is missing. */
export function skewCell(ms: number | undefined): string {
  return ms === undefined ? "–" : signed(ms, 0);
}

/** Both skews' statistics. */
export function skewTable({ dispatchSkewMs, startSkewMs }: ScheduleReport): Markup {
  const rows = [skewRow("dispatch", dispatchSkewMs), skewRow("start", startSkewMs)];
  return dataTable("Signed ms; early is negative.", rows);
}

function skewRow(name: string, statistics: Statistics | null) {
  return {
    ms: name,
    n: (statistics?.count ?? 0).toLocaleString("en"),
    mean: statistics ? signed(statistics.mean, 2) : "–",
    SD: statistics?.sd.toFixed(2) ?? "–",
    p50: skewCell(statistics?.p50),
    p95: skewCell(statistics?.p95),
    p99: skewCell(statistics?.p99),
    "p99.9": skewCell(statistics?.p999),
    min: skewCell(statistics?.min),
    max: skewCell(statistics?.max),
  };
}

/** The LambdaClock article's table: of its own measure, if a function took it, and of both skews. */
export function spreadTable({ spread, publishToStartMs }: ScheduleReport): Markup {
  const measured = publishToStartMs && articleRows(publishToStartMs);
  const start = articleRows(spread.start);
  const rows = articleRows(spread.dispatch).map(([name, dispatch], k) => ({
    "": name,
    ...(measured && { "publish to start": measured[k]?.[1] ?? "" }),
    "dispatch skew": dispatch,
    "start skew": start[k]?.[1] ?? "",
  }));
  return dataTable("Each tick is in one of the four bands.", rows);
}

/** The ticks that a report names: missed, late, duplicate, not due; those that were fired by hand; and the pauses. */
export function namedTicks(schedule: ScheduleReport): Markup {
  const { missed, late, duplicate, duplicates, offGrid, offGridTicks, pauses, byHand } = schedule;
  const missedRows = missed.first.map(({ id, expectedAt, reason, error }) => ({
    "due, UTC": instant(expectedAt),
    id: id ?? "–",
    reason,
    "": error === null ? REASON_TEXTS[reason] : `${REASON_TEXTS[reason]}: ${error}`,
  }));
  const named = (ticks: ScheduleReport["duplicates"]) =>
    ticks.map(({ id, at }) => ({ "instant, UTC": instant(at), id }));
  const pauseRows = pauses.map(({ from, to, by = "", note = "" }) => ({
    "from, UTC": instant(from),
    "to, UTC": instant(to),
    "by hand": by && whoAndWhy({ by, note }),
  }));
  const handRows = byHand.first.map(({ id, scheduledAt, dispatchedAt, by, error }) => ({
    "dispatched, UTC": dispatchedAt === null ? "–" : instant(dispatchedAt),
    id,
    "instant, UTC": scheduledAt === null ? "–" : instant(scheduledAt),
    by,
    "": error ?? "",
  }));
  return html`${list("Missed ticks", missed.count, missedRows)}
${list("Late ticks", late.count, named(late.first))}
${list("Duplicate ticks", duplicate, named(duplicates))}
${list("Ticks that were not due", offGrid, named(offGridTicks))}
${list("Ticks by hand", byHand.count, handRows)}
${list("Pauses", pauses.length, pauseRows)}`;
}

function list(title: string, count: number, rows: Rows): Markup {
  if (count === 0) return html``;
  const caption = rows.length < count ? `The first ${rows.length} of ${count.toLocaleString("en")}.` : "All of them.";
  return html`<div class="card"><h3>${title}: ${count.toLocaleString("en")}</h3><div class="scroll">${dataTable(caption, rows, "texts")}</div></div>`;
}
