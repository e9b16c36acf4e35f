import { ALL_SCHEDULES, type HandPause, type HandPauses, pauseField } from "../../schedule/pause";
import { visibleLine } from "./visible";

/** The pauses that are not over at `now` (ms since the epoch). */
export function heldAt(pauses: HandPauses, now: number): HandPauses {
  return Object.fromEntries(Object.entries(pauses).filter(([, { until }]) => Date.parse(until) > now));
}

/** What a field of the row pauses, in words. */
export function nameOf(field: string): string {
  return field === ALL_SCHEDULES ? "all schedules" : field.slice(pauseField("").length);
}

/** Who began a pause, and why. */
export function whoAndWhy({ by, note }: Pick<HandPause, "by" | "note">): string {
  return visibleLine(`“${note}”, by ${by}`);
}
