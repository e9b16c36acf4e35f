import type { ClockDescription, ScheduleDescription } from "../schedule/clock";
import { strategyName } from "../schedule/clock-identity";
import { rhythm, scheduleChanges, ticksPerDay } from "../schedule/schedule-changes";
import type { Assessment } from "./assess";
import { diffText } from "./diff-text";
import { code, collapsed, counted, fenced, listed, prose } from "./markdown";
import type { DriftedResource, PlannedChange, PlanReading } from "./plan-section";
import type { RenderOptions, Room } from "./render-options";
import type { Judged } from "./render-verdict";
import { dollars, overTime, wholeNumber } from "./render-verdict";
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
  const { fullPlanIn = () => "`plan.txt` of the bundle" } = options;
  return [
    title,
    caution(assessment),
    goings(reading, room),
    clockMeaning(reading, assessment, options, room),
    driftPart(reading.drift, room),
    room.withoutPlan.has(environment)
      ? `The full plan is too long for a comment: read it in ${fullPlanIn(environment)}.`
      : collapsed("Full plan", fenced("diff", diffText(fullPlan))),
  ]
    .filter(Boolean)
    .join("\n\n");
}

function shortened(text: string, characters: number): string {
  return text.length > characters ? `${text.slice(0, characters)}\n… (shortened)` : text;
}

function caution({ endangered }: Assessment): string {
  if (endangered.length === 0) return "";
  const kinds = grouped(endangered, ({ type }) => type).map(([type, { length }]) => {
    const { one, many } = resourceKind(type);
    return counted(length, one, many);
  });
  return `> [!CAUTION]\n> This takes away what holds data or what the clock runs on: ${prose(listed(kinds))}.`;
}

/** Destroys and replacements, by type: what goes with them, and for each address what forces it. */
function goings({ changes }: PlanReading, room: Room): string {
  const going = changes.filter(({ action }) => action === "destroy" || action === "replace" || action === "forget");
  if (going.length === 0) return "";
  const groups = grouped(going, (one) => [one.action, one.type, one.deposed].join()).map(([, group]) =>
    goingGroup(group, room),
  );
  return ["**Destroyed and replaced**", groups.join("\n")].join("\n\n");
}

function goingGroup(group: readonly PlannedChange[], room: Room): string {
  const [first] = group as [PlannedChange];
  const { one, many } = resourceKind(first.type);
  const reasons = new Set(group.map(whyOf));
  const shared = reasons.size === 1 ? whyOf(first) : "";
  const loss = lossOf(first);
  const head = [
    `- ${prose(counted(group.length, one, many))} ${goneWord(first)}`,
    ...(shared ? [`, ${shared}`] : []),
    ...(loss ? [`: **${loss}**`] : []),
  ].join("");
  const lines = group.map((change) => {
    const own = shared ? "" : whyOf(change);
    return `  - ${code(change.address)}${own ? `: ${own}` : ""}`;
  });
  return [head, ...cut(lines, room.listed, (n) => `  - and ${n} more`)].join("\n");
}

function goneWord({ action }: PlannedChange): string {
  if (action === "forget") return "dropped from the state, and kept in AWS";
  return action === "replace" ? "replaced" : "destroyed";
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
  const pause = effect.pauseBoundS > 0 ? `at most ${effect.pauseBoundS} s. ${effect.advice}` : "none";
  const items = [
    `Strategy: ${overTime(clock, strategyWords)}`,
    ...scheduleLines(before, after, room),
    `Ticks a day: ${overTime(clock, (one) => wholeNumber(ticksPerDay(one)))}`,
    ...(monthlyCostUsd ? [`US$ a month: ${overTime(clock, (one) => dollars(monthlyCostUsd(one)))}`] : []),
    ...(before && after ? [`Pause during the apply: ${pause}`] : []),
    ...effect.takesEffect.map((sentence) => `Takes effect: ${sentence}`),
    ...(effect.applyWhen ? [`**Before:** ${effect.applyWhen}`] : []),
    ...(effect.nextStep ? [`**Next:** ${effect.nextStep}`] : []),
  ];
  return [title, items.map((item) => `- ${item}`).join("\n")].join("\n\n");
}

function strategyWords({ strategy, retiring }: ClockDescription): string {
  return retiring ? `${strategyName(strategy)} beside ${strategyName(retiring)} (retiring)` : strategyName(strategy);
}

function scheduleLines(before: ClockDescription | null, after: ClockDescription | null, room: Room): string[] {
  const changes = scheduleChanges(before?.schedules ?? [], after?.schedules ?? []);
  const changed = changes.filter(({ fate }) => fate !== "unchanged");
  const named = changes.length <= UNCHANGED_SCHEDULES ? changes : changed;
  const lines = named.map((one) => {
    const [from, to] = [one.before, one.after].map((side) => (side ? scheduleWords(side) : "none"));
    return `${prose(one.name)}: ${from === to ? from : `${from} → ${to}`}`;
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
