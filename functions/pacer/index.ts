import type { Context, SQSEvent } from "aws-lambda";
import { awsRunner } from "../runtime/aws-runner";
import { dispatchByHand, type HandEvent, type HandResult, isHandEvent } from "../runtime/by-hand";
import { callId } from "../runtime/call-id";
import { readSchedules } from "../runtime/schedules-file";
import { pace } from "./pace";
import { readBurst } from "./read-burst";

const schedules = readSchedules(__dirname);
/** Connections to each target's service: with so many, a dozen dispatches of one instant wait for no answer. */
const CONNECTIONS = 10;

const runner = awsRunner(CONNECTIONS);

/** The pacer: it gets one burst at a time from the queue. */
export async function handler(event: SQSEvent | HandEvent, context: Context): Promise<HandResult | undefined> {
  if (isHandEvent(event)) {
    const find = (name: string) => {
      const schedule = schedules.find((one) => one.name === name);
      return schedule && { schedule, targets: schedule.targets };
    };
    return dispatchByHand(runner, event.byHand, find, callId(context));
  }
  try {
    for (const { body } of event.Records) await pace(runner, schedules, readBurst(body), callId(context));
  } finally {
    runner.metrics.flush();
  }
  return undefined;
}
