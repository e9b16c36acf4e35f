import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  paginateGetExecutionHistory,
  paginateListExecutions,
  paginateListStateMachines,
  SFNClient,
} from "@aws-sdk/client-sfn";
import { functionLogGroup } from "../../constructs/naming";
import { emulatorCredentials } from "../../emulator/access-key";
import { MINUTE_MS } from "../../schedule/duration";
import type { Span } from "../../schedule/outcome";
import { PRICE_REGION } from "../cost/prices";
import { namePrefix } from "./faults";

/** Counts of one environment, per minute. */
export interface Counted {
  /** Invocations of this project's functions, without the sample target's. */
  readonly invocationsPerMinute: number;
  /** States entered by STANDARD state machines, which are billed by transition; `null` if it has no such state machine. */
  readonly transitionsPerMinute: number | null;
}

/** The longest execution, in ms: one that entered a state within a span started at most this long before it. */
const LONGEST_RUN_MS = 10 * MINUTE_MS;

/** Counts on the embedded AWS at `endpoint` what AWS would bill: the average usage of an environment over a span. */
export async function countUsage(environment: string, span: Span, endpoint: string): Promise<Counted> {
  const client = { endpoint, region: PRICE_REGION, credentials: emulatorCredentials(endpoint) };
  const minutes = (span.to - span.from) / MINUTE_MS;
  const transitions = await countTransitions(new SFNClient(client), environment, span);
  return {
    invocationsPerMinute: (await countInvocations(new CloudWatchLogsClient(client), environment, span)) / minutes,
    transitionsPerMinute: transitions === null ? null : transitions / minutes,
  };
}

/** Invocations that ended within the span, by the platform's report lines. */
async function countInvocations(
  client: CloudWatchLogsClient,
  environment: string,
  { from, to }: Span,
): Promise<number> {
  const logGroupNamePrefix = functionLogGroup(namePrefix(environment));
  const target = functionLogGroup(`${namePrefix(environment)}sample-target`);
  let ended = 0;
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, { logGroupNamePrefix })) {
    for (const { logGroupName } of logGroups.filter((group) => group.logGroupName !== target)) {
      for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName })) {
        ended += events.filter(
          ({ timestamp = 0, message }) => timestamp >= from && timestamp < to && message?.includes('"platform.report"'),
        ).length;
      }
    }
  }
  return ended;
}

/** States entered within the span. Neither AWS nor the embedded AWS lists the executions of an EXPRESS state machine. */
async function countTransitions(client: SFNClient, environment: string, { from, to }: Span): Promise<number | null> {
  let entered: number | null = null;
  for await (const { stateMachines = [] } of paginateListStateMachines({ client }, {})) {
    for (const { name, type, stateMachineArn } of stateMachines) {
      if (type === "EXPRESS" || !name?.startsWith(namePrefix(environment))) continue;
      entered ??= 0;
      for await (const { executions = [] } of paginateListExecutions({ client }, { stateMachineArn })) {
        for (const { executionArn, startDate } of executions) {
          const started = startDate?.getTime() ?? 0;
          if (started < from - LONGEST_RUN_MS || started >= to) continue;
          entered += await statesEntered(client, executionArn, { from, to });
        }
      }
    }
  }
  return entered;
}

async function statesEntered(client: SFNClient, executionArn: string | undefined, { from, to }: Span): Promise<number> {
  let entered = 0;
  for await (const { events = [] } of paginateGetExecutionHistory({ client }, { executionArn })) {
    entered += events.filter(({ type, timestamp }) => {
      const at = timestamp?.getTime() ?? 0;
      return type?.endsWith("StateEntered") && at >= from && at < to;
    }).length;
  }
  return entered;
}
