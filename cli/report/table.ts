import Table from "cli-table3";
import { msToDuration, SECOND_MS } from "../../schedule/duration";
import { type Paint, painter } from "../lib/colour";
import { whoAndWhy } from "../lib/hand-pauses";
import { visibleTexts } from "../lib/visible";
import type { ArticleTable, ClockReport, ScheduleReport, Statistics } from "./schedule-report";
import { articleRows, kindOf, percent, signed, skewTexts, thresholdTexts, verdictText } from "./words";

/** How many missed ticks and others a terminal names; the files name more, and all are counted. */
const SHOWN_TICKS = 20;

/** Width of the thresholds' texts and of the reasons of missed ticks. */
const TEXT_WIDTH = "suppressed, not seen dispatched".length;
const REASON_WIDTH = "dispatch-unknown".length;

/**
 * The report as text for a terminal, at most 80 columns wide: thresholds first, then outcomes, skew and, for
 * lambda-clock, its article's table.
 *
 * @param read texts of the logs are shown so that every character can be seen.
 * @param options.colour whether to paint with ANSI escapes.
 */
export function renderReport(read: ClockReport, { colour }: { readonly colour: boolean }): string {
  const paint = painter(colour);
  const report = visibleTexts(read);
  const verdict = paint(report.ok ? "green" : "red", verdictText(report));
  const schedules = report.schedules.map((schedule) => renderSchedule(schedule, paint));
  const notes =
    report.notes.length > 0 ? [report.notes.map((note) => paint("yellow", `Note: ${note}`)).join("\n")] : [];
  return `${[paint("bold", `${report.observed}: ${verdict}`), ...schedules, ...notes].join("\n\n")}\n`;
}

function renderSchedule(report: ScheduleReport, paint: Paint): string {
  const parts = [
    heading(report, paint),
    ...thresholdLines(report, paint),
    outcomeTable(report),
    ...availabilityLines(report),
    ...missedLines(report, paint),
    ...offGridLines(report, paint),
    ...byHandLines(report, paint),
    ...pauseLines(report),
    skewTable(report),
    ...skewTexts(report).map((text) => `  ${text}`),
    report.publishToStartMs ? articleLines(report.publishToStartMs) : spreadTable(report),
  ];
  return parts.join("\n");
}

function heading(report: ScheduleReport, paint: Paint): string {
  const { schedule, span, due } = report;
  const seconds = Math.round((Date.parse(span.to) - Date.parse(span.from)) / SECOND_MS);
  const length = msToDuration(seconds * SECOND_MS);
  const time = (instant: string) => instant.slice(11, 19);
  const observed = `${span.from.slice(0, 10)} ${time(span.from)} to ${time(span.to)} UTC (${length}), ${due} ticks due`;
  return `${paint("bold", schedule)}  ${kindOf(report)}\n${paint("dim", observed)}`;
}

function thresholdLines(report: ScheduleReport, paint: Paint): string[] {
  return thresholdTexts(report).map(({ pass, about, observed, bound }) => {
    const mark = pass ? paint("green", "✓ pass") : paint("red", "✗ FAIL");
    return `  ${mark}  ${about.padEnd(TEXT_WIDTH)}  ${observed.padStart(8)}  ${bound}`.trimEnd();
  });
}

function outcomeTable({ outcomes, due, duplicate }: ScheduleReport): string {
  const table = plainTable(["due", "on time", "late", "missed", "suppressed", "paused", "duplicate"], 0);
  const cells = [
    outcomes["on-time"],
    outcomes.late,
    outcomes.missed,
    outcomes["duplicate-suppressed"],
    outcomes.paused,
  ];
  table.push([due, ...cells, duplicate]);
  return table.toString();
}

function availabilityLines({ availability, outcomes, due }: ScheduleReport): string[] {
  if (availability === null) return [];
  const owed = outcomes.paused > 0 ? " not paused" : "";
  return [
    `  available ${percent(availability)}: ${outcomes["on-time"]} on time of ${due - outcomes.paused} due${owed}`,
  ];
}

function missedLines({ missed }: ScheduleReport, paint: Paint): string[] {
  const shown = missed.first.slice(0, SHOWN_TICKS);
  const named = shown.flatMap(({ id, expectedAt, reason, error }) => {
    const instant = `${expectedAt.slice(11, 23)} UTC`;
    const line = `  missed  ${instant}  ${reason.padEnd(REASON_WIDTH)}  ${id ?? ""}`.trimEnd();
    return [line, ...(error === null ? [] : [`          ${error.slice(0, 70)}`])].map((text) => paint("red", text));
  });
  if (missed.byReason["not-planned"]) {
    named.push(paint("dim", "  not-planned: no run had planned it: the rule never fired or its firing failed"));
  }
  const more = missed.count - shown.length;
  return more > 0 ? [...named, paint("red", `  and ${more} more missed`)] : named;
}

