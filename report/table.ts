import Table from "cli-table3";
import { msToDuration, SECOND_MS } from "../schedule/duration";
import { type Paint, painter } from "./paint";
import type { ArticleTable, Statistics } from "./statistics";
import type { ClockReport, ScheduleReport, Threshold } from "./summary";

/** How the thresholds read in a terminal, and which of them are shown only where they fail. */
const THRESHOLDS: Record<Threshold["name"], { readonly text: string; readonly onlyFailed?: true }> = {
  missed: { text: "missed" },
  duplicate: { text: "duplicate" },
  "suppressed-only": { text: "suppressed, not seen dispatched", onlyFailed: true },
  partial: { text: "reached some targets only", onlyFailed: true },
  "off-grid": { text: "not on the schedule's grid", onlyFailed: true },
  "dispatch-skew-p99": { text: "p99 |dispatch skew|" },
};

/** Width of the thresholds' texts and of the reasons of missed ticks. */
const TEXT_WIDTH = Math.max(...Object.values(THRESHOLDS).map(({ text }) => text.length));
const REASON_WIDTH = "dispatch-unknown".length;

/**
 * The report as text for a terminal, at most 80 columns wide: thresholds first, then outcomes, skew and, for
 * lambda-clock, its article's table.
 *
 * @param options.colour whether to paint with ANSI escapes.
 */
export function renderReport(report: ClockReport, { colour }: { readonly colour: boolean }): string {
  const paint = painter(colour);
  const verdict = report.ok ? paint("green", "kept time") : paint("red", "did not keep time");
  const schedules = report.schedules.map((schedule) => renderSchedule(schedule, paint));
  return `${[paint("bold", `${report.observed}: the clock ${verdict}`), ...schedules].join("\n\n")}\n`;
}

function renderSchedule(report: ScheduleReport, paint: Paint): string {
  const parts = [
    heading(report, paint),
    renderThresholds(report, paint),
    outcomeTable(report),
    ...missedLines(report, paint),
    skewTable(report),
    ...driftLines(report),
    ...(report.publishToStartMs ? [articleLines(report.publishToStartMs)] : []),
  ];
  return parts.join("\n");
}

function heading(report: ScheduleReport, paint: Paint): string {
  const { schedule, strategy, pacing, interval, phase, span, due } = report;
  const kind = strategy === "sfn-loop" ? `${strategy}, ${pacing} pacing` : strategy;
  const shift = phase === "0s" ? "" : ` + ${phase}`;
  const seconds = Math.round((Date.parse(span.to) - Date.parse(span.from)) / SECOND_MS);
  const length = msToDuration(seconds * SECOND_MS);
  const time = (instant: string) => instant.slice(11, 19);
  const observed = `${span.from.slice(0, 10)} ${time(span.from)} to ${time(span.to)} UTC (${length}), ${due} ticks due`;
  return `${paint("bold", schedule)}  ${kind}, every ${interval}${shift}\n${paint("dim", observed)}`;
}

function renderThresholds({ thresholds, due }: ScheduleReport, paint: Paint): string {
  const lines = thresholds
    .filter(({ name, pass }) => !pass || !THRESHOLDS[name].onlyFailed)
    .map(({ name, value, limit, pass }) => {
      const unit = name === "dispatch-skew-p99" ? " ms" : "";
      const mark = pass ? paint("green", "✓ pass") : paint("red", "✗ FAIL");
      const observed = value === null ? "none" : `${value}${unit}`;
      const bound = limit === 0 ? "must be 0" : `must be ≤ ${limit}${unit}`;
      return `  ${mark}  ${THRESHOLDS[name].text.padEnd(TEXT_WIDTH)}  ${observed.padStart(8)}  ${bound}`;
    });
  if (due === 0) lines.push(`  ${paint("red", "✗ FAIL")}  no tick was due in the observed span`);
  return lines.join("\n");
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

function missedLines({ missed }: ScheduleReport, paint: Paint): string[] {
  const named = missed.first.map(({ id, expectedAt, reason }) => {
    const instant = `${expectedAt.slice(11, 23)} UTC`;
    return paint("red", `  missed  ${instant}  ${reason.padEnd(REASON_WIDTH)}  ${id ?? ""}`.trimEnd());
  });
  const more = missed.count - missed.first.length;
  return more > 0 ? [...named, paint("red", `  and ${more} more missed`)] : named;
}

function skewTable({ dispatchSkewMs, startSkewMs }: ScheduleReport): string {
  const table = plainTable(["skew, ms", "n", "mean", "SD", "p50", "p95", "p99", "min", "max"]);
  table.push(skewRow("dispatch", dispatchSkewMs), skewRow("start", startSkewMs));
  return table.toString();
}

function skewRow(name: string, statistics: Statistics | null) {
  if (!statistics) return [name, 0, { colSpan: 7, content: "none seen", hAlign: "left" as const }];
  const { count, mean, sd, p50, p95, p99, min, max } = statistics;
  return [name, count, signed(mean), sd.toFixed(1), ...[p50, p95, p99, min, max].map((ms) => signed(ms, 0))];
}

function driftLines({ drift, pacing }: ScheduleReport): string[] {
  if (drift.perTickMs === null) return [];
  const jump = drift.edgeJumpMs === null ? "" : `, ${signed(drift.edgeJumpMs)} ms at the minute's edge`;
  const against =
    pacing === "relative" ? "\n  skew is against the tick before plus the interval: there is no grid" : "";
  return [`  median drift ${signed(drift.perTickMs)} ms a tick within a minute${jump}${against}`];
}

/** The table of the LambdaClock article, in its words and order. */
function articleLines(table: ArticleTable): string {
  const ms = (value: number | null) => (value === null ? "none seen" : `${value.toFixed(2)} ms`);
  const rendered = plainTable(["publish to start, as in the LambdaClock article", ""]);
  rendered.push(
    ["Average", ms(table.average)],
    ["Standard Deviation", ms(table.standardDeviation)],
    ["Count", table.count],
    ["Failures", table.failures],
    ["Within One SD", table.withinOneSd],
    ["Within Two SD", table.withinTwoSd],
    ["Within Three SD", table.withinThreeSd],
    ["Beyond Three SD", table.beyondThreeSd],
  );
  return rendered.toString();
}

/** A skew with its sign: `+1.3`, `-0.2`, `0.0`. */
function signed(ms: number, digits = 1): string {
  const text = ms.toFixed(digits);
  if (Number(text) === 0) return (0).toFixed(digits);
  return ms > 0 ? `+${text}` : text;
}

/** A table without a line between its rows and without colours of its own; all but its first `texts` columns are figures. */
function plainTable(head: string[], texts = 1) {
  const colAligns = head.map((_, k) => (k < texts ? ("left" as const) : ("right" as const)));
  return new Table({ head, colAligns, style: { head: [], border: [], compact: true } });
}
