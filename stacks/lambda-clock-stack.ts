import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import type { Construct } from "constructs";
import { scheduleSpec } from "../config/schedule-spec";
import type { LambdaClockStrategy } from "../config/types";
import { BundledFunction } from "../constructs/bundled-function";
import { ScheduledRule } from "../constructs/scheduled-rule";
import { terraformLiteral } from "../constructs/terraform-literal";
import { TopicSubscriber } from "../constructs/topic-subscriber";
import type { ClockSchedule } from "../functions/lambda-clock/publish";
import { isTopic } from "../schedule/arn";
import { ClockStack, type ClockStackProps, TOPIC_ACTIONS } from "./clock-stack";

export interface LambdaClockStackProps extends ClockStackProps {
  readonly strategy: LambdaClockStrategy;
}

/** The article's name of the function, the topic and (with a number) the rules. */
const LAMBDA_CLOCK = "LambdaClock";

/** Each of the article's rules fires every five minutes, each at another minute of the five. */
const RULES = [0, 1, 2, 3, 4] as const;

/** Minutes that a firing serves, unless the environment says otherwise: its own and, standing by, the one after. */
const DEFAULT_HORIZON = 2;

/** Memory of LambdaClock in MB, unless the environment says otherwise. */
const DEFAULT_CLOCK_MEMORY = 128;

/** Room beyond the horizon in which LambdaClock may still run, in s: start-up, and the tries of a dispatch. */
const TIMEOUT_MARGIN_S = 15;

/** An environment whose schedules run on LambdaClock: five rules, a function that waits to second 0, a topic, an analyser. */
export class LambdaClockStack extends ClockStack {
  constructor(scope: Construct, id: string, props: LambdaClockStackProps) {
    super(scope, id, props);
    const topic = new SnsTopic(this, "topic", { name: this.physicalName(LAMBDA_CLOCK) });
    const clock = this.createClock(topic, props);
    for (const minute of RULES) {
      const rule = new ScheduledRule(this, `rule-${minute}`, {
        name: this.physicalName(`${LAMBDA_CLOCK}_${minute}`),
        description: `Wakes LambdaClock in minutes ${minute} and ${minute + 5} of every ten`,
        expression: `cron(${minute}/5 * ? * MON-SUN *)`,
        targetArn: clock.arn,
        failureQueueArn: this.failures.arn,
      });
      new LambdaPermission(this, `rule-${minute}-permission`, {
        action: "lambda:InvokeFunction",
        principal: "events.amazonaws.com",
        functionName: clock.functionName,
        sourceArn: rule.arn,
      });
    }
    this.subscribe(topic, "latency-analyser-subscriber", this.createAnalyser().arn);
    for (const [target, schedules] of this.functionsToTick()) {
      this.subscribe(topic, this.subscriberId(target), target, schedules);
    }
  }

  private createClock(topic: SnsTopic, props: LambdaClockStackProps): BundledFunction {
    // Read once: each reading is another token, and a set of them would hold it many times.
    const topicArn = topic.arn;
    const { horizon = DEFAULT_HORIZON, clockMemory = DEFAULT_CLOCK_MEMORY } = props.strategy;
    const schedules: ClockSchedule[] = props.schedules.map((schedule) => {
      const spec = scheduleSpec(schedule, "lambda-clock");
      const topics = [topicArn, ...(schedule.targets ?? []).filter(isTopic)];
      return { ...spec, payload: terraformLiteral(spec.payload), topics };
    });
    return new BundledFunction(this, "lambda-clock", {
      ...this.functionSettings,
      source: "lambda-clock",
      name: this.physicalName(LAMBDA_CLOCK),
      description: "LambdaClock: waits to second 0 of the next minute and publishes its ticks",
      // A rule fires anywhere in its minute, and the first wait goes to the end of it.
      timeout: horizon * 60 + TIMEOUT_MARGIN_S,
      memory: clockMemory,
      environment: { LEDGER_TABLE: this.ledger.name, SCHEDULES: JSON.stringify(schedules), HORIZON: String(horizon) },
      failureQueueArn: this.failures.arn,
      allow: [
        { actions: TOPIC_ACTIONS, resources: [...new Set(schedules.flatMap(({ topics }) => topics))] },
        this.ledger.claim,
      ],
    });
  }

  private createAnalyser(): BundledFunction {
    return new BundledFunction(this, "latency-analyser", {
      ...this.functionSettings,
      source: "latency-analyser",
      name: this.physicalName("latency-analyser"),
      description: "Measures how long a tick takes from publish to a subscribed function",
      timeout: 10,
      memory: 128,
      failureQueueArn: this.failures.arn,
    });
  }

  /** Each function among the targets, with the names of the schedules it gets ticks of. */
  private functionsToTick(): Map<string, string[]> {
    const functions = new Map<string, string[]>();
    for (const schedule of this.props.schedules) {
      for (const target of this.targetsOf(schedule).filter((arn) => !isTopic(arn))) {
        functions.set(target, [...(functions.get(target) ?? []), schedule.name]);
      }
    }
    return functions;
  }

  /** A colon before the alias, as in the ARN: `f:a-b` and `f-a:b` are two functions. */
  private subscriberId(functionArn: string): string {
    return functionArn.startsWith("arn:")
      ? `subscriber-${functionArn.split(":").slice(6).join(":")}`
      : "sample-target-subscriber";
  }

  private subscribe(topic: SnsTopic, id: string, functionArn: string, schedules?: readonly string[]): void {
    new TopicSubscriber(this, id, {
      topicArn: topic.arn,
      functionArn,
      schedules,
      failureQueueArn: this.failures.arn,
    });
  }
}
