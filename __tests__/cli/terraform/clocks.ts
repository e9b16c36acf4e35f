import type { ClockDescription, ScheduleDescription } from "../../../schedule/clock";
import { clockOutput } from "../../../strategies/clock-output";
import {
  clockDescription,
  lambdaClock,
  loop,
  published,
  type ScheduleFields,
  scheduleDescription,
  sqsDelay,
} from "../cost/clocks";

/** Strategies with the settings they have by default. */
export const LOOP = loop();
export const EXPRESS = loop({ machineType: "EXPRESS" });
export const RELATIVE = published();
export const LAMBDA_CLOCK = lambdaClock();
export const SQS_DELAY = sqsDelay();
/** Other clocks do not see its claims. */
export const BY_INSTANTS = sqsDelay({ claims: "instants" });

/** A schedule at 1m; the catch-up window follows the interval. */
export function described(fields: ScheduleFields = {}): ScheduleDescription {
  return scheduleDescription({ interval: "1m", ...fields });
}

/** A clock of `dev` with one schedule at 1m. */
export function clock(fields: Partial<ClockDescription> = {}): ClockDescription {
  return clockDescription({ region: "eu-central-1", schedules: [described()], ...fields });
}

/** A clock as the output `clock` has it. */
export function written(clock: ClockDescription | null): unknown {
  return clock && JSON.parse(clockOutput(clock));
}
