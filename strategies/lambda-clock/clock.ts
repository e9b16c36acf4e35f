import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import type { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { scheduleSpec } from "../../config/schedule-spec";
import { BundledFunction } from "../../constructs/bundled-function";
import { ScheduledRule } from "../../constructs/scheduled-rule";
import { terraformLiteral } from "../../constructs/terraform-literal";
import type { ClockSchedule } from "../../functions/lambda-clock/publish";
import { isTopic } from "../../schedule/arn";
import { type ClockResources, type ClockRole, type ClockStack, TOPIC_ACTIONS } from "../../stacks/clock-stack";
import type { LambdaClockSettings } from "./settings";
import { TopicSubscriber } from "./topic-subscriber";
import { ANALYSER_MEMORY } from "./usage";

/** The article's name of the function, the topic and (with a number) the rules. */
const LAMBDA_CLOCK = "LambdaClock";

/** Each of the article's rules fires every five minutes, each at another minute of the five. */
const RULES = [0, 1, 2, 3, 4] as const;

/** Room beyond the horizon in which LambdaClock may still run, in s: start-up, and the tries of a dispatch. */
const TIMEOUT_MARGIN_S = 15;

/**
 * Puts an environment's schedules on LambdaClock: five rules, a function that waits to second 0, a topic, an analyser.
 *
 * @returns what it runs on.
 */
export function addLambdaClock(stack: ClockStack, settings: LambdaClockSettings, role: ClockRole): ClockResources {
  const topic = new SnsTopic(stack, "topic", { name: stack.physicalName(LAMBDA_CLOCK) });
  const clock = addClockFunction(stack, settings, role, topic);
  const subscriptions = [
    subscribe(stack, topic, "latency-analyser-subscriber", addAnalyser(stack).arn),
    ...[...functionsToTick(stack)].map(([target, schedules]) =>
      subscribe(stack, topic, subscriberId(target), target, schedules),
    ),
  ];
  for (const minute of RULES) {
    const rule = new ScheduledRule(stack, `rule-${minute}`, {
      name: stack.physicalName(`${LAMBDA_CLOCK}_${minute}`),
      description: `Wakes LambdaClock in minutes ${minute} and ${minute + 5} of every ten`,
      expression: `cron(${minute}/5 * ? * MON-SUN *)`,
      targetArn: clock.arn,
      failureQueueArn: stack.failures.arn,
    });
    const permission = new LambdaPermission(stack, `rule-${minute}-permission`, {
      action: "lambda:InvokeFunction",
      principal: "events.amazonaws.com",
      functionName: clock.functionName,
      sourceArn: rule.arn,
    });
    rule.startAfter(permission, ...subscriptions);
  }
  return { functions: [LAMBDA_CLOCK], targets: ["latency-analyser"], machines: [] };
}

function addClockFunction(
  stack: ClockStack,
  { horizon, clockMemory }: LambdaClockSettings,
  role: ClockRole,
  topic: SnsTopic,
): BundledFunction {
  // Read once: each reading is another token, and a set of them would hold it many times.
  const topicArn = topic.arn;
  const schedules: ClockSchedule[] = stack.props.schedules.map((schedule) => {
    const spec = scheduleSpec(schedule, "lambda-clock");
    const topics = [topicArn, ...(schedule.targets ?? []).filter(isTopic)];
    return { ...spec, payload: terraformLiteral(spec.payload), topics, paused: stack.isPaused(schedule) };
  });
  return new BundledFunction(stack, "lambda-clock", {
    ...stack.functionSettings,
    source: "lambda-clock",
    name: stack.physicalName(LAMBDA_CLOCK),
    description: "LambdaClock: waits to second 0 of the next minute and publishes its ticks",
    // A rule fires anywhere in its minute, and the first wait goes to the end of it.
    timeout: horizon * 60 + TIMEOUT_MARGIN_S,
    memory: clockMemory,
    environment: {
      LEDGER_TABLE: stack.ledger.name,
      SCHEDULES: JSON.stringify(schedules),
      HORIZON: String(horizon),
      ROLE: role,
      ...stack.metricsVariables,
    },
    failureQueueArn: stack.failures.arn,
    allow: [
      { actions: TOPIC_ACTIONS, resources: [...new Set(schedules.flatMap(({ topics }) => topics))] },
      stack.ledger.claim,
    ],
  });
}

function addAnalyser(stack: ClockStack): BundledFunction {
  return new BundledFunction(stack, "latency-analyser", {
    ...stack.functionSettings,
    source: "latency-analyser",
    name: stack.physicalName("latency-analyser"),
    description: "Measures how long a tick takes from publish to a subscribed function",
    timeout: 10,
    memory: ANALYSER_MEMORY,
    environment: { ...stack.metricsVariables, MEASURED: JSON.stringify(measuredByAnalyser(stack)) },
    failureQueueArn: stack.failures.arn,
  });
}

/** Schedules whose ticks no function of ours runs: the start of theirs is measured where the analyser gets them. */
function measuredByAnalyser(stack: ClockStack): string[] {
  return stack.props.schedules.filter(({ targets }) => targets !== undefined).map(({ name }) => name);
}

/** Each function among the targets, with the names of the schedules it gets ticks of. */
function functionsToTick(stack: ClockStack): Map<string, string[]> {
  const functions = new Map<string, string[]>();
  for (const schedule of stack.props.schedules) {
    for (const target of stack.targetsOf(schedule).filter((arn) => !isTopic(arn))) {
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

function subscribe(
  stack: ClockStack,
  topic: SnsTopic,
  id: string,
  functionArn: string,
  schedules?: readonly string[],
): SnsTopicSubscription {
  const { subscription } = new TopicSubscriber(stack, id, {
    topicArn: topic.arn,
    functionArn,
    schedules,
    failureQueueArn: stack.failures.arn,
  });
  return subscription;
}
