import { dispatchByHand, type HandOrder, isHandEvent } from "../../functions/runtime/by-hand";
import { ALL_SCHEDULES } from "../../schedule/pause";
import { isManual, iso, tickId } from "../../schedule/tick";
import { FUNCTION_ARN, MINUTE, scheduleOf, TOPIC_ARN } from "../simulation/schedules";
import { type SimulationOptions, simulatedRunner } from "../simulation/simulated-runner";
import { VirtualTime } from "../simulation/virtual-time";

const SCHEDULE = scheduleOf(10, 0, { payload: { n: 1 } });
const NOW = MINUTE + 3_123;
const BY = "arn:aws:sts::111111111111:assumed-role/operator/alice";

async function fire(order: Partial<HandOrder> = {}, options: SimulationOptions = {}) {
  const time = new VirtualTime(NOW);
  const runner = simulatedRunner(time, options);
  const find = (name: string) =>
    name === "beat" ? { schedule: SCHEDULE, targets: [FUNCTION_ARN, TOPIC_ARN] } : undefined;
  const result = await time.passUntilDone(
    dispatchByHand(runner, { schedule: "beat", by: BY, ...order }, find, "call-1"),
  );
  return { runner, result };
}

test("a tick by hand goes to all targets now, with an id of its own name space and the contract of all ticks", async () => {
  const { runner, result } = await fire();
  const id = `manual-beat-${NOW}`;
  expect(result).toEqual({ kind: "dispatched", id, dispatchedAt: iso(NOW) });
  expect(runner.tries.map(({ target, at }) => [target, at])).toEqual([
    [FUNCTION_ARN, NOW],
    [TOPIC_ARN, NOW],
  ]);
  expect(runner.tries[0]?.message).toEqual({
    tick: {
      id,
      schedule: "beat",
      strategy: "sfn-loop",
      scheduledAt: iso(NOW),
      dispatchedAt: iso(NOW),
      expiresAt: iso(NOW + SCHEDULE.catchUpMs),
    },
    payload: { n: 1 },
  });
});

test("it claims nothing, is logged with who asked, and is counted apart", async () => {
  const { runner } = await fire();
  expect(runner.rows.size).toBe(0);
  expect(runner.lines.map(({ event, fields }) => [event, fields.by])).toEqual([["tick.dispatched", BY]]);
  expect(runner.recorded.map(({ name, value }) => [name, value])).toEqual([["TicksByHand", 1]]);
  expect(runner.flushes).toHaveLength(1);
});

test("a payload and a target in place of the schedule's own", async () => {
  const { runner } = await fire({ payload: null, target: TOPIC_ARN });
  expect(runner.tries.map(({ target, message }) => [target, message.payload])).toEqual([[TOPIC_ARN, null]]);
});

test("a pause does not hold it", async () => {
  const time = new VirtualTime(NOW);
  const runner = simulatedRunner(time);
  runner.handPauses.set(ALL_SCHEDULES, { since: iso(MINUTE), until: iso(MINUTE + 60_000), by: BY, note: "migration" });
  const find = () => ({ schedule: SCHEDULE, targets: [FUNCTION_ARN] });
  await time.passUntilDone(dispatchByHand(runner, { schedule: "beat", by: BY }, find, "call-1"));
  expect(runner.tries).toHaveLength(1);
});

