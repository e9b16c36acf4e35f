import type { ClockDescription, ScheduleDescription } from "../../schedule/clock";
import { MINUTE_MS, msToDuration } from "../../schedule/duration";
import { gridText, ticksPerMinute } from "../../schedule/grid";
import { hoursText } from "../../schedule/hours-text";
import { differencesOf } from "../../strategies/words";
import { rhythm } from "../lib/rhythm";
import { counted, listed } from "../terraform/markdown";

/** A day in ms. */
const DAY_MS = 86_400_000;

/** One schedule before and after a change. */
export interface ScheduleChange {
  readonly name: string;
  /** A renamed schedule is one removed and one added, because its ticks get other ids. */
  readonly fate: "added" | "removed" | "paused" | "resumed" | "changed" | "unchanged";
  /** `null` if it is added. */
  readonly before: ScheduleDescription | null;
  /** `null` if it is removed. */
  readonly after: ScheduleDescription | null;
  /** What differs apart from a pause, such as `every 10s → 5s`. */
  readonly differences: readonly string[];
}

/** The schedules of two descriptions side by side, those of `after` first, in its order. */
export function scheduleChanges(
  before: readonly ScheduleDescription[],
  after: readonly ScheduleDescription[],
): ScheduleChange[] {
  const [thens, nows] = [before, after].map((all) => new Map(all.map((one) => [one.name, one])));
  const names = new Set([...after, ...before].map(({ name }) => name));
  return [...names].map((name) => {
    const [then = null, now = null] = [thens?.get(name), nows?.get(name)];
    const differences = then && now ? changedSettings(then, now) : [];
    return { name, fate: fateOf(then, now, differences), before: then, after: now, differences };
  });
}

function fateOf(
  before: ScheduleDescription | null,
  after: ScheduleDescription | null,
  differences: readonly string[],
): ScheduleChange["fate"] {
  if (!before) return "added";
  if (!after) return "removed";
  if (before.paused === null && after.paused !== null) return "paused";
  if (before.paused !== null && after.paused === null) return "resumed";
  return differences.length > 0 ? "changed" : "unchanged";
}

/**
 * Whether a schedule's ticks are due, or handed over, at other instants after a change: it is new, or its interval, phase,
 * hours, lead or pause differ.
 */
export function movesTicks({ before, after }: ScheduleChange): boolean {
  if (!before || !after) return after !== null;
  const pauses = (before.paused === null) !== (after.paused === null);
  return pauses || gridText(before) !== gridText(after) || (before.leadMs ?? 0) !== (after.leadMs ?? 0);
}

function changedSettings(before: ScheduleDescription, after: ScheduleDescription): string[] {
  const durations = (field: "intervalMs" | "phaseMs" | "catchUpMs") =>
    [msToDuration(before[field]), msToDuration(after[field])] as const;
  // The default is one interval. A window that only follows a changed interval is not a change of its own.
  const followed = [before, after].every(({ catchUpMs, intervalMs }) => catchUpMs === intervalMs);
  return differencesOf({
    every: durations("intervalMs"),
    phase: durations("phaseMs"),
    hours: [hoursText(before) ?? "always", hoursText(after) ?? "always"],
    lead: [msToDuration(before.leadMs ?? 0), msToDuration(after.leadMs ?? 0)],
    ...(followed ? {} : { "catch-up window": durations("catchUpMs") }),
    overdue: [before.overdue, after.overdue],
    targets: [targetsOf(before), targetsOf(after)],
    ...(before.paused !== null && after.paused !== null && { note: [quoted(before.paused), quoted(after.paused)] }),
  });
}

function targetsOf({ targets: { functions, topics, queues } }: ScheduleDescription): string {
  const named = [
    ...(functions > 0 ? [counted(functions, "function")] : []),
    ...(topics > 0 ? [counted(topics, "topic")] : []),
    ...(queues > 0 ? [counted(queues, "queue")] : []),
  ];
  return listed(named) || "none";
}

/** A pause's note in quotation marks. */
export function quoted(note: string): string {
  return `“${note}”`;
}

/**
 * Ticks due in a day of 86,400 s, of all schedules that are not paused; a fraction if an interval does not divide the day. Of a
 * schedule with hours it is the mean of a usual week.
 */
export function ticksPerDay(clock: Pick<ClockDescription, "schedules">): number {
  const ticking = clock.schedules.filter(({ paused }) => paused === null);
  return ticking.reduce((sum, one) => sum + (DAY_MS / MINUTE_MS) * ticksPerMinute(one), 0);
}

/** Schedules with the same fate up to which a headline names each. */
export const NAMED_SCHEDULES = 10;

/** What changes about the schedules, a few words each, such as `heartbeat every 10s → 5s`; a number if they are many. */
export function scheduleHeadlines(schedules: readonly ScheduleChange[]): string[] {
  const stopped = schedules.filter(({ fate }) => fate === "paused");
  const notes = new Set(stopped.map(({ after }) => after?.paused));
  const all = stopped.length > 1 && notes.size === 1 && schedules.every(({ after }) => !after || after.paused !== null);
  const told = schedules.filter(({ fate }) => fate !== "unchanged" && !(all && fate === "paused"));
  const fates = [...new Set(told.map(({ fate }) => fate))];
  const groups = new Map(fates.map((fate) => [fate, told.filter((one) => one.fate === fate)]));
  const headlines = told.flatMap((one) => {
    const group = groups.get(one.fate) ?? [];
    if (group.length <= NAMED_SCHEDULES) return headlineOf(one);
    return one === group[0] ? [headlineOfMany(one.fate, group)] : [];
  });
  return all ? [`pauses all schedules (${quoted(stopped[0]?.after?.paused ?? "")})`, ...headlines] : headlines;
}

/** How many schedules have one fate, and what changes if that is the same for all, such as `changes 200 schedules: every 10s → 5s`. */
function headlineOfMany(fate: ScheduleChange["fate"], group: readonly ScheduleChange[]): string {
  const shared = (text: (one: ScheduleChange) => string, before: string, after = "") => {
    const [first = "", ...others] = new Set(group.map(text));
    return first && others.length === 0 ? `${before}${first}${after}` : "";
  };
  const note = fate === "paused" ? shared((one) => quoted(one.after?.paused ?? ""), " (", ")") : "";
  const differences = shared((one) => one.differences.join(", "), ": ");
  return `${MANY[fate]} ${counted(group.length, "schedule")}${note}${differences}`;
}

const MANY: Readonly<Record<ScheduleChange["fate"], string>> = {
  added: "adds",
  removed: "removes",
  paused: "pauses",
  resumed: "resumes",
  changed: "changes",
  unchanged: "keeps",
};

function headlineOf({ name, fate, after, differences }: ScheduleChange): string[] {
  const also = differences.length > 0 ? `, ${differences.join(", ")}` : "";
  switch (fate) {
    case "added":
      return after ? [`adds ${name} ${rhythm(after)}${after.paused === null ? "" : ", paused"}`] : [];
    case "removed":
      return [`removes ${name}`];
    case "paused":
      return [`pauses ${name} (${quoted(after?.paused ?? "")})${also}`];
    case "resumed":
      return [`resumes ${name}${also}`];
    case "changed":
      return [`${name} ${differences.join(", ")}`];
    case "unchanged":
      return [];
  }
}
