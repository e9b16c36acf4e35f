import type { ScheduleDescription } from "../../schedule/clock";
import { msToDuration } from "../../schedule/duration";
import { hoursText } from "../../schedule/hours-text";

/** How often a schedule ticks, as texts. */
export interface Rhythm {
  readonly interval: string;
  /** Intervals and hours in words. @default the interval alone, always */
  readonly hours?: string;
  /** `0s` for none. */
  readonly phase: string;
  /** @default none */
  readonly lead?: string;
}

/** How often a schedule ticks, in words: `every 10s`, or `every 10s + 2s, lead 750ms` with a phase and a lead. */
export function rhythmText({ interval, hours, phase, lead }: Rhythm): string {
  return `every ${hours ?? interval}${phase === "0s" ? "" : ` + ${phase}`}${lead ? `, lead ${lead}` : ""}`;
}

/** The same of a schedule as it is deployed. */
export function rhythm({
  intervalMs,
  phaseMs,
  leadMs,
  hours,
}: Pick<ScheduleDescription, "intervalMs" | "phaseMs" | "leadMs" | "hours">): string {
  return rhythmText({
    interval: msToDuration(intervalMs),
    hours: hoursText({ hours }),
    phase: msToDuration(phaseMs),
    ...(leadMs && { lead: msToDuration(leadMs) }),
  });
}
