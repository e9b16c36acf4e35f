import type { ClockDescription, ScheduleDescription } from "../../schedule/clock";
import { strategyOf } from "../../strategies";
import { type Assessment, assess } from "../clock-impact/assess";
import { renderNextTicks } from "../clock-impact/next-ticks";
import { monthlyUsd, overTime } from "../clock-impact/render-verdict";
import { type ScheduleChange, scheduleChanges, ticksPerDay } from "../clock-impact/schedule-changes";
import type { ClockEffect } from "../clock-impact/switching";
import { dollars, wholeNumber } from "../lib/numbers";
import { rhythm } from "../lib/rhythm";
import { code, collapsed, counted, diffText, fenced, listed, prose } from "./markdown";
import {
  type DriftedResource,
  hasChanges,
  type PlannedAction,
  type PlannedChange,
  type PlannedPause,
  type PlanReading,
  type PlanSection,
} from "./plan-section";
import { lossOf, reasonOf, resourceKind, typeName } from "./resource-kinds";

/** How much of a comment fits. */
export interface Room {
  /** Environments whose full plan is left out. */
  readonly withoutPlan: ReadonlySet<string>;
  /** Most entries of a list, and lines of an error. With 0 nothing is below the verdicts and their table. */
  readonly most: number;
}

/** Most schedules that are named though nothing about them changes. */
const UNCHANGED_SCHEDULES = 8;

/** Most schedules that are named because something about them changes; the description in the full plan has all. */
const CHANGED_SCHEDULES = 20;

/** Everything about one environment's plan that is below the verdicts. */
export function sectionDetails({ environment, outcome }: PlanSection, room: Room): string {
  const title = `### ${prose(environment)}`;
  if (outcome.kind === "error") {
    const lines = cut(outcome.message.trim().split("\n"), room.most, (n) => `… (and ${n} more lines)`);
    return [title, fenced("text", lines.join("\n"))].join("\n\n");
  }
  const { reading, fullPlan, plannedAt, pauses } = outcome;
  const drift = driftPart(reading.drift, room);
  const paused = pausedPart(environment, pauses, room);
  if (!hasChanges(reading)) return [title, paused, drift].filter(Boolean).join("\n\n");
  const assessment = assess(reading);
  const plan = room.withoutPlan.has(environment)
    ? "The full plan is too long for a comment: read it in `plan.txt` beside this file."
    : collapsed("Full plan", fenced("diff", diffText(fullPlan)));
  const parts = [
    caution(assessment),
    goings(reading, room),
    clockMeaning(reading, assessment, room),
    assessment.unknown ? "" : renderNextTicks(reading.clock, plannedAt, room.most),
    paused,
    drift,
    plan,
  ];
  return [title, ...parts].filter(Boolean).join("\n\n");
}

function caution({ endangered, effect }: Assessment): string {
  const holdsData = ({ type }: PlannedChange) => resourceKind(type).loses !== undefined;
  const data = endangered.filter(holdsData);
  const ticking = endangered.filter((one) => !holdsData(one));
  const then = effect?.consequence ? ` ${sentence(effect.consequence)}` : "";
  const lines = [
    ...(data.length > 0 ? [`Data is lost with ${kindsOf(data)}.`] : []),
    ...(ticking.length > 0 ? [`Destroys resources of a clock: ${kindsOf(ticking)}.${then}`] : []),
  ];
  return lines.length > 0 ? ["> [!CAUTION]", ...lines].join("\n> ") : "";
}

