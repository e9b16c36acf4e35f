import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { policyText, tlsOnly } from "./policy";

export interface FailureQueueProps {
  readonly name: string;
  /** The ARN that the queue will have. */
  readonly arn: string;
  /** The services that leave messages here by the queue's policy, and the resources they may do it for. */
  readonly senders: readonly { readonly service: string; readonly arnPattern: string }[];
}

/** Fourteen days, the longest that SQS keeps a message, in s. */
const KEPT_S = 14 * 24 * 60 * 60;

/**
 * The queue for all that could not be delivered: the rules' firings, the topic's messages, the functions' failed events.
 * It takes TLS only.
 */
export class FailureQueue extends Construct {
  /** The ARN of the queue, once it exists: what names it is created after it. */
  readonly arn: string;
  /**
   * The same ARN for policies, which do not wait for the queue: the provider watches a new queue for 25 s, and a
   * function needs its policy first.
   */
  readonly grantArn: string;

  constructor(scope: Construct, id: string, props: FailureQueueProps) {
    super(scope, id);
    const queue = new SqsQueue(this, "queue", {
      name: props.name,
      messageRetentionSeconds: KEPT_S,
      sqsManagedSseEnabled: true,
      // An aws_sqs_queue_policy would be watched for another 25 s.
      policy: policyText(
        tlsOnly("sqs:*", props.arn),
        ...props.senders.map(({ service, arnPattern }) => ({
          Effect: "Allow",
          Principal: { Service: service },
          Action: "sqs:SendMessage",
          Resource: props.arn,
          Condition: { ArnLike: { "aws:SourceArn": arnPattern } },
        })),
      ),
    });
    this.arn = queue.arn;
    this.grantArn = props.arn;
    this.forgetSeparatePolicy();
  }

  /**
   * A state of an earlier commit has the policy as a resource of its own. Destroyed, it would take the policy off the
   * queue until the next deploy.
   */
  private forgetSeparatePolicy(): void {
    const stack = TerraformStack.of(this);
    const name = stack.getLogicalId(new Construct(this, "policy").node);
    stack.addOverride("removed", [{ from: `aws_sqs_queue_policy.${name}`, lifecycle: { destroy: false } }]);
  }
}
