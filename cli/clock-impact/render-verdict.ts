import type { ClockDescription } from "../../schedule/clock";
import { estimateMonthlyCost } from "../cost/cost";
import { monitoringUsage } from "../cost/monitoring";
import { dollars, wholeNumber } from "../lib/numbers";
import { counted, listed, prose, table } from "../terraform/markdown";
import {
  hasChanges,
  type PlannedAction,
  type PlannedClock,
  type PlanReading,
  type PlanSection,
} from "../terraform/plan-section";
import { type Assessment, assess } from "./assess";
import { ticksPerDay } from "./schedule-changes";

/** Most changes of the clock that a verdict names. */
const CHANGES_IN_VERDICT = 3;

/** Actions on resources, in the order and the words of a verdict. */
const DONE: readonly (readonly [action: PlannedAction, done: string])[] = [
  ["create", "created"],
  ["change", "updated"],
  ["replace", "replaced"],
  ["destroy", "destroyed"],
  ["move", "moved in the state"],
  ["forget", "dropped from the state"],
];

/** A plan in one sentence: how much care it needs, its effect on the clock, and how many resources it changes. */
export function verdict({ environment, outcome }: PlanSection): string {
  const name = prose(environment);
  if (outcome.kind === "error") return `**Failed. ${name}: no plan was made**`;
  const { reading, pauses } = outcome;
  const paused = pauses === null ? "not known whether it is paused by hand" : pauses.length > 0 ? "paused by hand" : "";
  const drift = reading.drift.length > 0 ? `${reading.drift.length} changed outside Terraform` : "";
  if (!hasChanges(reading)) {
    return `**Drift. ${name}: ${["no changes", drift, paused].filter(Boolean).join("; ")}**`;
  }
  const assessment = assess(reading);
  const words = [...clockWords(reading, assessment), countWords(reading), drift, paused].filter(Boolean);
  return `**${assessment.caution ? "Caution" : "Safe"}. ${name}: ${words.join("; ")}**`;
}

function clockWords({ clock: { before, after } }: PlanReading, { effect, unknown }: Assessment): string[] {
  if (unknown) return ["its effect on the clock is unknown"];
  if (!effect || !(before || after)) return [];
  if (effect.kind === "none") return [effect.consequence ?? "the clock stays as it is"];
  const named = effect.changes.slice(0, CHANGES_IN_VERDICT).map(prose);
  const more = effect.changes.length - named.length;
  const separator =
    effect.kind === "create" ? [`${named[0]}${named.length > 1 ? `: ${named.slice(1).join(", ")}` : ""}`] : named;
  return [
    ...separator,
    ...(more > 0 ? [`${more} more changes of the clock`] : []),
    ...(effect.consequence ? [effect.consequence] : []),
  ];
}

function countWords({ changes, outputs }: PlanReading): string {
  const words = DONE.flatMap(([action, done]) => {
    const n = changes.filter((change) => change.action === action).length;
    return n > 0 ? [`${n} ${done}`] : [];
  });
  const imported = changes.filter(({ importing }) => importing).length;
  if (imported > 0) words.push(`${imported} imported`);
  return words.length > 0 ? words.join(", ") : `${counted(outputs.length, "output")} updated, no resource`;
}

/** The figures of all environments side by side; a cell without a figure is blank. */
export function figures(all: readonly PlanSection[]): string {
  const head = ["", "create", "change", "replace", "destroy", "import", "drift", "ticks a day", "US$ a month"];
  const rows = all.map(({ environment, outcome }) => {
    if (outcome.kind === "error") return [prose(environment), "failed", ...head.slice(2).map(() => "")];
    const { changes, drift, clock } = outcome.reading;
    const count = (n: number) => (n > 0 ? String(n) : "");
    const known = !assess(outcome.reading).unknown;
    return [
      prose(environment),
      ...DONE.slice(0, 4).map(([action]) => count(changes.filter((one) => one.action === action).length)),
      count(changes.filter(({ importing }) => importing).length),
      count(drift.length),
      known ? overTime(clock, (one) => wholeNumber(ticksPerDay(one)), "0") : "",
      known ? overTime(clock, (one) => dollars(monthlyUsd(one)), dollars(0)) : "",
    ];
  });
  return table(head, rows);
}

/** What each clock costs. A comment shows it several times, and is rendered again if it is too long. */
const MONTHLY_USD = new WeakMap<ClockDescription, number>();

/** What a clock costs in a month with its monitoring, in US$. */
export function monthlyUsd(clock: ClockDescription): number {
  const usd = MONTHLY_USD.get(clock) ?? estimateMonthlyCost(clock, { monitoring: monitoringUsage(clock) }).totalUsd;
  MONTHLY_USD.set(clock, usd);
  return usd;
}

/**
 * A figure of the clock before and after, or once if it stays the same; empty if neither side has a clock.
 *
 * @param none the text for a side without a clock.
 */
export function overTime(
  { before, after }: PlannedClock,
  figure: (clock: ClockDescription) => string,
  none: string,
): string {
  if (!before && !after) return "";
  const [from, to] = [before, after].map((clock) => (clock ? figure(clock) : none));
  return from === to ? String(from) : `${from} → ${to}`;
}

/** The environments without changes, in one line, and their open next steps. */
export function nothingToDo(idle: readonly PlanSection[]): string {
  const open = idle.flatMap(({ environment, outcome }) => {
    const nextStep = outcome.kind === "planned" && assess(outcome.reading).effect?.nextStep;
    return nextStep ? [` ${prose(environment)}: ${nextStep}`] : [];
  });
  return `No changes in ${listed(idle.map(({ environment }) => prose(environment)))}.${open.join("")}`;
}
