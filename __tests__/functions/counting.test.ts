import fc from "fast-check";
import { publishMinutes } from "../../functions/lambda-clock/publish";
import { MINUTE_MS } from "../../schedule/duration";
import { instantsBetween } from "../../schedule/grid";
import { type MetricName, MISSED_METRICS } from "../../schedule/metrics";
import { minuteOf } from "../../schedule/minute";
import { iso, tickAt, tickId } from "../../schedule/tick";
import { runHandover } from "../simulation/handover";
import { callIterator, runLoop } from "../simulation/loop-run";
import { survivableBehaviour } from "../simulation/rule-firings";
import { clockOf, loopOf, MINUTE } from "../simulation/schedules";
import { between, seededRandom } from "../simulation/seeded-random";
import {
  dispatchedIds,
  type SimulatedRunner,
  type SimulationOptions,
  simulatedRunner,
} from "../simulation/simulated-runner";
import { VirtualTime } from "../simulation/virtual-time";

jest.setTimeout(60_000);

const sum = (runner: SimulatedRunner, name: MetricName) =>
  runner.recorded.reduce((total, one) => total + (one.name === name ? one.value : 0), 0);

/** The counts of ticks, without those that are 0. */
function counts(runner: SimulatedRunner): Partial<Record<MetricName, number>> {
  const names: MetricName[] = ["TicksDue", "TicksDispatched", "TicksMissed", "TicksDuplicate"];
  const all = [...names, ...Object.values(MISSED_METRICS)].map((name) => [name, sum(runner, name)] as const);
  return Object.fromEntries(all.filter(([, value]) => value !== 0));
}

const values = (runner: SimulatedRunner, name: MetricName) =>
  runner.recorded.filter((one) => one.name === name).map(({ value }) => value);

/** Every logged outcome is recorded, and every missed tick by its reason. */
function expectAsLogged(runner: SimulatedRunner): void {
  const logged = (name: string) => runner.lines.filter(({ event }) => event === name).length;
  expect(sum(runner, "TicksDispatched")).toBe(logged("tick.dispatched"));
  expect(sum(runner, "TicksMissed")).toBe(logged("tick.missed"));
  const byReason = Object.values(MISSED_METRICS).reduce((total, name) => total + sum(runner, name), 0);
  expect(byReason).toBe(sum(runner, "TicksMissed"));
}

function simulate(now: number, options: SimulationOptions = {}) {
  const time = new VirtualTime(now);
  return { time, runner: simulatedRunner(time, options) };
}

const PLANNED = { index: 2, count: 6, minutes: [minuteOf(MINUTE)], continue: true };

/** What one further call of a run records: its next tick is due at second 20. */
async function call(offsetMs: number, options: SimulationOptions = {}, fields: Parameters<typeof loopOf>[2] = {}) {
  const { time, runner } = simulate(MINUTE + offsetMs, options);
  await time.passUntilDone(callIterator(runner, loopOf(10, 0, fields), PLANNED));
  expectAsLogged(runner);
  return runner;
}

describe("the dispatcher records what becomes of a tick", () => {
  test("dispatched, with its skew", async () => {
    const runner = await call(19_500);
    expect(counts(runner)).toEqual({ TicksDispatched: 1 });
    expect(values(runner, "DispatchSkew")).toEqual([0]);
    expect(values(await call(21_500), "DispatchSkew")).toEqual([1_500]);
  });

  test.each([
    ["refused", { TicksMissed: 1, TicksMissedDispatchFailed: 1 }],
    ["unknown", { TicksMissed: 1, TicksMissedDispatchUnknown: 1 }],
  ] as const)("not dispatched: %s", async (answer, expected) => {
    const runner = await call(19_500, { answer: () => ({ answer }) });
    expect(counts(runner)).toEqual(expected);
    expect(values(runner, "DispatchSkew")).toEqual([]);
  });

  test("given up by a call that comes late, each with its reason, and without a claim", async () => {
    const runner = await call(43_000, {}, { catchUpMs: 15_000 });
    expect(counts(runner)).toEqual({
      ...{ TicksDispatched: 1, TicksMissed: 2, TicksMissedExpired: 1, TicksMissedOvertaken: 1 },
    });
    expect([...runner.rows.keys()]).toEqual([`tick#${tickId("beat", MINUTE + 40_000)}`]);
  });

  test("suppressed: recorded by the invocation that has claimed it, and not here", async () => {
    const { time, runner } = simulate(MINUTE + 19_500);
    await runner.ledger.claimTick(tickAt(loopOf(10), MINUTE + 20_000), "the other clock");
    await time.passUntilDone(callIterator(runner, loopOf(10), PLANNED));
    expect(counts(runner)).toEqual({});
  });
});

/** A loop whose rule fires at these offsets from MINUTE, in ms, paused in some spans of time. */
async function play(
  schedule: ReturnType<typeof loopOf>,
  firings: readonly number[],
  options: { paused?: (at: number) => boolean; claimMs?: () => number; transitionMs?: () => number } = {},
): Promise<SimulatedRunner> {
  const { paused = () => false, claimMs = () => 20, transitionMs } = options;
  const { time, runner } = simulate(MINUTE, { claimMs });
  const runs = firings.map(async (at) => {
    await time.waitUntil(MINUTE + at);
    await runLoop(runner, schedule, { transitionMs, paused: () => paused(time.now() - MINUTE) });
  });
  await time.passUntilDone(Promise.all(runs));
  expectAsLogged(runner);
  return runner;
}

