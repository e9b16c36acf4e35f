import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createClient } from "./clients";
import { systemClock } from "./clock";
import { metricsVariables, required } from "./environment";
import { dynamoPauses } from "./hand-pauses";
import { claimLead } from "./handover";
import { dynamoLedger, LEDGER_LIMITS } from "./ledger";
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
  const table = required("LEDGER_TABLE");
  // One client: a handshake takes a small function long.
  const client = createClient(DynamoDBClient, LEDGER_LIMITS);
  const log = createLog();
  return {
    clock: systemClock,
    ledger: dynamoLedger(table, client),
    pauses: dynamoPauses(table, client, systemClock, log),
    targets: awsTargets(systemClock, connections),
    log,
    metrics: embeddedMetrics(...metricsVariables()),
    claimLeadMs: claimLead(required("ROLE")),
  };
}
