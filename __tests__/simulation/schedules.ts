import type { LoopSchedule } from "../../functions/iterator/iterate";
import type { ClockSchedule } from "../../functions/lambda-clock/publish";
import { MINUTE_MS, SECOND_MS } from "../../schedule/duration";
import type { ScheduleSpec } from "../../schedule/tick";

/** Second 0 of a clock minute, and on the grid of 1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30 and 60 s: 2026-11-22T18:25:00.000Z. */
export const MINUTE = Date.parse("2026-11-22T18:25:00.000Z");

export const FUNCTION_ARN = "arn:aws:lambda:eu-central-1:111111111111:function:heartbeat";
export const TOPIC_ARN = "arn:aws:sns:eu-central-1:111111111111:heartbeat";
export const QUEUE_ARN = "arn:aws:sqs:eu-central-1:111111111111:heartbeat";
export const ITERATOR_ARN = "arn:aws:lambda:eu-central-1:111111111111:function:metronome-test-iterator";
export const CHECK_ARN = "arn:aws:lambda:eu-central-1:111111111111:function:metronome-test-duplicate-check";

/** A schedule named `beat` with a catch-up window of one interval. */
export function scheduleOf(intervalS: number, phaseS = 0, fields: Partial<ScheduleSpec> = {}): ScheduleSpec {
  return {
    name: "beat",
    strategy: "sfn-loop",
    intervalMs: intervalS * SECOND_MS,
    phaseMs: phaseS * SECOND_MS,
    catchUpMs: intervalS * SECOND_MS,
    payload: {},
    ...fields,
  };
}

/** The same on the Step Functions loop, with clock pacing and a horizon of 3. */
export function loopOf(intervalS: number, phaseS = 0, fields: Partial<LoopSchedule> = {}): LoopSchedule {
  return {
    ...scheduleOf(intervalS, phaseS),
    pacing: "clock",
    targets: [FUNCTION_ARN],
    horizon: 3,
    overdue: "skip",
    claimScope: "beat@STANDARD",
    ...fields,
  };
}

/** The same on LambdaClock, every `minutes` minutes. */
export function clockOf(minutes: number, fields: Partial<ClockSchedule> = {}): ClockSchedule {
  return {
    ...scheduleOf((minutes * MINUTE_MS) / SECOND_MS, 0, { strategy: "lambda-clock" }),
    topics: [TOPIC_ARN],
    paused: false,
    ...fields,
  };
}
