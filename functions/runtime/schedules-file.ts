import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { OverduePolicy } from "../../schedule/plan";
import { SCHEDULES_FILE } from "../../schedule/schedule";
import type { ScheduleSpec } from "../../schedule/tick";

/** A schedule as the file has it. */
export interface FiledSchedule extends ScheduleSpec {
  readonly overdue: OverduePolicy;
  /** ARNs. */
  readonly targets: readonly string[];
  /** A paused schedule has no tick dispatched, and a line in the log says so with every firing. */
  readonly paused: boolean;
}

/** Reads the schedules that the stack has put beside the code. @throws Error if the file is not there. */
export function readSchedules(directory: string): FiledSchedule[] {
  return JSON.parse(readFileSync(join(directory, SCHEDULES_FILE), "utf8")) as FiledSchedule[];
}
