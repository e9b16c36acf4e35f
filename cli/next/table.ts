import { quoted } from "../clock-impact/schedule-changes";
import { columns } from "../lib/table";
import { visibleTexts } from "../lib/visible";
import { counted } from "../terraform/markdown";
import type { NextTicks, ZoneTime } from "./next-ticks";

/** Most schedules without ticks that are named; `--json` has all. */
const NAMED = 10;

/** The next ticks as text for a terminal. */
export function renderNext(next: NextTicks): string {
  const { environment, strategy, from, schedules, ticks, paused, neverDue, withoutGrid } = visibleTexts(next);
  const parts: string[] = [];
  if (ticks.length > 0) {
    const what = `the next ${counted(ticks.length, "tick")} of ${counted(schedules, "schedule")}`;
    const zoned = ticks.some(({ local }) => local.length > 0);
    const rows = ticks.map((tick) => [
      withoutMs(tick.scheduledAt),
      ...(zoned ? [localCell(tick.local)] : []),
      tick.schedule,
      tick.rhythm,
      tick.id,
    ]);
    parts.push(`${environment}: ${what}, from ${from} on, in UTC`);
    parts.push(columns([["scheduledAt", ...(zoned ? ["local"] : []), "schedule", "rhythm", "id"], ...rows]));
  }
  if (neverDue.length > 0) {
    const lines = neverDue.map(({ schedule, rhythm }) => `  ${schedule}: ${rhythm}`);
    const head = `${environment}: ${counted(neverDue.length, "schedule")} ${neverDue.length === 1 ? "is" : "are"} enabled, but no tick is due in the year from ${from} on`;
    parts.push([head, ...cut(lines)].join("\n"));
  }
  if (withoutGrid.length > 0) {
    const why = `${strategy} has no grid. A tick comes an interval after the one before, and a run begins when its rule fires. So no instants are known ahead.`;
    const lines = withoutGrid.map(({ schedule, rhythm }) => `  ${schedule}: ${rhythm}`);
    parts.push([`${environment}: ${why}`, ...cut(lines)].join("\n"));
  }
  if (paused.length > 0) {
    const lines = paused.map(({ schedule, note }) => `  ${schedule}: ${quoted(note)}`);
    const head = `${environment}: ${counted(paused.length, "schedule")} ${paused.length === 1 ? "is" : "are"} paused and will not tick`;
    parts.push([head, ...cut(lines)].join("\n"));
  }
  return parts.join("\n\n");
}

/** An instant (ISO 8601, UTC, ms) without its ms, if it is at a whole second, as each tick is. */
export function withoutMs(instant: string): string {
  return instant.replace(".000Z", "Z");
}

/** What the clocks of time zones show, in one line: `2026-11-27T10:00:00+01:00 Europe/Berlin`; empty without zones. */
export function localCell(local: readonly ZoneTime[]): string {
  return local.map(({ shows, zone }) => `${shows} ${zone}`).join(", ");
}

function cut(lines: readonly string[]): readonly string[] {
  const left = lines.length - NAMED;
  return left > 0 ? [...lines.slice(0, NAMED), `  and ${counted(left, "more schedule")}`] : lines;
}
