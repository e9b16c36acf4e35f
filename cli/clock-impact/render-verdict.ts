import type { ClockDescription } from "../../schedule/clock";
import { dollars, wholeNumber } from "../lib/numbers";
import { counted, listed, prose, table } from "../terraform/markdown";
import type { PlannedAction, PlanReading, PlanSection } from "../terraform/plan-section";
import type { RenderOptions } from "../terraform/render-options";
import type { Assessment } from "./assess";
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

/** One environment, with the assessment of its plan; `null` after an error. */
export interface Judged {
  readonly section: PlanSection;
  readonly assessment: Assessment | null;
}

/** A plan in one sentence: how much care it needs, its effect on the clock, and how many resources it changes. */
export function verdict({ section, assessment }: Judged): string {
  const { environment, outcome } = section;
  const name = prose(environment);
  if (outcome.kind === "error" || !assessment) return `**Failed. ${name}: no plan was made**`;
  const { reading } = outcome;
  const drift = driftWords(reading);
  if (assessment.care === "Drift") return `**Drift. ${name}: no changes; ${drift}**`;
  const clock = clockWords(reading, assessment);
  return `**${assessment.care}. ${name}: ${[...clock, countWords(reading), drift].filter(Boolean).join("; ")}**`;
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

function driftWords({ drift }: PlanReading): string {
  return drift.length > 0 ? `${drift.length} changed outside Terraform` : "";
}

/** The figures of all environments side by side; a cell without a figure is blank. */
export function figures(all: readonly Judged[], { monthlyCostUsd }: RenderOptions): string {
  const head = ["", "create", "change", "replace", "destroy", "import", "drift", "ticks a day"];
  if (monthlyCostUsd) head.push("US$ a month");
  const rows = all.map(({ section: { environment, outcome }, assessment }) => {
    if (outcome.kind === "error") return [prose(environment), "failed", ...head.slice(2).map(() => "")];
    const { changes, drift, clock } = outcome.reading;
    const count = (n: number) => (n > 0 ? String(n) : "");
    const known = assessment && !assessment.unknown;
    return [
      prose(environment),
      ...DONE.slice(0, 4).map(([action]) => count(changes.filter((one) => one.action === action).length)),
      count(changes.filter(({ importing }) => importing).length),
      count(drift.length),
      known ? overTime(clock, (one) => wholeNumber(ticksPerDay(one)), "0") : "",
      ...(monthlyCostUsd ? [known ? overTime(clock, (one) => dollars(monthlyCostUsd(one)), dollars(0)) : ""] : []),
    ];
  });
  return table(head, rows);
}

/**
 * A figure of the clock before and after, or once if it stays the same; empty if neither side has a clock.
 *
 * @param none the text for a side without a clock.
 */
export function overTime(
  { before, after }: { readonly before: ClockDescription | null; readonly after: ClockDescription | null },
  figure: (clock: ClockDescription) => string,
  none: string,
): string {
  if (!before && !after) return "";
  const [from, to] = [before, after].map((clock) => (clock ? figure(clock) : none));
  return from === to ? String(from) : `${from} → ${to}`;
}

/** The environments without changes, in one line, and their open next steps. */
export function nothingToDo(idle: readonly Judged[]): string {
  const open = idle.flatMap(({ section, assessment }) =>
    assessment?.effect?.nextStep ? [` ${prose(section.environment)}: ${assessment.effect.nextStep}`] : [],
  );
  return `No changes in ${listed(idle.map(({ section }) => prose(section.environment)))}.${open.join("")}`;
}
