import { createHash } from "node:crypto";
import type { Context } from "aws-lambda";
import { awsRunner } from "../runtime/aws-runner";
import { callId } from "../runtime/call-id";
import { required } from "../runtime/environment";
import { readSchedules } from "../runtime/schedules-file";
import { sqsBurstQueue } from "./burst-queue";
import { type PlanSettings, planBursts } from "./plan-bursts";
import { dynamoPlannedMinutes } from "./planned-minutes";

const schedules = readSchedules(__dirname);
const settings: PlanSettings = {
  horizon: Number(required("HORIZON")),
  mostAtOnce: Number(required("MOST_AT_ONCE")),
  claims: required("CLAIMS") as PlanSettings["claims"],
};
const runner = awsRunner();

/** Names the plan, by the consumer and the grids, hours and leads of the schedules. A change of one begins another plan. */
const plan = createHash("sha256")
  .update(required("CONSUMER"))
  .update(
    JSON.stringify(
      schedules.map(({ name, intervalMs, phaseMs, hours, paused, leadMs }) => [
        name,
        intervalMs,
        phaseMs,
        paused,
        ...(leadMs ? [leadMs] : []),
        ...(hours ? [hours] : []),
      ]),
    ),
  )
  .digest("hex")
  .slice(0, 16);

const planner = {
  ...runner,
  planned: dynamoPlannedMinutes(required("LEDGER_TABLE"), plan),
  queue: sqsBurstQueue(required("QUEUE_URL")),
};

/** The planner: the target of the rule. */
export async function handler(_event: unknown, context: Context): Promise<void> {
  try {
    await planBursts(planner, schedules, settings, callId(context));
  } finally {
    runner.metrics.flush();
  }
}
