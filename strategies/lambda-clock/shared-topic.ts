import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { isTopic } from "../../schedule/target";
import type { ClockHost } from "../clock";
import { subscriberId } from "./subscriber-id";
import { TopicSubscriber } from "./topic-subscriber";

export interface SharedTopicProps {
  /** Physical name. */
  readonly name: string;
  /** ARN of the analyser. */
  readonly analyserArn: string;
}

/**
 * The topic that all schedules shared before each had its own, with its subscriptions: at the ids and with the arguments
 * that they have in a deployed environment, so that a plan changes nothing of them. Nothing is published to it by the
 * function as it is now. Invocations that began before an upgrade publish to it until their horizon ends.
 *
 * @returns the topic's ARN.
 */
export function keepSharedTopic(host: ClockHost, { name, analyserArn }: SharedTopicProps): string {
  const topicArn = new SnsTopic(host, "topic", { name }).arn;
  const subscribe = (id: string, functionArn: string, schedules?: readonly string[]) =>
    new TopicSubscriber(host, id, { topicArn, functionArn, schedules, failureQueueArn: host.failures.arn });
  subscribe("latency-analyser-subscriber", analyserArn);
  for (const [target, schedules] of functionsToTick(host)) subscribe(subscriberId(target), target, schedules);
  return topicArn;
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
