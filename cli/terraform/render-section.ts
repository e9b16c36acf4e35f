import type { ClockDescription, ScheduleDescription } from "../../schedule/clock";
import type { Assessment } from "../clock-impact/assess";
import type { Judged } from "../clock-impact/render-verdict";
import { overTime } from "../clock-impact/render-verdict";
import { rhythm, scheduleChanges, ticksPerDay } from "../clock-impact/schedule-changes";
import type { ClockEffect } from "../clock-impact/switching";
import { nameOf } from "../clock-impact/switching-pause";
import { dollars, wholeNumber } from "../lib/numbers";
import { diffText } from "./diff-text";
import { code, collapsed, counted, fenced, listed, prose } from "./markdown";
import {
  type DriftedResource,
  hasChanges,
  type PlannedAction,
  type PlannedChange,
  type PlanReading,
} from "./plan-section";
import type { RenderOptions, Room } from "./render-options";
import { lossOf, reasonOf, resourceKind } from "./resource-kinds";

/** Most schedules that are named though nothing about them changes. */
const UNCHANGED_SCHEDULES = 8;

/** Everything about one environment's plan that is below the verdicts. */
export function sectionDetails({ section, assessment }: Judged, options: RenderOptions, room: Room): string {
  const { environment, outcome } = section;
  const title = `### ${prose(environment)}`;
  if (outcome.kind === "error" || !assessment) {
    const message = outcome.kind === "error" ? outcome.message : "";
    return [title, fenced("text", shortened(message.trim(), room.errorCharacters))].join("\n\n");
  }
  const { reading, fullPlan } = outcome;
  const parts = [title, caution(assessment), goings(reading, room)];
  if (hasChanges(reading)) parts.push(clockMeaning(reading, assessment, options, room));
  parts.push(driftPart(reading.drift, room));
  if (hasChanges(reading)) {
    const { fullPlanIn = () => "`plan.txt` of the bundle" } = options;
    const left = `The full plan is too long for a comment: read it in ${fullPlanIn(environment)}.`;
    parts.push(room.withoutPlan.has(environment) ? left : collapsed("Full plan", fenced("diff", diffText(fullPlan))));
  }
  return parts.filter(Boolean).join("\n\n");
}

function shortened(text: string, characters: number): string {
  return text.length > characters ? `${text.slice(0, characters)}\n… (shortened)` : text;
}

function caution({ endangered, effect }: Assessment): string {
  const holdsData = ({ type }: PlannedChange) => resourceKind(type).holdsData === true;
  const data = endangered.filter(holdsData);
  const ticking = endangered.filter((one) => !holdsData(one));
  const then = effect?.consequence ? `; ${effect.consequence}` : "";
  const lines = [
    ...(data.length > 0 ? [`Data is lost with ${kindsOf(data)}.`] : []),
    ...(ticking.length > 0 ? [`What a clock runs on goes: ${kindsOf(ticking)}${then}.`] : []),
  ];
  return lines.length > 0 ? ["> [!CAUTION]", ...lines].join("\n> ") : "";
}

function kindsOf(changes: readonly PlannedChange[]): string {
  const kinds = grouped(changes, ({ type }) => type).map(([type, { length }]) => {
    const { one, many } = resourceKind(type);
    return counted(length, one, many);
  });
  return prose(listed(kinds));
}

/** Destroys and replacements, by type, what holds data first: what goes with them, and what forces them. */
function goings({ changes }: PlanReading, room: Room): string {
  const going = changes.filter(({ action }) => GONE[action] !== undefined);
  const [first] = going;
  if (!first) return "";
  const words = [...new Set(going.map(({ action }) => GONE[action]))].join(" or ");
  const shared = sharedReason(going);
  const groups = grouped(going, (one) => [one.action, one.type, one.deposed].join())
    .map(([, group]) => group)
    .sort(([a], [b]) => weight(b) - weight(a))
    .map((group) => goingGroup(group, shared !== undefined, words.includes(" or "), room));
  return `**To be ${words}**${shared ? ` (${shared})` : ""}\n\n${groups.join("\n")}`;
}

/** What becomes of a resource that goes. */
const GONE: Partial<Record<PlannedAction, string>> = {
  destroy: "destroyed",
  replace: "replaced",
  forget: "dropped from the state",
};

function weight(change: PlannedChange | undefined): number {
  const { holdsData, ticks } = resourceKind(change?.type ?? "");
  return (holdsData ? 2 : 0) + (ticks ? 1 : 0);
}

/** The reason that all have in common; undefined where they have several. */
function sharedReason(changes: readonly PlannedChange[]): string | undefined {
  const reasons = new Set(changes.map(whyOf));
  return reasons.size === 1 ? [...reasons][0] : undefined;
}