/** Names ticks at instants at which none was due, such as those of another interval before an edit. */
function offGridLines({ offGrid, offGridTicks }: ScheduleReport, paint: Paint): string[] {
  if (offGrid === 0) return [];
  const shown = offGridTicks.slice(0, SHOWN_TICKS);
  const named = shown.map(({ id, at }) => paint("red", `  not due ${at.slice(11, 23)} UTC  ${id}`));
  if (offGridTicks.length > shown.length) named.push(paint("red", "  and more that were not due"));
  return [...named, "  If the schedule was edited in this span, report each part by itself: --since, --until"];
}

/** Names ticks that were fired by hand. */
function byHandLines({ byHand }: ScheduleReport, paint: Paint): string[] {
  const named = byHand.first.slice(0, SHOWN_TICKS).map(({ id, dispatchedAt, by, error }) => {
    const text = `  by hand ${dispatchedAt ? `${dispatchedAt.slice(11, 23)} UTC` : "no target"}  ${id}, by ${by}`;
    return error === null ? text : paint("red", `${text}: ${error}`);
  });
  const more = byHand.count - named.length;
  return more > 0 ? [...named, `  and ${more} more by hand`] : named;
}

function pauseLines({ pauses }: ScheduleReport): string[] {
  return pauses.map(({ from, to, by, note = "" }) => {
    const hand = by === undefined ? "" : `, by hand: ${whoAndWhy({ by, note })}`;
    return `  paused  ${from.slice(0, 19)}Z to ${to.slice(0, 19)}Z${hand}`;
  });
}

/** From this many ticks on the one in a thousand is another than the worst, and is shown in place of the count. */
const MANY = 1_000;

function skewTable({ dispatchSkewMs, startSkewMs }: ScheduleReport): string {
  const many = Math.max(dispatchSkewMs?.count ?? 0, startSkewMs?.count ?? 0) >= MANY;
  const table = plainTable(
    many
      ? ["skew, ms", "mean", "SD", "p50", "p95", "p99", "p99.9", "min", "max"]
      : ["skew, ms", "n", "mean", "SD", "p50", "p95", "p99", "min", "max"],
  );
  table.push(skewRow("dispatch", dispatchSkewMs, many), skewRow("start", startSkewMs, many));
  return table.toString();
}

function skewRow(name: string, statistics: Statistics | null, many: boolean) {
  const none = { colSpan: many ? 8 : 7, content: "none seen", hAlign: "left" as const };
  if (!statistics) return [name, ...(many ? [] : [0]), none];
  const { count, mean, sd, p50, p95, p99, p999, min, max } = statistics;
  const figures = many ? [p50, p95, p99, p999, min, max] : [p50, p95, p99, min, max];
  const digits = Math.abs(mean) < 1_000 ? 1 : 0;
  return [
    name,
    ...(many ? [] : [count]),
    signed(mean, digits),
    sd.toFixed(digits),
    ...figures.map((ms) => signed(ms, 0)),
  ];
}

/** Both skews in the bands of the LambdaClock article's table. */
function spreadTable({ spread }: ScheduleReport): string {
  const table = plainTable(["ticks", "count", "within 1 SD", "within 2 SD", "within 3 SD", "beyond"]);
  for (const name of ["dispatch", "start"] as const) {
    const { count, withinOneSd, withinTwoSd, withinThreeSd, beyondThreeSd } = spread[name];
    table.push([name, count, withinOneSd, withinTwoSd, withinThreeSd, beyondThreeSd]);
  }
  return table.toString();
}

/** The table of the LambdaClock article, in its words and order. */
function articleLines(table: ArticleTable): string {
  const rendered = plainTable(["publish to start, as in the LambdaClock article", ""]);
  rendered.push(...articleRows(table).map((row) => [...row]));
  return rendered.toString();
}

/** A table without a line between its rows and without colours of its own; all but its first `texts` columns are figures. */
function plainTable(head: string[], texts = 1) {
  const colAligns = head.map((_, k) => (k < texts ? ("left" as const) : ("right" as const)));
  return new Table({ head, colAligns, style: { head: [], border: [], compact: true } });
}
