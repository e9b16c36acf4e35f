import { callIterator, runLoop } from "../simulation/loop-run";
import { FUNCTION_ARN, loopOf, MINUTE } from "../simulation/schedules";
import { outcomesOf, simulatedRunner } from "../simulation/simulated-runner";
import { VirtualTime } from "../simulation/virtual-time";

const SCHEDULE = loopOf(10, 0, { pacing: "relative" });

test("a call counts, dispatches at once, and says whether to go on: the article's Iterator", async () => {
  const time = new VirtualTime(MINUTE + 4_321);
  const runner = simulatedRunner(time);
  const states = [];
  let state = { index: 0, count: 6 };
  for (let k = 0; k < 6; k++) {
    state = await callIterator(runner, SCHEDULE, state);
    states.push(state);
    await time.passUntil(time.now() + 10_000);
  }
  expect(states).toEqual([
    { index: 1, count: 6, continue: true },
    { index: 2, count: 6, continue: true },
    { index: 3, count: 6, continue: true },
    { index: 4, count: 6, continue: true },
    { index: 5, count: 6, continue: true },
    { index: 6, count: 6, continue: false },
  ]);
  expect(runner.tries.map(({ at, target }) => [at - MINUTE, target])).toEqual(
    [4_321, 14_321, 24_321, 34_321, 44_321, 54_321].map((at) => [at, FUNCTION_ARN]),
  );
});

test("a tick has no scheduledAt, an expiry from its dispatch on, and one outcome", async () => {
  const runner = simulatedRunner(new VirtualTime(MINUTE + 4_321));
  await callIterator(runner, SCHEDULE, { index: 0, count: 6 });
  expect(runner.tries[0]?.message.tick).toEqual({
    id: "beat-1795371904",
    schedule: "beat",
    strategy: "sfn-loop",
    scheduledAt: null,
    dispatchedAt: "2026-11-22T18:25:04.321Z",
    expiresAt: "2026-11-22T18:25:14.321Z",
  });
  expect(outcomesOf(runner).map(({ event }) => event)).toEqual(["tick.dispatched"]);
});

test("nothing is claimed: the guard is the duplicate check", async () => {
  const runner = simulatedRunner(new VirtualTime(MINUTE));
  await callIterator(runner, SCHEDULE, { index: 0, count: 6 });
  expect(runner.rows.size).toBe(0);
});

test("a dispatch that fails is counted as missed, and the loop goes on", async () => {
  const time = new VirtualTime(MINUTE);
  const runner = simulatedRunner(time, { answer: () => ({ answer: "rejected" }) });
  const state = await time.passUntilDone(callIterator(runner, SCHEDULE, { index: 2, count: 6 }));
  expect(state).toEqual({ index: 3, count: 6, continue: true });
  expect(outcomesOf(runner).map(({ event, fields }) => [event, fields.reason])).toEqual([
    ["tick.missed", "dispatch-failed"],
  ]);
});

test("clock pacing plans, though the state machine gives it no count", async () => {
  const time = new VirtualTime(MINUTE);
  const runner = simulatedRunner(time);
  const end = await time.passUntilDone(runLoop(runner, loopOf(10, 0, { horizon: 1 })));
  expect(end).toMatchObject({ index: 6, count: 6, continue: false });
});