describe("the planner records what is due", () => {
  test("of a loop: the ticks that it will dispatch, as the log of its plan says, and how far ahead it planned", async () => {
    const runner = await play(loopOf(10), [30_000, 31_000, 90_000]);
    const planned = runner.lines.filter(({ event }) => event === "run.planned").map(({ fields }) => fields.count);
    expect(planned).toEqual([14, 0, 6]);
    expect(values(runner, "TicksDue")).toEqual([14, 6]);
    expect(values(runner, "PlannerLag")).toEqual([30_050, -90_000 + 50]);
  });

  test("of a relative run: its ticks, in its first call", async () => {
    const { time, runner } = simulate(MINUTE);
    const schedule = loopOf(10, 0, { pacing: "relative" });
    await time.passUntilDone(callIterator(runner, schedule, { index: 0, count: 6 }));
    await time.passUntilDone(callIterator(runner, schedule, { index: 1, count: 6 }));
    expect(counts(runner)).toEqual({ TicksDue: 6, TicksDispatched: 2 });
  });

  test("of LambdaClock: the tick of the firing's own minute, and how far ahead it came", async () => {
    const { time, runner } = simulate(MINUTE + 30_000);
    const schedules = [clockOf(1), clockOf(5, { name: "not now", phaseMs: 0 })];
    await time.passUntilDone(publishMinutes(runner, schedules, 2, iso(MINUTE), "call"));
    expect(values(runner, "TicksDue")).toEqual([1]);
    expect(values(runner, "PlannerLag")).toEqual([-30_000, -30_000]);
  });

  test("of a paused schedule: nothing", async () => {
    const paused = await play(loopOf(10, 0, { overdue: "latest" }), [30_000, 90_000], { paused: () => true });
    expect(paused.recorded).toEqual([]);
    const { time, runner } = simulate(MINUTE + 30_000);
    await time.passUntilDone(publishMinutes(runner, [clockOf(1, { paused: true })], 2, iso(MINUTE), "call"));
    expect(runner.recorded).toEqual([]);
    expect(runner.rows.size).toBe(0);
  });
});

test("LambdaClock flushes after each dispatch, not after standing by", async () => {
  const { time, runner } = simulate(MINUTE + 30_000);
  await time.passUntilDone(publishMinutes(runner, [clockOf(1)], 2, iso(MINUTE), "call"));
  const dispatched = runner.recorded.filter(({ name }) => name === "TicksDispatched").map(({ at }) => at);
  expect(dispatched).toEqual([MINUTE + 60_000, MINUTE + 120_000]);
  for (const at of dispatched) expect(runner.flushes).toContain(at);
});

describe("a handover", () => {
  const loop = loopOf(60);
  const clock = clockOf(1);
  let calls = 0;
  const fireLoop = (runner: SimulatedRunner) => runLoop(runner, loop);
  const fireClock = (runner: SimulatedRunner, at: number) =>
    publishMinutes(runner, [clock], 2, iso(at), `clock-${++calls}`);

  test.each([
    ["from the loop to LambdaClock", fireLoop, fireClock],
    ["from LambdaClock to the loop", fireClock, fireLoop],
  ])("%s records every dispatch once, and none as missed, though both clocks plan", async (_what, before, after) => {
    const span = { beginsMs: 5 * MINUTE_MS, endsMs: 9 * MINUTE_MS, phaseMs: 20_000, minutes: 15 };
    const runner = await runHandover({ before, after, ...span });
    expectAsLogged(runner);
    const ids = dispatchedIds(runner);
    expect(new Set(ids).size).toBe(ids.length);
    expect(counts(runner)).toEqual({ TicksDue: expect.any(Number), TicksDispatched: ids.length });
    expect(sum(runner, "TicksDue")).toBeGreaterThan(ids.length);
  });
});

test("over hours, whatever the rule does that the horizon survives: due is what the grid says, each dispatched once", async () => {
  await fc.assert(
    fc.asyncProperty(
      survivableBehaviour(6),
      fc.integer({ min: 1, max: 120 }),
      fc.nat(),
      fc.nat(),
      async ({ horizon, arrivals }, intervalS, phase, seed) => {
        const random = seededRandom(seed);
        const schedule = loopOf(intervalS, phase % intervalS, { horizon });
        const firings = arrivals.map((arrival) => arrival - Math.max(0, (arrival % MINUTE_MS) - 59_000));
        const runner = await play(schedule, firings, {
          claimMs: () => between(random, 2, 40),
          transitionMs: () => between(random, 10, 300),
        });
        expect(sum(runner, "TicksDispatched")).toBe(dispatchedIds(runner).length);
        const plannedAt = runner.lines.find(({ event }) => event === "run.planned")?.at as number;
        const end = MINUTE + (Math.floor((firings.at(-1) as number) / MINUTE_MS) + horizon) * MINUTE_MS;
        expect(sum(runner, "TicksDue")).toBe(instantsBetween(schedule, plannedAt + 1, end).length);
      },
    ),
    { numRuns: 40, interruptAfterTimeLimit: 20_000 },
  );
});
