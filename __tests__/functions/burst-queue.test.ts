import type { SendMessageBatchCommand, SendMessageBatchCommandOutput } from "@aws-sdk/client-sqs";
import fc from "fast-check";
import { delaySeconds, sqsBurstQueue } from "../../functions/planner/burst-queue";
import type { Burst } from "../../schedule/bursts";
import { MINUTE } from "../simulation/schedules";
import { VirtualTime } from "../simulation/virtual-time";

const URL = "https://queue";
const burst = (k: number): Burst => ({ from: MINUTE + k * 10_000, to: MINUTE + k * 10_000, shard: 0, of: 1 });
const bursts = (count: number) => Array.from({ length: count }, (_, k) => burst(k));

type Batch = { Id: string; MessageBody: string; DelaySeconds: number }[];
type Answer = Pick<SendMessageBatchCommandOutput, "Failed"> | Error;

/** A queue that answers each batch as told. */
function queueOf(answer: (batch: Batch, nth: number) => Answer) {
  const batches: Batch[] = [];
  const time = new VirtualTime(MINUTE);
  const send = async (command: SendMessageBatchCommand) => {
    expect(command.input.QueueUrl).toBe(URL);
    batches.push(command.input.Entries as Batch);
    const given = answer(command.input.Entries as Batch, batches.length);
    if (given instanceof Error) throw given;
    return given;
  };
  const queue = sqsBurstQueue(URL, { send: send as never }, time);
  const sent = () => batches.flat().map(({ MessageBody }) => JSON.parse(MessageBody) as Burst);
  return { batches, sent, send: (some: readonly Burst[]) => time.passUntilDone(queue.send(some, 0)) };
}

test("a burst is visible one to two seconds before its first tick is due for dispatch, or at once", () => {
  fc.assert(
    fc.property(fc.integer({ min: 7_000, max: 600_000 }), fc.integer({ min: 0, max: 5_000 }), (aheadMs, leadMs) => {
      const now = MINUTE + 123;
      const from = now + aheadMs;
      const visibleAt = now + delaySeconds({ from, to: from, shard: 0, of: 1 }, now, leadMs) * 1_000;
      expect(from - leadMs - visibleAt).toBeLessThanOrEqual(2_000);
      expect(from - leadMs - visibleAt).toBeGreaterThan(1_000);
    }),
  );
  for (const aheadMs of [1_999, 0, -5_000])
    expect(delaySeconds({ ...burst(0), from: MINUTE + aheadMs }, MINUTE, 0)).toBe(0);
  expect(delaySeconds({ ...burst(0), from: MINUTE + 2_000_000 }, MINUTE, 0)).toBe(900);
  expect(delaySeconds({ ...burst(1), overdue: true }, MINUTE, 0)).toBe(0);
});

test("bursts are sent ten at a time, each as its JSON with its delay", async () => {
  const { batches, sent, send } = queueOf(() => ({ Failed: undefined }));
  await send(bursts(25));
  expect(batches.map(({ length }) => length)).toEqual([10, 10, 5]);
  expect(sent()).toEqual(bursts(25));
  expect(batches[0]?.[3]).toEqual({ Id: "3", MessageBody: JSON.stringify(burst(3)), DelaySeconds: 28 });
});

test("nothing is sent if there is nothing to send", async () => {
  const { batches, send } = queueOf(() => ({ Failed: undefined }));
  await send([]);
  expect(batches).toEqual([]);
});

test("what SQS did not take is sent again, and nothing else", async () => {
  const Failed = [{ Id: "2", SenderFault: false, Code: "InternalError" }];
  const { sent, send } = queueOf((_, nth) => ({ Failed: nth === 1 ? Failed : undefined }));
  await send(bursts(4));
  expect(sent()).toEqual([...bursts(4), burst(2)]);
});

test("after three tries it is an error that says how many are left", async () => {
  const { batches, send } = queueOf((batch) => ({
    Failed: batch.map(({ Id }) => ({ Id, SenderFault: false, Code: "InternalError" })),
  }));
  await expect(send(bursts(2))).rejects.toThrow("SQS did not take 2 bursts");
  expect(batches).toHaveLength(3);
});

test("a burst that SQS refuses is not sent again, and the error has its words", async () => {
  const { batches, send } = queueOf(() => ({
    Failed: [{ Id: "0", SenderFault: true, Code: "InvalidMessageContents", Message: "no" }],
  }));
  await expect(send(bursts(1))).rejects.toThrow("SQS refused a burst: InvalidMessageContents: no");
  expect(batches).toHaveLength(1);
});

test("the other batches are sent to their end if a request fails", async () => {
  const { sent, send } = queueOf((_, nth) => (nth === 1 ? new Error("no answer") : { Failed: undefined }));
  await expect(send(bursts(25))).rejects.toThrow("no answer");
  expect(sent()).toEqual(bursts(25));
});
