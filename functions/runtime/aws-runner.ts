import { systemClock } from "./clock";
import { metricsVariables, required } from "./environment";
import { claimLead } from "./handover";
import { dynamoLedger } from "./ledger";
import { createLog } from "./log";
import { embeddedMetrics } from "./metrics";
import type { TickRunner } from "./run-tick";
import { awsTargets } from "./targets";

/**
 * What a function runs ticks with on AWS, as the stack has set its environment variables.
 *
 * @param connections to each target's service at most. @default a few, for a schedule or a few at one instant
 */
export function awsRunner(connections?: number): TickRunner {
  return {
    clock: systemClock,
    ledger: dynamoLedger(required("LEDGER_TABLE")),
    targets: awsTargets(systemClock, connections),
    log: createLog(),
    metrics: embeddedMetrics(...metricsVariables()),
    claimLeadMs: claimLead(required("ROLE")),
  };
}
