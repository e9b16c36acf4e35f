import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { BundledFunction } from "../../constructs/bundled-function";
import { ScheduledRule } from "../../constructs/scheduled-rule";
import { terraformLiteral } from "../../constructs/terraform-literal";
import type { ClockSchedule } from "../../functions/lambda-clock/publish";
import { scheduleSpec } from "../../schedule/schedule";
import { isTopic } from "../../schedule/target";
import { type ClockHost, type ClockResources, type ClockRole, TOPIC_ACTIONS } from "../clock";
import { asciiJson } from "../json-text";
import type { LambdaClockSettings } from "./settings";
import { lambdaClock } from "./strategy";
import { TopicSubscriber } from "./topic-subscriber";
import { ANALYSER_MEMORY } from "./usage";

/** The article's name of the function, the topic and (with a number) the rules. */
const LAMBDA_CLOCK = "LambdaClock";

/** Each of the article's rules fires every five minutes, each at another minute of the five. */
const RULES = [0, 1, 2, 3, 4] as const;

/** Margin beyond the horizon in which LambdaClock may still run, in s: a start, a dispatch, and a minute of asking the ledger again. */
const TIMEOUT_MARGIN_S = 75;

/**
 * Puts an environment's schedules on LambdaClock: five rules, a function that waits to second 0, a topic, an analyser.
 *
 * @returns what it runs on.
 */
export function addLambdaClock(host: ClockHost, settings: LambdaClockSettings, role: ClockRole): ClockResources {
  const topic = new SnsTopic(host, "topic", { name: host.physicalName(LAMBDA_CLOCK) });
  const clock = addClockFunction(host, settings, role, topic);
  const subscribe = (id: string, functionArn: string, schedules?: readonly string[]) =>
    new TopicSubscriber(host, id, {
      topicArn: topic.arn,
      functionArn,
      schedules,
      failureQueueArn: host.failures.arn,
    }).subscription;
  const subscriptions = [
    subscribe("latency-analyser-subscriber", addAnalyser(host).arn),
    ...[...functionsToTick(host)].map(([target, schedules]) => subscribe(subscriberId(target), target, schedules)),
  ];
  for (const minute of RULES) {
    const rule = new ScheduledRule(host, `rule-${minute}`, {
      name: host.physicalName(`${LAMBDA_CLOCK}_${minute}`),
      description: `Wakes LambdaClock in minutes ${minute} and ${minute + 5} of every ten`,
      expression: `cron(${minute}/5 * ? * MON-SUN *)`,
      targetArn: clock.arn,
      failureQueueArn: host.failures.arn,
    });
    const permission = new LambdaPermission(host, `rule-${minute}-permission`, {
      action: "lambda:InvokeFunction",
      principal: "events.amazonaws.com",
      functionName: clock.functionName,
      sourceArn: rule.arn,
    });
    rule.startAfter(permission, ...subscriptions);
  }
  return { machines: [] };
}

function addClockFunction(
  host: ClockHost,
  { horizon, clockMemory }: LambdaClockSettings,
  role: ClockRole,
  topic: SnsTopic,
): BundledFunction {
  // Read once: each reading is another token, and a set of them would hold it many times.
  const topicArn = topic.arn;
  const schedules: ClockSchedule[] = host.schedules.map((schedule) => {
    const spec = scheduleSpec(schedule, lambdaClock.kind);
    const topics = [topicArn, ...(schedule.targets ?? []).filter(isTopic)];
    return { ...spec, payload: terraformLiteral(spec.payload), topics, paused: schedule.paused !== null };
  });
  return new BundledFunction(host, "lambda-clock", {
    ...host.functionSettings,
    source: "lambda-clock",
    name: host.physicalName(LAMBDA_CLOCK),
    description: "LambdaClock: waits to second 0 of the next minute and publishes its ticks",
    // A rule fires anywhere in its minute, and the first wait goes to the end of it.
    timeout: horizon * 60 + TIMEOUT_MARGIN_S,
    memory: clockMemory,
    reservedConcurrency: host.reservedConcurrency,
    environment: {
      LEDGER_TABLE: host.ledger.name,
      SCHEDULES: asciiJson(JSON.stringify(schedules)),
      HORIZON: String(horizon),
      ROLE: role,
      ...host.metricsVariables,
    },
    failures: host.failures,
    allow: [
      { actions: TOPIC_ACTIONS, resources: [...new Set(schedules.flatMap(({ topics }) => topics))] },
      ...host.topicKeys,
      host.ledger.claim,
    ],
  });
}

function addAnalyser(host: ClockHost): BundledFunction {
  // Schedules whose ticks no function of ours runs: their start skew is measured when the analyser gets them.
  const measured = host.schedules.filter(({ targets }) => targets !== null).map(({ name }) => name);
  return new BundledFunction(host, "latency-analyser", {
    ...host.functionSettings,
    source: "latency-analyser",
    name: host.physicalName("latency-analyser"),
    description: "Measures how long a tick takes from publish to a subscribed function",
    timeout: 10,
    memory: ANALYSER_MEMORY,
    environment: { ...host.metricsVariables, MEASURED: JSON.stringify(measured) },
    failures: host.failures,
  });
}

/** Each function among the targets, with the names of the schedules it gets ticks of. */
function functionsToTick(host: ClockHost): Map<string, string[]> {
  const functions = new Map<string, string[]>();
  for (const schedule of host.schedules) {
    for (const target of host.targetsOf(schedule).filter((arn) => !isTopic(arn))) {
      functions.set(target, [...(functions.get(target) ?? []), schedule.name]);
    }
  }
  return functions;
}

/** A colon before the alias, as in the ARN: `f:a-b` and `f-a:b` are two functions. */
function subscriberId(functionArn: string): string {
  return functionArn.startsWith("arn:")
    ? `subscriber-${functionArn.split(":").slice(6).join(":")}`
    : "sample-target-subscriber";
}
