import type { Context } from "aws-lambda";
import type { Json } from "../../schedule/tick";
import { awsRunner } from "../runtime/aws-runner";
import { dispatchByHand, type HandEvent, type HandResult, isHandEvent } from "../runtime/by-hand";
import { callId } from "../runtime/call-id";
import { required } from "../runtime/environment";
import { type IteratorInput, type IteratorState, iterate, type LoopSchedule } from "./iterate";

/** The event of the Iterator state: as its core takes it, but for the payload, which the definition carries as JSON text. */
export interface IteratorEvent extends Omit<IteratorInput, "schedule" | "paused"> {
  readonly schedule: Omit<LoopSchedule, "payload"> & { readonly payload: string };
}

const runner = awsRunner();
/** Names of the schedules that are paused, or `true` for all. Here and not in the definition: runs that are under way are paused too. */
const paused = JSON.parse(required("PAUSED")) as string[] | true;

/** The Iterator of the Step Functions loop. A tick that is fired by hand comes with the schedule as the deployed definition has it. */
export async function handler(
  event: IteratorEvent | (HandEvent & Pick<IteratorEvent, "schedule">),
  context: Context,
): Promise<IteratorState | HandResult> {
  const schedule: LoopSchedule = { ...event.schedule, payload: JSON.parse(event.schedule.payload) as Json };
  if (isHandEvent(event)) {
    const find = (name: string) =>
      name === schedule.name ? { schedule, targets: schedule.targets, grid: schedule.pacing === "clock" } : undefined;
    return dispatchByHand(runner, event.byHand, find, callId(context));
  }
  try {
    return await iterate(
      runner,
      { ...event, schedule, paused: paused === true || paused.includes(schedule.name) },
      callId(context),
    );
  } finally {
    runner.metrics.flush();
  }
}
