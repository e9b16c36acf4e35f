import type { MissedReason } from "../../schedule/outcome";
import { findStrategy } from "../../strategies";
import { rhythmText } from "../lib/rhythm";
import type { ArticleTable, ClockReport, ScheduleReport, Threshold } from "./schedule-report";

const THRESHOLD_TEXTS: Readonly<Record<Threshold["name"], string>> = {
  missed: "missed",
  duplicate: "duplicate",
  "suppressed-only": "suppressed, not seen dispatched",
  partial: "reached some targets only",
  "off-grid": "not on the schedule's grid",
  "dispatch-skew-p99": "p99 |dispatch skew|",
  "started-early": "started before its instant",
};

/** Thresholds that every report shows; the others are shown if they fail. */
const ALWAYS_SHOWN: readonly Threshold["name"][] = ["missed", "duplicate", "dispatch-skew-p99", "started-early"];

/** A threshold in words: whether it passes, what it is about, the value observed, and the bound. */
export interface ThresholdText {
  readonly pass: boolean;
  readonly about: string;
  readonly observed: string;
  readonly bound: string;
}

/** What a report says of its clock as a whole. */
export function verdictText({ ok, schedules }: ClockReport): string {
  if (!ok) return "the clock did not keep time";
  if (schedules.every(({ due }) => due === 0)) return "no tick was due";
  return schedules.every(({ due, outcomes }) => due === outcomes.paused)
    ? "the clock was paused"
    : "the clock kept time";
}

/** The thresholds that a reader is shown. That no tick was due is said as well, and is no failure. */
export function thresholdTexts({ thresholds, due, lead }: ScheduleReport): ThresholdText[] {
  const shown = thresholds
    .filter(({ name, pass }) => !pass || ALWAYS_SHOWN.includes(name))
    .map(({ name, value, limit, pass }) => {
      const unit = name === "dispatch-skew-p99" ? " ms" : "";
      const observed = value === null ? "none" : `${value.toLocaleString("en")}${unit}`;
      const bound = limit === 0 ? "must be 0" : `must be ≤ ${limit}${unit}`;
      const about = lead && name === "dispatch-skew-p99" ? "p99 dispatched outside its lead" : THRESHOLD_TEXTS[name];
      return { pass, about, observed, bound };
    });
  if (due > 0) return shown;
  return [...shown, { pass: true, about: "no tick was due in the observed span", observed: "", bound: "" }];
}

/** What the skews say: which figure matters with a lead, the drift, and what skew is against if there is no grid. */
export function skewTexts(report: ScheduleReport): string[] {
  const { lead } = report;
  const held = `the lead is ${lead}: dispatched that much early, and held by the target; the start skew matters`;
  return [...(lead ? [held] : []), ...driftTexts(report)];
}

function driftTexts({ drift: { perTickMs, edgeJumpMs }, pacing }: ScheduleReport): string[] {
  if (perTickMs === null) return [];
  const jump = edgeJumpMs === null ? "" : `, ${signed(edgeJumpMs)} ms at the minute's edge`;
  const drift = `median drift ${signed(perTickMs)} ms a tick within a minute${jump}`;
  const against = "skew is against the tick before plus the interval: there is no grid";
  return pacing === "relative" ? [drift, against] : [drift];
}

/** Why a tick was missed, in a sentence. */
export const REASON_TEXTS: Readonly<Record<MissedReason, string>> = {
  expired: "its catch-up window was over before it could be dispatched",
  overtaken: "a newer tick was due as well, and only the newest is run",
  "dispatch-failed": "no target accepted it",
  "dispatch-unknown": "it is unknown whether a target accepted it",
  "claimant-lost": "the invocation that claimed it ended before it dispatched it",
  "not-planned": "no run had planned it: the rule never fired, or its firing failed",
  "not-seen": "the logs do not mention it",
};

/** The rows of the LambdaClock article's table, in its words and order; times in ms. */
export function articleRows(table: ArticleTable): readonly (readonly [name: string, value: string])[] {
  const ms = (value: number | null) => (value === null ? "none seen" : `${value.toFixed(2)} ms`);
  return [
    ["Average", ms(table.average)],
    ["Standard Deviation", ms(table.standardDeviation)],
    ["Count", String(table.count)],
    ["Failures", String(table.failures)],
    ["Within One SD", String(table.withinOneSd)],
    ["Within Two SD", String(table.withinTwoSd)],
    ["Within Three SD", String(table.withinThreeSd)],
    ["Beyond Three SD", String(table.beyondThreeSd)],
  ];
}

/** How a schedule keeps time, such as `sfn-loop, clock pacing, every 10s + 3s, lead 750ms`. */
export function kindOf({ strategy, pacing, ...ticks }: ScheduleReport): string {
  const kind = findStrategy(strategy)?.pacings.length ? `${strategy}, ${pacing} pacing` : strategy;
  return `${kind}, ${rhythmText(ticks)}`;
}

/** A skew with its sign: `+1.3`, `-0.2`, `0.0`. */
export function signed(ms: number, digits = 1): string {
  const text = ms.toFixed(digits);
  if (Number(text) === 0) return (0).toFixed(digits);
  return ms > 0 ? `+${text}` : text;
}

/** A share as a percentage that says 100 % of all only. */
export function percent(share: number): string {
  const text = (share * 100).toFixed(3);
  return `${share < 1 && text === "100.000" ? ">99.999" : text.replace(/\.?0+$/, "")} %`;
}
