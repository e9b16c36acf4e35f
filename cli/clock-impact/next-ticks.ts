import type { ClockDescription, ScheduleDescription } from "../../schedule/clock";
import { iso } from "../../schedule/tick";
import { upcomingOf } from "../../schedule/upcoming";
import { timed } from "../ci/texts";
import { columns } from "../lib/table";
import { zoneTimes } from "../next/next-ticks";
import { localCell, withoutMs } from "../next/table";
import { code, counted, fenced, prose } from "../terraform/markdown";
import { movesTicks, scheduleChanges } from "./schedule-changes";
import { nameOf, timingOf } from "./switching-pause";

/** How many ticks of each schedule are shown. */
const TICKS = 3;

/** Most schedules whose ticks are shown; `metronome next` has all. */
const SCHEDULES = 10;

/** The clock before and after a plan; `null` for none. */
interface ClockChange {
  readonly before: ClockDescription | null;
  readonly after: ClockDescription | null;
}

/**
 * The next three ticks of each schedule whose ticks a plan moves, as Markdown; empty if it moves none, or if all that it moves
 * are paused. The text is marked as one that holds for its time only.
 *
 * @param plannedAt when the plan was made, ISO 8601 in UTC: the ticks are at or after it.
 * @param most how many schedules have room at most.
 */
export function renderNextTicks({ before, after }: ClockChange, plannedAt: string, most: number): string {
  if (!after) return "";
  const moved = scheduleChanges(before?.schedules ?? [], after.schedules).flatMap((one) =>
    one.after?.paused === null && movesTicks(one) ? [one.after] : [],
  );
  if (moved.length === 0) return "";
  const title = "**The next three ticks of each changed schedule**";
  if (!timingOf(after.strategy).grid) {
    return `${title}: not known ahead, because ${prose(nameOf(after.strategy))} has no grid.`;
  }
  const shown = moved.slice(0, Math.min(most, SCHEDULES));
  const rows = shown.flatMap((one) => rowsOf(one, Date.parse(plannedAt)));
  const zoned = rows.some(([, , zones]) => zones !== "");
  const head = ["schedule", "scheduledAt", "local"];
  const left = moved.length - shown.length;
  const parts = [
    `${title}, in UTC. They are counted from the time of the plan, ${plannedAt}, and it is deployed later.`,
    fenced("text", columns([head, ...rows].map((row) => (zoned ? row : row.slice(0, 2))))),
    ...(left > 0 ? [`And ${counted(left, "more schedule")}: ${code(`npx metronome next ${after.environment}`)}`] : []),
  ];
  return timed(parts.join("\n\n"));
}

/** The ticks of a schedule, a row each; its name is in the first. */
function rowsOf(schedule: ScheduleDescription, from: number): string[][] {
  const rows: string[][] = [];
  for (const { at } of upcomingOf([schedule], from)) {
    rows.push([rows.length === 0 ? schedule.name : "", withoutMs(iso(at)), localCell(zoneTimes(schedule, at))]);
    if (rows.length === TICKS) break;
  }
  return rows.length > 0 ? rows : [[schedule.name, "none in a year", ""]];
}
