import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { Construct } from "constructs";
import { policyText, tlsOnly } from "../policy";

export interface AlarmTopicProps {
  readonly name: string;
  readonly account: string;
  /** ARNs of the alarms that may publish: a pattern. */
  readonly alarmArnPattern: string;
  /** @default no address is subscribed */
  readonly email?: string;
}

/**
 * The topic of an environment's alarms. It is not encrypted with a key of KMS: CloudWatch may not use the key that AWS
 * manages for SNS, and a customer managed key costs US$1 a month for messages that hold names and figures only. To have
 * one, name a topic of your own in the configuration.
 */
export class AlarmTopic extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: AlarmTopicProps) {
    super(scope, id);
    const topic = new SnsTopic(this, "topic", { name: props.name });
    new SnsTopicPolicy(this, "policy", {
      arn: topic.arn,
      policy: policyText(
        {
          Sid: "AlarmsOfThisEnvironment",
          Effect: "Allow",
          Principal: { Service: "cloudwatch.amazonaws.com" },
          Action: "sns:Publish",
          Resource: topic.arn,
          Condition: {
            ArnLike: { "aws:SourceArn": props.alarmArnPattern },
            StringEquals: { "aws:SourceAccount": props.account },
          },
        },
        // Of a topic's actions, AWS lets a policy refuse this one for its transport (SNS Developer Guide, security best practices).
        tlsOnly("sns:Publish", topic.arn),
      ),
    });
    if (props.email) {
      new SnsTopicSubscription(this, "email", { topicArn: topic.arn, protocol: "email", endpoint: props.email });
    }
    this.arn = topic.arn;
  }
}
