import { durationToMs } from "../schedule/duration";
import type { ScheduleSpec } from "../schedule/tick";
import type { ScheduleConfig } from "./types";

/** A validated schedule as the domain knows it, with its defaults and times in ms. */
export function scheduleSpec(schedule: ScheduleConfig, strategy: string): ScheduleSpec {
  const intervalMs = ms(schedule.interval);
  return {
    name: schedule.name,
    strategy,
    intervalMs,
    phaseMs: ms(schedule.phase ?? "0s"),
    catchUpMs: schedule.catchUpWindow ? ms(schedule.catchUpWindow) : intervalMs,
    // Null is a payload too.
    payload: schedule.payload === undefined ? {} : schedule.payload,
  };
}

function ms(duration: string): number {
  const value = durationToMs(duration);
  if (value === undefined) throw new TypeError(`"${duration}" is not a duration`);
  return value;
}
