import { paginateListExecutions, SFNClient } from "@aws-sdk/client-sfn";
import { createClient } from "../runtime/clients";
import { createLog } from "../runtime/log";
import { isDuplicate, type RunningExecution } from "./decide";

/** The input from the CheckRunning state: the execution it is in. */
export interface DuplicateCheckEvent {
  readonly stateMachine: string;
  readonly execution: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
}

const client = createClient(SFNClient, { tries: 3, answerWithinMs: 1_000 });
const log = createLog();

/** Says whether another execution of the same state machine, with precedence over this one, is running. */
export async function handler(event: DuplicateCheckEvent): Promise<{ alreadyRunning: boolean }> {
  const running: RunningExecution[] = [];
  const pages = paginateListExecutions({ client }, { stateMachineArn: event.stateMachine, statusFilter: "RUNNING" });
  for await (const page of pages) {
    for (const { executionArn, startDate } of page.executions ?? []) {
      if (executionArn && startDate) running.push({ arn: executionArn, startedAt: startDate.getTime() });
    }
  }
  const self = { arn: event.execution, startedAt: Date.parse(event.startedAt) };
  const alreadyRunning = isDuplicate(self, running);
  log({ kind: "run.checked", run: event.execution, running: running.length, alreadyRunning });
  return { alreadyRunning };
}
