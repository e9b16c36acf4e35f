import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import type { LocalSession } from "../../../cli/start/session";
import { emulatorCredentials } from "../../../emulator/access-key";
import { SECOND_MS } from "../../../schedule/duration";
import { readTickMessage, type TickMessage } from "../../../schedule/tick";
import { elements, QueryApi } from "./query-protocol";

/** A payload of which Terraform, a shell or JSON could make another: characters that NFC replaces, expressions, quotes. */
export const HARD_PAYLOAD = {
  "Cafe\u0301": "\uf9b8 \u212b \u1e9b\u0323 \ud800 \u{1f469}\u200d\u{1f52c}",
  text: 'it\'s "quoted" \\ `$(x)` $' + "{a} $$" + "{b} %" + "{if c} %%" + "{d}",
};

/** A queue that gets what is published to a topic. */
export class TopicQueue {
  private constructor(
    private readonly sqs: QueryApi,
    private readonly url: string,
  ) {}

  /** Creates the topic if it is missing, and the queue. @param topic its name. */
  static async of({ emulator: { endpoint } }: LocalSession, topic: string): Promise<TopicQueue> {
    const sqs = new QueryApi(endpoint, "sqs", "2012-11-05");
    const queue = `queue-of-${topic}`;
    const url = elements(await sqs.call("CreateQueue", { QueueName: queue }), "QueueUrl")[0] ?? "";
    const sns = new SNSClient({ endpoint, region: "us-east-1", credentials: emulatorCredentials(endpoint) });
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: topic }));
    const Endpoint = `arn:aws:sqs:us-east-1:000000000000:${queue}`;
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint }));
    return new TopicQueue(sqs, url);
  }

  /** The first tick of a schedule that came. @throws Error if none did within 20 s. */
  async tickOf(schedule: string): Promise<TickMessage> {
    for (const end = Date.now() + 20 * SECOND_MS; Date.now() < end; ) {
      const found = (await this.receive(1)).find(({ tick }) => tick.schedule === schedule);
      if (found) return found;
    }
    throw new Error(`no tick of ${schedule} came to the queue`);
  }

  /** All ticks that have come since they were last read. */
  async ticks(): Promise<TickMessage[]> {
    const all: TickMessage[] = [];
    for (;;) {
      const some = await this.receive(0);
      if (some.length === 0) return all;
      all.push(...some);
    }
  }

  /** Up to ten ticks, which are then hidden. @param waitS how long to wait for the first, in s. */
  private async receive(waitS: number): Promise<TickMessage[]> {
    const xml = await this.sqs.call("ReceiveMessage", {
      QueueUrl: this.url,
      MaxNumberOfMessages: "10",
      WaitTimeSeconds: String(waitS),
      VisibilityTimeout: "3600",
    });
    return elements(xml, "Body").map((body) =>
      readTickMessage({ Records: [{ Sns: JSON.parse(body) as { Message: string } }] }),
    );
  }
}
