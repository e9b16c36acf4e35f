import { CreateQueueCommand, DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { LocalSession } from "../../../cli/start/session";
import { emulatorCredentials } from "../../../emulator/access-key";
import { isFifo } from "../../../schedule/target";
import { readEvent } from "../../../tick/src/read-event";

/** A tick as a consumer of a queue gets it. */
export interface QueuedTick {
  readonly id: string;
  readonly payload: unknown;
  /** In a FIFO queue. */
  readonly group?: string;
  readonly deduplicationId?: string;
}

/** A queue of the test's own, as the target of a schedule. */
export class TargetQueue {
  private constructor(
    private readonly sqs: SQSClient,
    private readonly url: string,
  ) {}

  /** Creates it. @param arn of a queue in the embedded AWS. */
  static async of({ emulator: { endpoint } }: LocalSession, arn: string): Promise<TargetQueue> {
    const sqs = new SQSClient({ endpoint, region: "us-east-1", credentials: emulatorCredentials(endpoint) });
    const create = new CreateQueueCommand({
      QueueName: arn.split(":")[5],
      ...(isFifo(arn) && { Attributes: { FifoQueue: "true" } }),
    });
    return new TargetQueue(sqs, String((await sqs.send(create)).QueueUrl));
  }

  /** Takes all that is in the queue, in the order of its messages. */
  async take(): Promise<QueuedTick[]> {
    const ticks: QueuedTick[] = [];
    for (;;) {
      const { Messages = [] } = await this.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: this.url,
          MaxNumberOfMessages: 10,
          MessageSystemAttributeNames: ["MessageGroupId", "MessageDeduplicationId"],
        }),
      );
      if (Messages.length === 0) return ticks;
      // As Lambda hands them over, and as the package for targets reads them.
      const Records = Messages.map(({ MessageId, Body, Attributes }) => ({
        messageId: MessageId,
        body: Body,
        attributes: Attributes,
      }));
      for (const [k, { message, record }] of readEvent({ Records }).entries()) {
        if (!("tick" in message)) throw message;
        const deduplicationId = Messages[k]?.Attributes?.MessageDeduplicationId;
        ticks.push({ id: message.tick.id, payload: message.payload, group: record?.group, deduplicationId });
      }
      const Entries = Messages.map(({ ReceiptHandle }, k) => ({ Id: String(k), ReceiptHandle }));
      await this.sqs.send(new DeleteMessageBatchCommand({ QueueUrl: this.url, Entries }));
    }
  }
}
