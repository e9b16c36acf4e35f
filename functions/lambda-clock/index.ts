import type { Context, ScheduledEvent } from "aws-lambda";
import { awsRunner } from "../runtime/aws-runner";
import { dispatchByHand, type HandEvent, type HandResult, isHandEvent } from "../runtime/by-hand";
import { callId } from "../runtime/call-id";
import { required } from "../runtime/environment";
import { type ClockSchedule, publishMinutes } from "./publish";

const runner = awsRunner();
const schedules = JSON.parse(required("SCHEDULES")) as ClockSchedule[];
const horizon = Number(required("HORIZON"));

/** LambdaClock: the target of its five rules. */
export async function handler(
  event: Pick<ScheduledEvent, "time"> | HandEvent,
  context: Context,
): Promise<HandResult | undefined> {
  if (isHandEvent(event)) {
    const find = (name: string) => {
      const schedule = schedules.find((one) => one.name === name);
      return schedule && { schedule, targets: schedule.topics };
    };
    return dispatchByHand(runner, event.byHand, find, callId(context));
  }
  await publishMinutes(runner, schedules, horizon, event.time, callId(context));
  return undefined;
}
