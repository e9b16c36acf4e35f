import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import { Construct } from "constructs";
import { policyText, tlsOnly } from "./policy";

export interface FailureQueueProps {
  readonly name: string;
  /** The services that leave messages here by the queue's policy, and the resources they may do it for. */
  readonly senders: readonly { readonly service: string; readonly arnPattern: string }[];
}

/** Fourteen days, the longest that SQS keeps a message, in s. */
const KEPT_S = 14 * 24 * 60 * 60;

/** The queue for all that could not be delivered: the rules' firings, the topic's messages, the functions' failed events. It takes TLS only. */
export class FailureQueue extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: FailureQueueProps) {
    super(scope, id);
    const queue = new SqsQueue(this, "queue", {
      name: props.name,
      messageRetentionSeconds: KEPT_S,
      sqsManagedSseEnabled: true,
    });
    new SqsQueuePolicy(this, "policy", {
      queueUrl: queue.id,
      policy: policyText(
        tlsOnly("sqs:*", queue.arn),
        ...props.senders.map(({ service, arnPattern }) => ({
          Effect: "Allow",
          Principal: { Service: service },
          Action: "sqs:SendMessage",
          Resource: queue.arn,
          Condition: { ArnLike: { "aws:SourceArn": arnPattern } },
        })),
      ),
    });
    this.arn = queue.arn;
  }
}
