import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { BundledFunction } from "../../constructs/bundled-function";
import { ScheduledRule } from "../../constructs/scheduled-rule";
import { terraformLiteral } from "../../constructs/terraform-literal";
import type { ClockSchedule } from "../../functions/lambda-clock/publish";
import { type Schedule, scheduleSpec } from "../../schedule/schedule";
import { isFunction, isQueue } from "../../schedule/target";
import { type ClockHost, type ClockResources, type ClockRole, sendTo } from "../clock";
import { asciiJson } from "../json-text";
import { ScheduleTopic } from "./schedule-topic";
import type { LambdaClockSettings } from "./settings";
import { lambdaClock } from "./strategy";
import { subscriberId } from "./subscriber-id";
import { ANALYSER_MEMORY } from "./usage";

/** The article's name of the function, and of the rules and topics with what tells them apart. */
const LAMBDA_CLOCK = "LambdaClock";

/** Each of the article's rules fires every five minutes, each at another minute of the five. */
const RULES = [0, 1, 2, 3, 4] as const;

/** Margin beyond the horizon in which LambdaClock may still run, in s: a start, a dispatch, and a minute of asking the ledger again. */
const TIMEOUT_MARGIN_S = 75;

/**
 * Puts an environment's schedules on LambdaClock: five rules, a function that waits to second 0, a topic for each schedule
 * that ticks functions, an analyser.
 *
 * @returns what it runs on.
 */
export function addLambdaClock(host: ClockHost, settings: LambdaClockSettings, role: ClockRole): ClockResources {
  const analyser = addAnalyser(host);
  const topics = new Map(
    host.schedules
      .filter((schedule) => functionsOf(host, schedule).length > 0)
      .map((schedule) => [schedule.name, addTopic(host, schedule, analyser.arn)]),
  );
  const clock = addClockFunction(host, settings, role, topics);
  // A topic accepts a tick that it has no subscription for, and the tick would count as dispatched.
  clock.startAfter(...[...topics.values()].flatMap(({ subscriptions }) => subscriptions));
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
    rule.startAfter(permission);
  }
  return { machines: [] };
}

/** The functions that get a schedule's ticks. */
function functionsOf(host: ClockHost, schedule: Schedule): string[] {
  return host.targetsOf(schedule).filter(isFunction);
}

function addTopic(host: ClockHost, schedule: Schedule, analyserArn: string): ScheduleTopic {
  return new ScheduleTopic(host, `topic-${schedule.name}`, {
    name: host.physicalName(`${LAMBDA_CLOCK}-${schedule.name}`),
    subscribers: new Map([
      ["latency-analyser-subscriber", analyserArn],
      ...functionsOf(host, schedule).map((arn) => [subscriberId(arn), arn] as const),
    ]),
    failureQueueArn: host.failures.arn,
  });
}

/** @param own the schedules' own topics, by the schedules' names. */
function addClockFunction(
  host: ClockHost,
  { horizon, clockMemory }: LambdaClockSettings,
  role: ClockRole,
  own: ReadonlyMap<string, ScheduleTopic>,
): BundledFunction {
  const schedules: ClockSchedule[] = host.schedules.map((schedule) => {
    const spec = scheduleSpec(schedule, lambdaClock.kind);
    const ownArn = own.get(schedule.name)?.arn;
    const topics = [...(ownArn ? [ownArn] : []), ...host.targetsOf(schedule).filter((arn) => !isFunction(arn))];
    return { ...spec, payload: terraformLiteral(spec.payload), topics, paused: schedule.paused !== null };
  });
  const sentTo = [...new Set(schedules.flatMap(({ topics }) => topics))];
  // The ARN of an own topic is not known before the deploy.
  const [topics, queues] = [sentTo.filter((arn) => !isQueue(arn)), sentTo.filter(isQueue)];
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
    allow: [...sendTo(host, topics, queues), host.ledger.pauses, host.ledger.claim],
  });
}

function addAnalyser(host: ClockHost): BundledFunction {
  // Their ticks run in functions of the user's: their start skew is measured when the analyser gets them. It gets none of a
  // schedule whose targets are topics and queues alone.
  const measured = host.schedules
    .filter((schedule) => schedule.targets !== null && functionsOf(host, schedule).length > 0)
    .map(({ name }) => name);
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
