import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { Construct } from "constructs";

export interface TopicSubscriberProps {
  readonly topicArn: string;
  /** A function's ARN, also with a version or alias. */
  readonly functionArn: string;
  /** ARN of the queue for messages that could not be delivered. */
  readonly failureQueueArn: string;
}

/** Subscribes a function to a topic. */
export class TopicSubscriber extends Construct {
  /** What must exist before the function gets ticks. */
  readonly subscription: SnsTopicSubscription;

  constructor(scope: Construct, id: string, props: TopicSubscriberProps) {
    super(scope, id);
    const parts = props.functionArn.split(":");
    const permission = new LambdaPermission(this, "permission", {
      action: "lambda:InvokeFunction",
      principal: "sns.amazonaws.com",
      functionName: parts.slice(0, 7).join(":"),
      qualifier: parts[7],
      sourceArn: props.topicArn,
    });
    this.subscription = new SnsTopicSubscription(this, "subscription", {
      topicArn: props.topicArn,
      protocol: "lambda",
      endpoint: props.functionArn,
      redrivePolicy: JSON.stringify({ deadLetterTargetArn: props.failureQueueArn }),
      dependsOn: [permission],
    });
  }
}
