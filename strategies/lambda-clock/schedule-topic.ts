import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import type { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { Construct } from "constructs";
import { TopicSubscriber } from "./topic-subscriber";

/** The functions that a topic delivers to: their ARNs by the ids of their subscribers. */
export type Subscribers = ReadonlyMap<string, string>;

export interface ScheduleTopicProps {
  /** Physical name. */
  readonly name: string;
  readonly subscribers: Subscribers;
  /** ARN of the queue for messages that could not be delivered. */
  readonly failureQueueArn: string;
}

/** The key that AWS manages for SNS in each account. Every principal that may publish to a topic may use it by SNS. */
const AWS_MANAGED_KEY = "alias/aws/sns";

/**
 * The topic of one schedule, with its subscribers. A schedule has a topic of its own because a subscription's filter
 * policy takes up to 15 minutes to take effect (SNS Developer Guide, "Amazon SNS subscription filter policies"). Ticks
 * that are published meanwhile would reach no function, or one of another schedule.
 */
export class ScheduleTopic extends Construct {
  readonly arn: string;
  /** What must exist before a tick is published: without it the tick is accepted and reaches no function. */
  readonly subscriptions: readonly SnsTopicSubscription[];

  constructor(scope: Construct, id: string, props: ScheduleTopicProps) {
    super(scope, id);
    const topic = new SnsTopic(this, "topic", { name: props.name, kmsMasterKeyId: AWS_MANAGED_KEY });
    // Read once: each reading is another token, and a set of them would hold it many times.
    const topicArn = topic.arn;
    const { failureQueueArn } = props;
    this.subscriptions = [...props.subscribers].map(
      ([subscriber, functionArn]) =>
        new TopicSubscriber(this, subscriber, { topicArn, functionArn, failureQueueArn }).subscription,
    );
    this.arn = topicArn;
  }
}
