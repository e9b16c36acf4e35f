import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { Construct } from "constructs";
import { policyText, tlsOnly } from "../../constructs/policy";

export interface BurstQueueProps {
  readonly name: string;
  /** The ARN that the queue will have. */
  readonly arn: string;
  /** How long a pacer has a burst to itself, in s: at least its function's timeout. */
  readonly visibilityTimeoutS: number;
  /** ARN of the queue for bursts that no pacer could run. */
  readonly failureQueueArn: string;
}

/** How often a burst is given to a pacer. Each time a few ticks of a slow clock may still be dispatched. */
const DELIVERIES = 5;

/** A burst is kept for so long, in s: the longest delay, and all its deliveries. */
const KEPT_S = 20 * 60;

/** The queue of delayed bursts. It takes TLS only, and encrypts with SQS's own key. */
export class BurstQueue extends Construct {
  readonly arn: string;
  readonly url: string;

  constructor(scope: Construct, id: string, props: BurstQueueProps) {
    super(scope, id);
    const queue = new SqsQueue(this, "queue", {
      name: props.name,
      messageRetentionSeconds: KEPT_S,
      visibilityTimeoutSeconds: props.visibilityTimeoutS,
      sqsManagedSseEnabled: true,
      redrivePolicy: JSON.stringify({ deadLetterTargetArn: props.failureQueueArn, maxReceiveCount: DELIVERIES }),
      policy: policyText(tlsOnly("sqs:*", props.arn)),
    });
    this.arn = queue.arn;
    this.url = queue.url;
  }
}
