import type { Context } from "aws-lambda";
import type { Json } from "../../schedule/tick";
import { callId } from "../runtime/call-id";
import { systemClock } from "../runtime/clock";
import { optional, required } from "../runtime/environment";
import { claimLead } from "../runtime/handover";
import { dynamoLedger } from "../runtime/ledger";
import { createLog } from "../runtime/log";
import { embeddedMetrics } from "../runtime/metrics";
import type { TickRunner } from "../runtime/run-tick";
import { awsTargets } from "../runtime/targets";
import { type IteratorInput, type IteratorState, iterate, type LoopSchedule } from "./iterate";

/** The event of the Iterator state: as its core takes it, but for the payload, which the definition carries as JSON text. */
export interface IteratorEvent extends Omit<IteratorInput, "schedule" | "paused"> {
  readonly schedule: Omit<LoopSchedule, "payload"> & { readonly payload: string };
}

const runner: TickRunner = {
  clock: systemClock,
  ledger: dynamoLedger(required("LEDGER_TABLE")),
  targets: awsTargets(),
  log: createLog(),
  metrics: embeddedMetrics(optional("METRICS_ENVIRONMENT")),
  claimLeadMs: claimLead(required("ROLE")),
};
/** Names of the schedules that are paused. Here and not in the definition: runs that are under way are paused too. */
const paused = new Set(JSON.parse(required("PAUSED")) as string[]);

/** The Iterator of the Step Functions loop. */
export async function handler(event: IteratorEvent, context: Context): Promise<IteratorState> {
  const schedule: LoopSchedule = { ...event.schedule, payload: JSON.parse(event.schedule.payload) as Json };
  try {
    return await iterate(runner, { ...event, schedule, paused: paused.has(schedule.name) }, callId(context));
  } finally {
    runner.metrics.flush();
  }
}