describe("a tick that is repeated", () => {
  const at = MINUTE - 3_600_000;
  const row = `tick#${tickId("beat", at)}`;

  test("has its instant, an id that names it, and the claim on it", async () => {
    const { runner, result } = await fire({ at });
    expect(result).toMatchObject({ kind: "dispatched", id: `manual-${tickId("beat", at)}` });
    expect(runner.tries[0]?.message.tick).toMatchObject({
      scheduledAt: iso(at),
      expiresAt: iso(NOW + SCHEDULE.catchUpMs),
    });
    expect(runner.rows.get(row)?.claimant).toBe("call-1");
    expect(isManual(runner.tries[0]?.message.tick.id ?? "")).toBe(true);
  });

  test("is refused if it was claimed before, unless that is forced", async () => {
    const held = { claimant: "pacer-7", at: at - 1_000 };
    const time = new VirtualTime(NOW);
    const runner = simulatedRunner(time);
    runner.rows.set(row, held);
    const find = () => ({ schedule: SCHEDULE, targets: [FUNCTION_ARN] });
    const order = { schedule: "beat", by: BY, at };
    const refused = await time.passUntilDone(dispatchByHand(runner, order, find, "call-1"));
    expect(refused).toEqual({ kind: "claimed", claimedBy: "pacer-7", claimedAt: iso(at - 1_000) });
    expect(runner.tries).toEqual([]);
    const forced = await time.passUntilDone(dispatchByHand(runner, { ...order, force: true }, find, "call-2"));
    expect(forced).toMatchObject({ kind: "dispatched", id: `manual-${tickId("beat", at)}-${time.now()}` });
    expect(runner.rows.get(row)).toEqual(held);
  });
});

test("a tick that may still come is not repeated, and one that is none, or is to come, not even by force", async () => {
  const open = MINUTE;
  expect((await fire({ at: open })).result).toEqual({
    kind: "not-expired",
    expiresAt: iso(open + SCHEDULE.catchUpMs),
  });
  const forced = await fire({ at: open, force: true });
  expect(forced.result).toMatchObject({ kind: "dispatched" });
  // By its claim the clock does not dispatch it besides.
  expect([...forced.runner.rows.keys()]).toEqual([`tick#${tickId("beat", open)}`]);
  for (const at of [MINUTE - 3_600_000 + 1_000, MINUTE + 10_000]) {
    const { result, runner } = await fire({ at, force: true });
    expect([result, runner.tries, runner.rows.size]).toEqual([{ kind: "not-due" }, [], 0]);
  }
});

test("without a grid a tick by hand has no instant, and none is repeated", async () => {
  const time = new VirtualTime(NOW);
  const runner = simulatedRunner(time);
  const find = () => ({ schedule: SCHEDULE, targets: [FUNCTION_ARN], grid: false });
  await time.passUntilDone(dispatchByHand(runner, { schedule: "beat", by: BY }, find, "call-1"));
  expect(runner.tries.map(({ message }) => message.tick.scheduledAt)).toEqual([null]);
  const order = { schedule: "beat", by: BY, at: MINUTE - 60_000 };
  expect(await time.passUntilDone(dispatchByHand(runner, order, find, "call-2"))).toEqual({ kind: "not-due" });
});

test("what the deployed clock does not have is refused, and nothing is dispatched", async () => {
  expect((await fire({ schedule: "other" })).result).toEqual({ kind: "unknown-schedule" });
  const { result, runner } = await fire({ target: `${FUNCTION_ARN}-2`, at: MINUTE });
  expect(result).toEqual({ kind: "unknown-target", targets: [FUNCTION_ARN, TOPIC_ARN] });
  expect([runner.tries, runner.rows.size]).toEqual([[], 0]);
});

test("one that no target accepts has failed, and one that some accept says which did not", async () => {
  const rejected = await fire({}, { answer: () => ({ answer: "rejected" }) });
  expect(rejected.result).toMatchObject({ kind: "failed", error: expect.stringContaining(FUNCTION_ARN) });
  expect(rejected.runner.recorded.map(({ name }) => name)).toEqual(["DispatchesFailed"]);
  const partly = await fire({}, { answer: (target) => ({ answer: target === TOPIC_ARN ? "rejected" : "accepted" }) });
  expect(partly.result).toMatchObject({ kind: "dispatched", error: expect.stringContaining(TOPIC_ARN) });
});

test("an event of the clock's own is no order", () => {
  const events = [{ byHand: { schedule: "beat", by: BY } }, { time: "2026" }, { Records: [] }, { byHand: null }, null];
  expect(events.map(isHandEvent)).toEqual([true, false, false, false, false]);
});
