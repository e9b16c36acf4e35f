import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { isFifo } from "../../schedule/target";
import type { TickMessage } from "../../schedule/tick";
import type { ClientSettings } from "./clients";

/**
 * SQS at the client's own endpoint. By default the SDK takes the host of a queue's URL instead, and here that is made of the
 * queue's ARN: on the embedded AWS it would lead to AWS.
 */
export class QueueClient extends SQSClient {
  constructor(settings: ClientSettings) {
    super({ ...settings, useQueueUrlAsEndpoint: false });
  }
}

/** Characters that JSON may have as they are, and that SQS refuses (SQS API Reference, SendMessage). */
const REFUSED = /[\uFFFE\uFFFF]/g;

/**
 * What sends a tick to a queue. In a FIFO queue the ticks of a schedule are in order, and one with the same id is not taken
 * again for five minutes.
 *
 * @param arn of the queue.
 */
export function sendTick(arn: string, message: TickMessage): SendMessageCommand {
  const { id, schedule } = message.tick;
  return new SendMessageCommand({
    QueueUrl: queueUrl(arn),
    MessageBody: JSON.stringify(message).replace(REFUSED, (one) => `\\u${one.charCodeAt(0).toString(16)}`),
    ...(isFifo(arn) && { MessageDeduplicationId: id, MessageGroupId: schedule }),
  });
}

/** A request that does nothing. @param arn of the queue. */
export function askForUrl(arn: string): GetQueueUrlCommand {
  return new GetQueueUrlCommand({ QueueName: arn.split(":")[5] });
}

/** The URL of a queue as AWS makes it, and as the CDK's `Queue.fromQueueArn` does. */
function queueUrl(arn: string): string {
  const [, partition, , region, account, name] = arn.split(":");
  const suffix = partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
  return `https://sqs.${region}.${suffix}/${account}/${name}`;
}
