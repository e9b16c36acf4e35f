import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Burst } from "../../schedule/bursts";
import { SECOND_MS } from "../../schedule/duration";
import { createClient } from "../runtime/clients";
import { type Clock, systemClock } from "../runtime/clock";
import type { BurstQueue } from "./plan-bursts";

/** Longest time before its first tick is due for dispatch at which a burst becomes visible, in ms; a second less at least. */
const VISIBLE_BEFORE_MS = 2 * SECOND_MS;

/** Longest delay of a message, in s (SQS quotas). */
const LONGEST_DELAY_S = 900;

/** Messages that a batch takes (SQS quotas). */
const BATCH = 10;

/** Pauses between the tries of what SQS has not taken, in ms. */
const RETRY_PAUSES_MS = [100, 300] as const;

/** A try of a batch ends, and so does the planner's invocation. */
const LIMITS = { tries: 3, answerWithinMs: 1_000 };

/** The queue of delayed bursts in SQS. @param url of the queue. */
export function sqsBurstQueue(
  url: string,
  client: Pick<SQSClient, "send"> = createClient(SQSClient, LIMITS),
  clock: Clock = systemClock,
): BurstQueue {
  /** @returns the bursts that SQS has not taken, because of an error of its own. @throws if it refuses one, or does not answer. */
  const sendBatch = async (bursts: readonly Burst[], leadMs: number): Promise<Burst[]> => {
    const now = clock.now();
    const { Failed = [] } = await client.send(
      new SendMessageBatchCommand({
        QueueUrl: url,
        Entries: bursts.map((burst, k) => ({
          Id: String(k),
          MessageBody: JSON.stringify(burst),
          DelaySeconds: delaySeconds(burst, now, leadMs),
        })),
      }),
    );
    const refused = Failed.find(({ SenderFault }) => SenderFault);
    if (refused) throw new Error(`SQS refused a burst: ${refused.Code}: ${refused.Message}`);
    return Failed.map(({ Id }) => bursts[Number(Id)] as Burst);
  };
  const sendAll = async (bursts: readonly Burst[], leadMs: number): Promise<Burst[]> => {
    const batches = Array.from({ length: Math.ceil(bursts.length / BATCH) }, (_, k) =>
      bursts.slice(k * BATCH, (k + 1) * BATCH),
    );
    // All to their end, even if one throws: the others' bursts must not wait for the next firing.
    const results = await Promise.allSettled(batches.map((batch) => sendBatch(batch, leadMs)));
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
    return results.flatMap((result) => (result.status === "fulfilled" ? result.value : []));
  };
  return {
    async send(bursts, leadMs) {
      let left = bursts;
      for (let tries = 0; left.length > 0; tries++) {
        left = await sendAll(left, leadMs);
        const pause = RETRY_PAUSES_MS[tries];
        if (left.length > 0 && pause === undefined) throw new Error(`SQS did not take ${left.length} bursts`);
        if (left.length > 0) await clock.waitUntil(clock.now() + (pause as number));
      }
    },
  };
}

/**
 * After so many whole seconds, a burst that is sent at `now` is visible one to two seconds before its first tick is due for
 * dispatch.
 *
 * @param leadMs how much earlier than its instant a tick of the burst may be due.
 */
export function delaySeconds({ from, overdue }: Burst, now: number, leadMs: number): number {
  if (overdue) return 0;
  return Math.min(LONGEST_DELAY_S, Math.max(0, Math.ceil((from - leadMs - VISIBLE_BEFORE_MS - now) / SECOND_MS)));
}
