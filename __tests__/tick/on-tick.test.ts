import fc from "fast-check";
import { parseTickLine } from "../../cli/report/tick-log";
import { iso, LONGEST_LEAD_MS, type TickMessage as Sent, tickAt, tickMessage } from "../../schedule/tick";
import type { TickMessage } from "../../tick/src/contract";
import { onTick, type TickOptions } from "../../tick/src/on-tick";
import { MINUTE, scheduleOf } from "../simulation/schedules";
import { VirtualTime } from "../simulation/virtual-time";

/** A type of the package is the same as the project's own, in both directions. */
const same: [Sent] extends [TickMessage] ? ([TickMessage<Sent["payload"]>] extends [Sent] ? true : never) : never =
  true;

const SCHEDULE = scheduleOf(10, 0, { payload: { tenant: "a" } });
const messageAt = (seconds: number) => tickMessage(SCHEDULE, tickAt(SCHEDULE, MINUTE + seconds * 1_000), MINUTE);

/** A handler that gets an event at an instant (ms after MINUTE), and what became of it. */
async function get(
  event: unknown,
  atMs: number,
  options: TickOptions = {},
  work: (id: string) => unknown = () => "done",
) {
  const time = new VirtualTime(MINUTE + atMs);
  const calls: [string, unknown, number][] = [];
  const lines: Readonly<Record<string, unknown>>[] = [];
  const handler = onTick(
    async (payload, tick) => {
      calls.push([tick.id, payload, time.now() - MINUTE]);
      return work(tick.id);
    },
    { clock: time, log: (line) => lines.push(line), ...options },
  );
  const result = time.passUntilDone(handler(event));
  return { result: await result.catch((error: Error) => error), calls, lines };
}

const ID = "beat-1795371910";
const ways: readonly (readonly [string, (message: unknown) => unknown])[] = [
  ["the Lambda event", (message) => message],
  ["an SNS notification", (message) => ({ Records: [{ Sns: { Message: JSON.stringify(message) } }] })],
];

test("the package's types are those of the project", () => expect(same).toBe(true));

test("a tick that comes as early as the longest lead is held, and one that comes earlier is refused", async () => {
  expect((await get(messageAt(10), 10_000 - LONGEST_LEAD_MS)).result).toBe("done");
  expect((await get(messageAt(10), 10_000 - LONGEST_LEAD_MS - 1)).result).toBeInstanceOf(RangeError);
});

describe.each(ways)("a tick from %s", (_way, wrap) => {
  test("is held until its instant, and never starts early", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: -5_000, max: 9_999 }), async (lateMs) => {
        const { calls, result } = await get(wrap(messageAt(10)), 10_000 + lateMs);
        expect(calls).toEqual([[ID, { tenant: "a" }, Math.max(10_000, 10_000 + lateMs)]]);
        expect(result).toBe("done");
      }),
    );
  });

  test("logs its start as reports read it, after the hold", async () => {
    const { lines } = await get(wrap(messageAt(10)), 9_250);
    expect(lines).toHaveLength(1);
    expect(parseTickLine(JSON.stringify(lines[0]))).toMatchObject({
      kind: "tick.started",
      tick: messageAt(10).tick,
      startedAt: iso(MINUTE + 10_000),
    });
  });

  test("is dropped if it has expired", async () => {
    const { calls, lines, result } = await get(wrap(messageAt(10)), 20_000);
    expect([calls, result]).toEqual([[], undefined]);
    expect(lines).toEqual([{ level: "INFO", message: "tick.dropped", tick: messageAt(10).tick, reason: "expired" }]);
  });

  test("that comes too early is an error that says by how much", async () => {
    const { calls, result } = await get(wrap(messageAt(10)), 4_000);
    expect([calls, String(result)]).toEqual([
      [],
      `RangeError: ${ID} came 6000 ms early, and longestHoldMs is 5000: give the schedule a shorter lead, or allow more`,
    ]);
    expect((await get(wrap(messageAt(10)), 4_000, { longestHoldMs: 6_000 })).calls).toHaveLength(1);
  });
});

