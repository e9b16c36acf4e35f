import type { Context, ScheduledEvent } from "aws-lambda";
import { callId } from "../runtime/call-id";
import { systemClock } from "../runtime/clock";
import { optional, required } from "../runtime/environment";
import { claimLead } from "../runtime/handover";
import { dynamoLedger } from "../runtime/ledger";
import { createLog } from "../runtime/log";
import { embeddedMetrics } from "../runtime/metrics";
import type { TickRunner } from "../runtime/run-tick";
import { awsTargets } from "../runtime/targets";
import { type ClockSchedule, publishMinutes } from "./publish";

const runner: TickRunner = {
  clock: systemClock,
  ledger: dynamoLedger(required("LEDGER_TABLE")),
  targets: awsTargets(),
  log: createLog(),
  metrics: embeddedMetrics(optional("METRICS_ENVIRONMENT")),
  claimLeadMs: claimLead(required("ROLE")),
};
const schedules = JSON.parse(required("SCHEDULES")) as ClockSchedule[];
const horizon = Number(required("HORIZON"));

/** LambdaClock: the target of its five rules. */
export async function handler(event: Pick<ScheduledEvent, "time">, context: Context): Promise<void> {
  await publishMinutes(runner, schedules, horizon, event.time, callId(context));
}