/** The effect on the ticks as a sentence of its own. */
function sentence(consequence: string): string {
  const text = consequence
    .replace(/^no pause of the others/, "the other schedules do not pause")
    .replace(/^no pause/, "the clock does not pause");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function kindsOf(changes: readonly PlannedChange[]): string {
  const groups = grouped(changes, ({ type }) => type);
  return prose(listed(groups.map((group) => counted(group.length, typeName(group[0].type)))));
}

/** Destroys and replacements, by type, what holds data first: what goes with them, and what forces them. */
function goings({ changes }: PlanReading, room: Room): string {
  const going = changes.filter(({ action }) => GONE[action] !== undefined);
  if (going.length === 0) return "";
  const fates = [...new Set(going.map(({ action }) => GONE[action]))];
  const [reason, ...others] = new Set(going.map(whyOf));
  const shared = others.length === 0 && reason;
  const about = (change: PlannedChange) =>
    [
      `${code(change.address)}${fates.length > 1 ? ` ${GONE[change.action]}` : ""}`,
      ...(others.length > 0 && whyOf(change) ? [whyOf(change)] : []),
    ].join(", ");
  const groups = grouped(going, (one) => [one.action, one.type, one.deposed].join())
    .sort(([a], [b]) => weight(b) - weight(a))
    .map((group) => goingGroup(group, about, room));
  return `**To be ${fates.join(" or ")}**${shared ? ` (${shared})` : ""}\n\n${groups.join("\n")}`;
}

/** What becomes of a resource that goes. */
const GONE: Partial<Record<PlannedAction, string>> = {
  destroy: "destroyed",
  replace: "replaced",
  forget: "dropped from the state",
};

function weight({ type }: PlannedChange): number {
  const { loses, ticks } = resourceKind(type);
  return (loses ? 2 : 0) + (ticks ? 1 : 0);
}

function goingGroup(group: Group<PlannedChange>, about: (change: PlannedChange) => string, { most }: Room): string {
  const [first, ...others] = group;
  const name = typeName(first.type);
  const loss = lossOf(first);
  const lost = loss ? `: **${loss}**` : "";
  if (others.length === 0) return `- ${prose(name)} ${about(first)}${lost}`;
  const lines = group.map((change) => `  - ${about(change)}`);
  const head = `- ${prose(counted(group.length, name))}${lost}`;
  return [head, ...cut(lines, most, (n) => `  - and ${n} more`)].join("\n");
}

/** What forces a change: the attributes, and Terraform's reason. */
function whyOf(change: PlannedChange): string {
  const reason = prose(reasonOf(change));
  if (change.forcedBy.length === 0) return reason;
  const attributes = `forced by ${listed(change.forcedBy.map(code))}`;
  if (change.reason === "replace_because_cannot_update") return `${attributes}, which ${reason}`;
  return reason ? `${attributes}: ${reason}` : attributes;
}

function clockMeaning({ clock }: PlanReading, { effect, unknown }: Assessment, room: Room): string {
  const title = "**What it means for the clock**";
  if (unknown) {
    return `${title}\n\n- Not known: the state does not describe its clock in a way that this version reads. Read the full plan.`;
  }
  if (!effect) return "";
  const { before, after } = clock;
  if (effect.kind === "none" && effect.pauseBoundS === 0) {
    return `${title}\n\n- ${["Nothing: it goes on as it is.", effect.nextStep].filter(Boolean).join(" ")}`;
  }
  const items = [
    `Strategy: ${before ? overTime(clock, strategyWords, "none") : after && strategyWords(after)}`,
    ...scheduleLines(before, after, room),
    `Ticks a day: ${overTime(clock, (one) => wholeNumber(ticksPerDay(one)), "0")}`,
    `US$ a month: ${overTime(clock, (one) => dollars(monthlyUsd(one)), dollars(0))}`,
    ...pauseLine(effect),
    ...effect.takesEffect,
    ...(effect.applyWhen ? [`**Before:** ${effect.applyWhen}`] : []),
    ...(effect.nextStep ? [`**Next:** ${effect.nextStep}`] : []),
  ];
  return [title, items.map((item) => `- ${item}`).join("\n")].join("\n\n");
}

/** The pause as a side effect; nothing if the pause itself was asked for. */
function pauseLine({ pauseBoundS, advice, consequence }: ClockEffect): string[] {
  if (pauseBoundS > 0) return [`Pause during the apply: at most ${pauseBoundS} s. ${advice}`];
  return consequence?.startsWith("no pause") ? ["Pause during the apply: none."] : [];
}

function strategyWords({ strategy, retiring }: ClockDescription): string {
  const name = strategyOf(strategy).name(strategy);
  return retiring ? `${name} beside ${strategyOf(retiring).name(retiring)} (retiring)` : name;
}

function scheduleLines(before: ClockDescription | null, after: ClockDescription | null, room: Room): string[] {
  const changes = scheduleChanges(before?.schedules ?? [], after?.schedules ?? []);
  const changed = changes.filter(({ fate }) => fate !== "unchanged");
  const named = changes.length <= UNCHANGED_SCHEDULES ? changes : changed;
  const lines = named.map((one) => {
    const [from, to] = [one.before, one.after].map((side) => (side ? scheduleWords(side) : "none"));
    return `${prose(one.name)}: ${from === to || !before ? to : `${from} → ${to}`}`;
  });
  const left = changes.length - named.length;
  return [
    ...(changed.length > CHANGED_SCHEDULES ? [`Schedules: ${fatesOf(changed)}`] : []),
    ...cut(lines, Math.min(room.most, CHANGED_SCHEDULES), (n) => `and ${counted(n, "more schedule")}`),
    ...(left > 0 ? [`${counted(left, "schedule")} as before`] : []),
  ];
}

/** How many schedules are added, removed and so on, in their order: `9,999 added and 1 removed`. */
function fatesOf(changed: readonly ScheduleChange[]): string {
  const counts = new Map<string, number>();
  for (const { fate } of changed) counts.set(fate, (counts.get(fate) ?? 0) + 1);
  return listed([...counts].map(([fate, n]) => `${wholeNumber(n)} ${fate}`));
}

function scheduleWords(schedule: ScheduleDescription): string {
  return schedule.paused === null ? rhythm(schedule) : `paused (${prose(schedule.paused)})`;
}

/** What is paused by hand: the configuration does not say so, and no deploy changes it. */
function pausedPart(environment: string, pauses: readonly PlannedPause[] | null, { most }: Room): string {
  const title = "**Paused by hand** (not by the configuration)";
  if (pauses === null) return `${title}: not known, because the ledger could not be read.`;
  if (pauses.length === 0) return "";
  const lines = pauses.map(({ schedule, until, by, note }) => {
    const what = schedule === null ? "all schedules" : prose(schedule);
    return `- ${what} until ${until}: “${prose(note)}”, by ${prose(by)}`;
  });
  const resume = code(`npx metronome resume ${environment}`);
  return [
    `${title}: a deploy does not end it. It ends by itself, or by ${resume}.`,
    cut(lines, most, (n) => `- and ${counted(n, "more pause")}`).join("\n"),
  ].join("\n\n");
}

function driftPart(drift: readonly DriftedResource[], room: Room): string {
  if (drift.length === 0) return "";
  return `**Changed outside Terraform** (not by this change)\n\n${driftList(drift, room.most)}`;
}

/** Resources that drifted, each with the names of what differs. @param most how many are named. */
export function driftList(drift: readonly DriftedResource[], most: number): string {
  const lines = drift.map(({ address, type, attributes }) => {
    const { loses, without = loses } = resourceKind(type);
    const gone = `gone${without ? ` (${without})` : ""}`;
    return `- ${code(address)}: ${attributes.length === 0 ? gone : attributes.map(code).join(", ")}`;
  });
  return cut(lines, most, (n) => `- and ${n} more`).join("\n");
}

/** The first lines of a list, and one that says how many are left out. */
function cut(lines: readonly string[], most: number, rest: (n: number) => string): string[] {
  return lines.length <= most ? [...lines] : [...lines.slice(0, most), rest(lines.length - most)];
}

type Group<T> = [T, ...T[]];

function grouped<T>(all: readonly T[], key: (one: T) => string): Group<T>[] {
  const groups = new Map<string, Group<T>>();
  for (const one of all) {
    const group = groups.get(key(one));
    if (group) group.push(one);
    else groups.set(key(one), [one]);
  }
  return [...groups.values()];
}
