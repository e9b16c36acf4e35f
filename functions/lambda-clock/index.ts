import type { Context, ScheduledEvent } from "aws-lambda";
import { awsRunner } from "../runtime/aws-runner";
import { callId } from "../runtime/call-id";
import { required } from "../runtime/environment";
import { type ClockSchedule, publishMinutes } from "./publish";

const runner = awsRunner();
const schedules = JSON.parse(required("SCHEDULES")) as ClockSchedule[];
const horizon = Number(required("HORIZON"));

/** LambdaClock: the target of its five rules. */
export async function handler(event: Pick<ScheduledEvent, "time">, context: Context): Promise<void> {
  await publishMinutes(runner, schedules, horizon, event.time, callId(context));
}