function goingGroup(group: readonly PlannedChange[], saidWhy: boolean, sayHow: boolean, room: Room): string {
  const [first] = group as [PlannedChange];
  const { one, many } = resourceKind(first.type);
  const shared = saidWhy ? "" : sharedReason(group);
  const loss = lossOf(first);
  const about = [
    ...(sayHow ? [` ${GONE[first.action]}`] : []),
    ...(shared ? [`, ${shared}`] : []),
    ...(loss ? [`: **${loss}**`] : []),
  ].join("");
  if (group.length === 1) return `- ${prose(one)} ${code(first.address)}${about}`;
  const lines = group.map((change) => {
    const own = saidWhy || shared ? "" : whyOf(change);
    return `  - ${code(change.address)}${own ? `: ${own}` : ""}`;
  });
  const head = `- ${prose(counted(group.length, one, many))}${about}`;
  return [head, ...cut(lines, room.listed, (n) => `  - and ${n} more`)].join("\n");
}

/** What forces a change: the attributes, and Terraform's reason. */
function whyOf(change: PlannedChange): string {
  const reason = prose(reasonOf(change));
  if (change.forcedBy.length === 0) return reason;
  const attributes = `forced by ${listed(change.forcedBy.map(code))}`;
  if (change.reason === "replace_because_cannot_update") return `${attributes}, which ${reason}`;
  return reason ? `${attributes}: ${reason}` : attributes;
}

function clockMeaning(
  { clock }: PlanReading,
  { effect, unknown }: Assessment,
  { monthlyCostUsd }: RenderOptions,
  room: Room,
): string {
  const title = "**What it means for the clock**";
  if (unknown) {
    return `${title}\n\n- Not known: the state does not describe its clock in a way that this version reads. Read the full plan.`;
  }
  if (!effect) return "";
  const { before, after } = clock;
  if (effect.kind === "none" && effect.pauseBoundS === 0) {
    return [title, ["- Nothing: it goes on as it is.", ...(effect.nextStep ? [effect.nextStep] : [])].join(" ")].join(
      "\n\n",
    );
  }
  const items = [
    `Strategy: ${before ? overTime(clock, strategyWords, "none") : after && strategyWords(after)}`,
    ...scheduleLines(before, after, room),
    `Ticks a day: ${overTime(clock, (one) => wholeNumber(ticksPerDay(one)), "0")}`,
    ...(monthlyCostUsd ? [`US$ a month: ${overTime(clock, (one) => dollars(monthlyCostUsd(one)), dollars(0))}`] : []),
    ...pauseLine(effect),
    ...effect.takesEffect,
    ...(effect.applyWhen ? [`**Before:** ${effect.applyWhen}`] : []),
    ...(effect.nextStep ? [`**Next:** ${effect.nextStep}`] : []),
  ];
  return [title, items.map((item) => `- ${item}`).join("\n")].join("\n\n");
}

/** The pause that nobody asked for; nothing where all that happens was asked for. */
function pauseLine({ pauseBoundS, advice, consequence }: ClockEffect): string[] {
  if (pauseBoundS > 0) return [`Pause during the apply: at most ${pauseBoundS} s. ${advice}`];
  return consequence?.startsWith("no pause") ? ["Pause during the apply: none."] : [];
}

function strategyWords({ strategy, retiring }: ClockDescription): string {
  return retiring ? `${nameOf(strategy)} beside ${nameOf(retiring)} (retiring)` : nameOf(strategy);
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
    ...cut(lines, room.listed, (n) => `and ${counted(n, "more schedule")}`),
    ...(left > 0 ? [`${counted(left, "schedule")} as before`] : []),
  ];
}

function scheduleWords(schedule: ScheduleDescription): string {
  return schedule.paused === null ? rhythm(schedule) : `paused (${prose(schedule.paused)})`;
}

function driftPart(drift: readonly DriftedResource[], room: Room): string {
  if (drift.length === 0) return "";
  return `**Changed outside Terraform** (not by this change)\n\n${driftList(drift, room.listed)}`;
}

/** Resources that drifted, each with the names of what differs. @param most how many are named. */
export function driftList(drift: readonly DriftedResource[], most: number): string {
  const lines = drift.map(({ address, type, how, attributes }) => {
    const { destroyed } = resourceKind(type);
    if (how === "gone") return `- ${code(address)}: gone${destroyed ? ` (${destroyed})` : ""}`;
    return `- ${code(address)}: ${attributes.map(code).join(", ")}`;
  });
  return cut(lines, most, (n) => `- and ${n} more`).join("\n");
}

/** The first lines of a list, and one that says how many are left out. */
function cut(lines: readonly string[], most: number, rest: (n: number) => string): string[] {
  return lines.length <= most ? [...lines] : [...lines.slice(0, most), rest(lines.length - most)];
}

function grouped<T>(all: readonly T[], key: (one: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(key(one), [...(groups.get(key(one)) ?? []), one]);
  return [...groups];
}
