import type { ClockDescription, ScheduleDescription } from "../../../schedule/clock";
import { clockDescription, lambdaClock, loop, published, scheduleDescription } from "../cost/clocks";

/** Strategies with the settings they have by default. */
export const LOOP = loop();
export const EXPRESS = loop({ machineType: "EXPRESS" });
export const RELATIVE = published();
export const LAMBDA_CLOCK = lambdaClock();

/** A schedule at 1m; the catch-up window follows the interval. */
export function described(fields: Partial<ScheduleDescription> = {}): ScheduleDescription {
  return scheduleDescription({ interval: "1m", ...fields });
}

/** A clock of `dev` with one schedule at 1m. */
export function clock(fields: Partial<ClockDescription> = {}): ClockDescription {
  return clockDescription({ region: "eu-central-1", schedules: [described()], ...fields });
}
