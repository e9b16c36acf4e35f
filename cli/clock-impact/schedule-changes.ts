import type { ClockDescription, ScheduleDescription } from "../../schedule/clock";
import { msToDuration } from "../../schedule/duration";

/** A day in ms. */
const DAY_MS = 86_400_000;

/** What becomes of one schedule. A renamed one is a removed and an added one: its ticks have other ids. */
export type ScheduleFate = "added" | "removed" | "paused" | "resumed" | "changed" | "unchanged";

/** One schedule before and after a change. */
export interface ScheduleChange {
  readonly name: string;
  readonly fate: ScheduleFate;
  /** `null` where it is added. */
  readonly before: ScheduleDescription | null;
  /** `null` where it is removed. */
  readonly after: ScheduleDescription | null;
  /** What differs besides pausing, such as `every 10s → 5s`. */
  readonly differences: readonly string[];
}

/** The schedules of two descriptions side by side, those of `after` first, in its order. */
export function scheduleChanges(
  before: readonly ScheduleDescription[],
  after: readonly ScheduleDescription[],
): ScheduleChange[] {
  const removed = before.filter(({ name }) => !after.some((other) => other.name === name));
  return [
    ...after.map((schedule) => changeOf(before.find(({ name }) => name === schedule.name) ?? null, schedule)),
    ...removed.map((schedule) => ({
      name: schedule.name,
      fate: "removed" as const,
      before: schedule,
      after: null,
      differences: [],
    })),
  ];
}

function changeOf(before: ScheduleDescription | null, after: ScheduleDescription): ScheduleChange {
  const differences = before ? differencesOf(before, after) : [];
  return { name: after.name, fate: fateOf(before, after, differences), before, after, differences };
}

function fateOf(
  before: ScheduleDescription | null,
  after: ScheduleDescription,
  differences: readonly string[],
): ScheduleFate {
  if (!before) return "added";
  if (before.paused === null && after.paused !== null) return "paused";
  if (before.paused !== null && after.paused === null) return "resumed";
  return differences.length > 0 ? "changed" : "unchanged";
}

function differencesOf(before: ScheduleDescription, after: ScheduleDescription): string[] {
  const differences: string[] = [];
  const compare = (what: string, from: string, to: string) => {
    if (from !== to) differences.push(`${what} ${from} → ${to}`);
  };
  compare("every", msToDuration(before.intervalMs), msToDuration(after.intervalMs));
  compare("phase", msToDuration(before.phaseMs), msToDuration(after.phaseMs));
  // One interval is the default: where it only follows the interval, nobody asked for another window.
  const followed = [before, after].every(({ catchUpMs, intervalMs }) => catchUpMs === intervalMs);
  if (!followed) compare("catch-up window", msToDuration(before.catchUpMs), msToDuration(after.catchUpMs));
  compare("overdue", before.overdue, after.overdue);
  compare("targets", targetsOf(before), targetsOf(after));
  if (before.paused !== null && after.paused !== null) {
    compare("note", quoted(before.paused), quoted(after.paused));
  }
  return differences;
}

function targetsOf({ targets: { functions, topics } }: ScheduleDescription): string {
  const counted = [
    [functions, "function"],
    [topics, "topic"],
  ] as const;
  const named = counted.filter(([n]) => n > 0).map(([n, what]) => `${n} ${what}${n === 1 ? "" : "s"}`);
  return named.length > 0 ? named.join(" and ") : "none";
}

/** A pause's note in quotation marks. */
export function quoted(note: string): string {
  return `“${note}”`;
}

/** How often a schedule ticks, in words: `every 10s`, with its phase where it has one. */
export function rhythm({ intervalMs, phaseMs }: ScheduleDescription): string {
  const every = `every ${msToDuration(intervalMs)}`;
  return phaseMs === 0 ? every : `${every} + ${msToDuration(phaseMs)}`;
}

/** Ticks due in a day of 86,400 s: the sum over the schedules that are not paused; a fraction where an interval does not divide it. */
export function ticksPerDay(clock: Pick<ClockDescription, "schedules">): number {
  return clock.schedules.reduce(
    (sum, { intervalMs, paused }) => (paused === null ? sum + DAY_MS / intervalMs : sum),
    0,
  );
}

/** What changes about the schedules, a few words each, such as `heartbeat every 10s → 5s`. */
export function scheduleHeadlines(schedules: readonly ScheduleChange[]): string[] {
  const stopped = schedules.filter(({ fate }) => fate === "paused");
  const notes = new Set(stopped.map(({ after }) => after?.paused));
  const all = stopped.length > 1 && notes.size === 1 && schedules.every(({ after }) => !after || after.paused !== null);
  const headlines = schedules.flatMap((one) => (all && one.fate === "paused" ? [] : headlineOf(one)));
  return all ? [`pauses all schedules (${quoted(stopped[0]?.after?.paused ?? "")})`, ...headlines] : headlines;
}

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
