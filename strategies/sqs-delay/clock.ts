import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { BundledFunction } from "../../constructs/bundled-function";
import { ScheduledRule } from "../../constructs/scheduled-rule";
import type { FiledSchedule } from "../../functions/runtime/schedules-file";
import { SECOND_MS } from "../../schedule/duration";
import { SCHEDULES_FILE, scheduleSpec } from "../../schedule/schedule";
import { longestLead } from "../../schedule/tick";
import { type ClockHost, type ClockResources, type ClockRole, dispatchTo } from "../clock";
import { BurstQueue } from "./burst-queue";
import { mostAtOnce, pacersAllowed } from "./capacity";
import type { SqsDelaySettings } from "./settings";
import { sqsDelay } from "./strategy";
import { PLANNER_MEMORY } from "./usage";

/** Longest invocation of the planner in s: its reads, a minute's messages several times, its notes. */
const PLANNER_TIMEOUT_S = 60;

/** Longest invocation of a pacer in s: the longest burst, two seconds before it, and the tries of its last dispatches; a lead comes on top. */
const PACER_TIMEOUT_S = 35;

/**
 * Puts an environment's schedules on delayed bursts: one rule, a planner, a queue, a pacer. The schedules are in the zips
 * of the two functions, so the number of resources does not depend on them.
 */
export function addSqsDelay(host: ClockHost, settings: SqsDelaySettings, role: ClockRole): ClockResources {
  const files = { [SCHEDULES_FILE]: JSON.stringify(filedSchedules(host)) };
  const variables = { LEDGER_TABLE: host.ledger.name, ROLE: role, ...host.metricsVariables };
  // A pacer starts for the longest lead, and a schedule without one may be in the same burst.
  const pacerTimeoutS = PACER_TIMEOUT_S + Math.ceil(longestLead(host.schedules) / SECOND_MS);
  const queueName = host.physicalName("bursts");
  const queue = new BurstQueue(host, "bursts", {
    name: queueName,
    arn: host.arnOf("sqs", queueName),
    visibilityTimeoutS: pacerTimeoutS,
    failureQueueArn: host.failures.arn,
  });
  const mapping = addPacer(host, settings, queue, pacerTimeoutS, files, variables);
  const planner = new BundledFunction(host, "planner", {
    ...host.functionSettings,
    source: "planner",
    name: host.physicalName("planner"),
    description: "Planner: sends the coming minutes of all schedules as bursts, each a delayed message",
    timeout: PLANNER_TIMEOUT_S,
    memory: PLANNER_MEMORY,
    environment: {
      ...variables,
      QUEUE_URL: queue.url,
      // A new consumer has got none of the messages of the one before it, so all minutes are planned anew.
      CONSUMER: mapping.uuid,
      HORIZON: String(settings.horizon),
      MOST_AT_ONCE: String(mostAtOnce(settings.pacerMemory)),
      CLAIMS: settings.claims,
    },
    files,
    failures: host.failures,
    allow: [{ actions: ["sqs:SendMessage"], resources: [queue.arn] }, host.ledger.plan],
  });
  const rule = new ScheduledRule(host, "planner-rule", {
    name: host.physicalName("planner"),
    description: "Has the coming minutes planned once a minute",
    expression: "rate(1 minute)",
    targetArn: planner.arn,
    failureQueueArn: host.failures.arn,
  });
  const permission = new LambdaPermission(host, "planner-rule-permission", {
    action: "lambda:InvokeFunction",
    principal: "events.amazonaws.com",
    functionName: planner.functionName,
    sourceArn: rule.arn,
  });
  rule.startAfter(permission);
  return { machines: [] };
}

/** @returns what hands bursts to the pacer. */
function addPacer(
  host: ClockHost,
  { pacerMemory }: SqsDelaySettings,
  queue: BurstQueue,
  timeoutS: number,
  files: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, string>>,
): LambdaEventSourceMapping {
  const dispatch = dispatchTo(host, "pacer");
  const pacer = new BundledFunction(host, "pacer", {
    ...host.functionSettings,
    source: "pacer",
    name: host.physicalName("pacer"),
    description: "Pacer: stays awake through a burst and dispatches its ticks",
    timeout: timeoutS,
    memory: pacerMemory,
    reservedConcurrency: host.reservedConcurrency,
    environment: variables,
    files,
    allow: [
      {
        actions: ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
        resources: [queue.arn],
      },
      ...dispatch.allow,
      host.ledger.pauses,
      host.ledger.claim,
    ],
    managedPolicies: dispatch.managedPolicies,
  });
  return new LambdaEventSourceMapping(host, "bursts-to-pacer", {
    eventSourceArn: queue.arn,
    functionName: pacer.arn,
    // A pacer is awake for its burst alone: a second one in the same batch would wait for the first.
    batchSize: 1,
    scalingConfig: { maximumConcurrency: pacersAllowed(pacerMemory, host.schedules) },
  });
}

/** The schedules as the functions read them. */
function filedSchedules(host: ClockHost): FiledSchedule[] {
  return host.schedules.map((schedule) => ({
    ...scheduleSpec(schedule, sqsDelay.kind),
    overdue: schedule.overdue,
    targets: host.targetNamesOf(schedule),
    paused: schedule.paused !== null,
  }));
}