test("a tick that is delivered twice is run once, if a store remembers it", async () => {
  const ids = new Map<string, number>();
  const seen = { isNew: async (id: string, until: number) => !ids.has(id) && Boolean(ids.set(id, until)) };
  const first = await get(messageAt(10), 10_005, { seen });
  const second = await get(messageAt(10), 10_400, { seen });
  expect([first.calls.length, second.calls.length]).toEqual([1, 0]);
  expect(second.lines).toEqual([expect.objectContaining({ message: "tick.dropped", reason: "repeated" })]);
  expect([...ids]).toEqual([[ID, MINUTE + 20_000]]);
});

test("a tick that expires while the store answers is dropped", async () => {
  const time = new VirtualTime(MINUTE + 19_990);
  const lines: unknown[] = [];
  const seen = { isNew: () => time.pause(20).then(() => true) };
  const handler = onTick(() => "run", { clock: time, seen, log: (line) => lines.push(line.message) });
  expect([await time.passUntilDone(handler(messageAt(10))), lines]).toEqual([undefined, ["tick.dropped"]]);
});

test("every notification of an event is run", async () => {
  const records = [10, 20].map((at) => ({ Sns: { Message: JSON.stringify(messageAt(at)) } }));
  expect((await get({ Records: records }, 10_000, { longestHoldMs: 20_000 })).calls).toHaveLength(2);
});

test("a tick of relative pacing has no instant and is not held", async () => {
  const { tick, payload } = messageAt(10);
  const { calls } = await get({ tick: { ...tick, scheduledAt: null }, payload }, 2_000);
  expect(calls.map(([, , at]) => at)).toEqual([2_000]);
});

test.each([
  ["nothing", undefined, "tick.id"],
  ["a rule's event", { "detail-type": "Scheduled Event" }, "tick.id"],
  ["a tick without an expiry", { tick: { ...messageAt(10).tick, expiresAt: undefined } }, "tick.expiresAt"],
  ["an instant that is none", { tick: { ...messageAt(10).tick, scheduledAt: "soon" } }, "its instants"],
  ["a notification of something else", { Records: [{ Sns: { Message: "hello" } }] }, "tick.id"],
])("%s is refused, and the message names what is missing", async (_what, event, what) => {
  const { result } = await get(event, 0);
  expect(String(result)).toMatch(`TypeError: the event carries no tick (${what})`);
});

describe("a batch from a queue", () => {
  const record = (seconds: number, messageId: string, group?: string, body: unknown = messageAt(seconds)) => ({
    messageId,
    body: JSON.stringify(body),
    attributes: group === undefined ? {} : { MessageGroupId: group },
  });

  test("is run in the order of the ticks' instants, each at its own", async () => {
    const { calls, result } = await get({ Records: [record(20, "b"), record(10, "a")] }, 9_000, {
      longestHoldMs: 20_000,
    });
    expect(calls.map(([id, , at]) => [id, at])).toEqual([
      [ID, 10_000],
      ["beat-1795371920", 20_000],
    ]);
    expect(result).toEqual({ batchItemFailures: [] });
  });

  test("runs the others if a message carries no tick", async () => {
    const { calls, result } = await get(
      { Records: [record(10, "a", undefined, { no: "tick" }), record(10, "b")] },
      10_000,
    );
    expect([calls.length, result]).toEqual([1, { batchItemFailures: [{ itemIdentifier: "a" }] }]);
  });

  test("may come by a topic", async () => {
    const notification = { Type: "Notification", Message: JSON.stringify(messageAt(10)) };
    expect((await get({ Records: [record(10, "a", undefined, notification)] }, 10_000)).calls).toHaveLength(1);
  });

  test("has a message that fails delivered again, and in a FIFO queue those after it in its group", async () => {
    const fail = (id: string) => {
      if (id === ID) throw new Error("no");
    };
    const [standard, fifo] = await Promise.all(
      [undefined, "beat"].map((group) =>
        get({ Records: [record(10, "a", group), record(20, "b", group)] }, 10_000, { longestHoldMs: 20_000 }, fail),
      ),
    );
    expect(standard?.result).toEqual({ batchItemFailures: [{ itemIdentifier: "a" }] });
    expect(fifo?.result).toEqual({ batchItemFailures: [{ itemIdentifier: "a" }, { itemIdentifier: "b" }] });
    expect(fifo?.lines).toContainEqual(expect.objectContaining({ message: "tick.failed", error: "Error: no" }));
  });
});
