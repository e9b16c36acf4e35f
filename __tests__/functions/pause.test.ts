import type { IteratorState } from "../../functions/iterator/iterate";
import { publishMinutes } from "../../functions/lambda-clock/publish";
import { iso } from "../../schedule/tick";
import { callIterator, runLoop } from "../simulation/loop-run";
import { clockOf, loopOf, MINUTE } from "../simulation/schedules";
import { dispatchedIds, type SimulatedRunner, simulatedRunner } from "../simulation/simulated-runner";
import { VirtualTime } from "../simulation/virtual-time";

function simulate(now = MINUTE + 30_000) {
  const time = new VirtualTime(now);
  return { time, runner: simulatedRunner(time) };
}

/** The spans in which the log says that a schedule was paused, in s after MINUTE. */
const pausedSpans = ({ lines }: SimulatedRunner) =>
  lines
    .filter(({ event }) => event === "schedule.paused")
    .map(({ fields }) => [fields.schedule, at(fields.from), at(fields.to)]);

const at = (instant: unknown) => (Date.parse(String(instant)) - MINUTE) / 1_000;

describe.each(["clock", "relative"] as const)("a loop with %s pacing whose schedule is paused", (pacing) => {
  test("ends at once, claims nothing, dispatches nothing, and says for how long that holds", async () => {
    const { time, runner } = simulate();
    const state = await time.passUntilDone(callIterator(runner, loopOf(10, 0, { pacing }), undefined, "run", true));
    expect(state).toEqual({ index: 0, count: 0, continue: false });
    expect(runner.rows.size).toBe(0);
    expect(runner.tries).toEqual([]);
    expect(runner.lines).toHaveLength(1);
    expect(pausedSpans(runner)).toEqual([["beat", 30, 150]]);
  });
});

test("a loop that is under way when its schedule is paused goes on without a dispatch, tick by tick", async () => {
  const { time, runner } = simulate();
  const paused = () => time.now() >= MINUTE + 75_000;
  await time.passUntilDone(runLoop(runner, loopOf(10), { paused }));
  expect(dispatchedIds(runner).map(secondOf)).toEqual([40, 50, 60, 70]);
  // The horizon of three minutes ends with minute 2.
  const ticks = [80, 90, 100, 110, 120, 130, 140, 150, 160, 170];
  expect(pausedSpans(runner)).toEqual(ticks.map((second) => ["beat", second, second + 0.001]));
  // Each is claimed all the same, so that other runs see that this one lives.
  for (const second of ticks) expect(runner.rows.has(`tick#beat-${MINUTE / 1_000 + second}`)).toBe(true);
});

test("and ticks again at once when it is resumed before its minutes are over, and catches nothing up", async () => {
  const { time, runner } = simulate();
  const paused = () => time.now() >= MINUTE + 75_000 && time.now() < MINUTE + 101_000;
  await time.passUntilDone(runLoop(runner, loopOf(10, 0, { overdue: "latest" }), { paused }));
  expect(dispatchedIds(runner).map(secondOf)).toEqual([30, 40, 50, 60, 70, 110, 120, 130, 140, 150, 160, 170]);
  expect(pausedSpans(runner).map(([, from]) => from)).toEqual([80, 90, 100]);
});

test("a tick that passed during a pause is not caught up, also where the newest overdue one is run late", async () => {
  const { time, runner } = simulate(MINUTE + 30_000);
  const hourly = loopOf(3_600, 1_500, { overdue: "latest", catchUpMs: 3_600_000 });
  const firing = (paused: boolean) => runLoop(runner, hourly, { paused: () => paused });
  await time.passUntilDone(firing(true));
  await time.passUntil(MINUTE + 90_000);
  await time.passUntilDone(firing(false));
  expect(runner.tries).toEqual([]);
  const unpaused = simulate(MINUTE + 90_000);
  await unpaused.time.passUntilDone(runLoop(unpaused.runner, hourly));
  expect(dispatchedIds(unpaused.runner)).toHaveLength(1);
});

test("a relative loop that is under way when it is paused ends", async () => {
  const { time, runner } = simulate(MINUTE);
  const schedule = loopOf(10, 0, { pacing: "relative" });
  let state: IteratorState = { index: 0, count: 6 };
  for (const paused of [false, true]) {
    state = await time.passUntilDone(callIterator(runner, schedule, state, "run", paused));
  }
  expect(state).toEqual({ index: 1, count: 6, continue: false });
  expect(runner.tries).toHaveLength(1);
});

describe("LambdaClock", () => {
  test("publishes the ticks of those schedules alone that are not paused", async () => {
    const { time, runner } = simulate();
    const schedules = [clockOf(1, { name: "on" }), clockOf(1, { name: "off", paused: true })];
    await time.passUntilDone(publishMinutes(runner, schedules, 1, iso(MINUTE + 30_000), "call"));
    expect(dispatchedIds(runner)).toEqual([`on-${MINUTE / 1_000 + 60}`]);
    expect(pausedSpans(runner)).toEqual([["off", 30, 150]]);
  });

  test("does not wait where all are paused: nothing is billed for a pause", async () => {
    const { time, runner } = simulate();
    await time.passUntilDone(publishMinutes(runner, [clockOf(1, { paused: true })], 5, iso(MINUTE), "call"));
    expect(time.now()).toBe(MINUTE + 30_000);
    expect(runner.rows.size).toBe(0);
  });
});

/** Seconds after MINUTE. */
function secondOf(id: string): number {
  return Number(id.split("-").at(-1)) - MINUTE / 1_000;
}
