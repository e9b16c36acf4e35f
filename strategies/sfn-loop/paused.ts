import type { Schedule } from "../../schedule/schedule";

/**
 * Bytes that the Iterator's variable PAUSED has. The variables of a function take 4,096 bytes in all (Lambda quotas), and
 * the others need 160 at most.
 */
export const PAUSED_BYTES = 3_930;

/** The value of PAUSED as JSON: the names of the paused schedules, or `true` if all are paused and their names are too long. */
export function pausedVariable(schedules: readonly Pick<Schedule, "name" | "paused">[]): string {
  const paused = schedules.filter((schedule) => schedule.paused !== null).map(({ name }) => name);
  const names = JSON.stringify(paused);
  return names.length > PAUSED_BYTES && paused.length === schedules.length ? "true" : names;
}
