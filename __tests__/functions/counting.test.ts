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

/** The counts of ticks, those that are 0 left out. */
function counts(runner: SimulatedRunner): Partial<Record<MetricName, number>> {
  const names: MetricName[] = ["TicksDue", "TicksDispatched", "TicksMissed", "TicksPaused", "TicksDuplicate"];
  const all = [...names, ...Object.values(MISSED_METRICS)].map((name) => [name, sum(runner, name)] as const);
  return Object.fromEntries(all.filter(([, value]) => value !== 0));
}

const values = (runner: SimulatedRunner, name: MetricName) =>
  runner.recorded.filter((one) => one.name === name).map(({ value }) => value);

function expectBalance(runner: SimulatedRunner): void {
  expect(sum(runner, "TicksDue")).toBe(
    sum(runner, "TicksDispatched") + sum(runner, "TicksMissed") + sum(runner, "TicksPaused"),
  );
  const byReason = Object.values(MISSED_METRICS).reduce((total, name) => total + sum(runner, name), 0);
  expect(byReason).toBe(sum(runner, "TicksMissed"));
}

function simulate(now: number, options: SimulationOptions = {}) {
  const time = new VirtualTime(now);
  return { time, runner: simulatedRunner(time, { metered: true, ...options }) };
}

/** What one further call of a run counts: its next tick is due at second 20. */
async function call(offsetMs: number, options: SimulationOptions = {}, fields: Parameters<typeof loopOf>[2] = {}) {
  const { time, runner } = simulate(MINUTE + offsetMs, options);
  const planned = { index: 2, count: 6, minutes: [minuteOf(MINUTE)], continue: true };
  await time.passUntilDone(callIterator(runner, loopOf(10, 0, fields), planned));
  expectBalance(runner);
  return runner;
}

describe("a tick is counted by what became of it", () => {
  test("dispatched, with its skew", async () => {
    const runner = await call(19_500);
    expect(counts(runner)).toEqual({ TicksDue: 1, TicksDispatched: 1 });
    expect(values(runner, "DispatchSkew")).toEqual([0]);
    expect(values(await call(21_500), "DispatchSkew")).toEqual([1_500]);
  });

  test.each([
    ["refused", { TicksDue: 1, TicksMissed: 1, TicksMissedDispatchFailed: 1 }],
    ["unknown", { TicksDue: 1, TicksMissed: 1, TicksMissedDispatchUnknown: 1 }],
  ] as const)("not dispatched: %s", async (answer, expected) => {
    const runner = await call(19_500, { answer: () => ({ answer }) });
    expect(counts(runner)).toEqual(expected);
    expect(values(runner, "DispatchSkew")).toEqual([]);
  });

  test("given up by a call that comes late", async () => {
    const runner = await call(43_000, {}, { catchUpMs: 15_000 });
    expect(counts(runner)).toEqual({
      ...{ TicksDue: 3, TicksDispatched: 1, TicksMissed: 2 },
      ...{ TicksMissedExpired: 1, TicksMissedOvertaken: 1 },
    });
  });

  test("suppressed: by the other that has claimed it, and not here; a suppression is no duplicate", async () => {
    const { time, runner } = simulate(MINUTE + 19_500);
    await runner.ledger.claimTick(tickAt(loopOf(10), MINUTE + 20_000), "the other clock");
    const planned = { index: 2, count: 6, minutes: [minuteOf(MINUTE)], continue: true };
    await time.passUntilDone(callIterator(runner, loopOf(10), planned));
    expect(counts(runner)).toEqual({});
  });
});

test("a tick that two runs give up is counted once, and not where the other had dispatched it", async () => {
  const { time, runner } = simulate(MINUTE + 43_000);
  const schedule = loopOf(10);
  await runner.ledger.claimTick(tickAt(schedule, MINUTE + 20_000), "the other clock");
  const planned = { index: 2, count: 6, minutes: [minuteOf(MINUTE)], continue: true };
  await time.passUntilDone(
    Promise.all([callIterator(runner, schedule, planned), callIterator(runner, schedule, planned)]),
  );
  expect(counts(runner)).toMatchObject({ TicksDue: 2, TicksDispatched: 1, TicksMissed: 1 });
  expect(runner.lines.filter(({ event }) => event === "tick.missed")).toHaveLength(4);
});

test("counting never keeps a clock from ticking: a ledger that fails at it loses the count alone", async () => {
  const { time, runner } = simulate(MINUTE + 43_000);
  const { claimTick } = runner.ledger;
  const ledger = {
    ...runner.ledger,
    claimTick: (...args: Parameters<typeof claimTick>) =>
      args[0].id === tickId("beat", MINUTE + 40_000) ? claimTick(...args) : Promise.reject(new Error("away")),
  };
  const planned = { index: 2, count: 6, minutes: [minuteOf(MINUTE)], continue: true };
  const state = await time.passUntilDone(callIterator({ ...runner, ledger }, loopOf(10), planned));
  expect(state).toMatchObject({ index: 5, continue: true });
  expect(counts(runner)).toEqual({ TicksDue: 1, TicksDispatched: 1 });
});

test("the dispatch waits for no count", async () => {
  const runner = await call(43_000, { claimMs: () => 40 });
  expect(runner.tries.map(({ at }) => at - MINUTE)).toEqual([43_040]);
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
  expectBalance(runner);
  return runner;
}

const everyMinute = (minutes: number, atMs: number) =>
  Array.from({ length: minutes }, (_, minute) => minute * MINUTE_MS + atMs);

describe("ticks that no run had planned", () => {
  // A horizon of 2: each lost firing loses the minute after the next.
  const firings = (...lost: number[]) => everyMinute(8, 30_000).filter((_, minute) => !lost.includes(minute));

  test("are counted by the run that comes after", async () => {
    const schedule = loopOf(10, 0, { horizon: 2 });
    const runner = await play(schedule, firings(3, 4));
    const due = instantsBetween(schedule, MINUTE + 30_000 + 100, MINUTE + 9 * MINUTE_MS).length;
    expect(sum(runner, "TicksDue")).toBe(due);
    expect(counts(runner)).toEqual({
      ...{ TicksDue: due, TicksDispatched: dispatchedIds(runner).length },
      ...{ TicksMissed: 10, TicksMissedUnplanned: 10 },
    });
  });

  test("are none where the clock is new", async () => {
    expect(counts(await play(loopOf(10), [30_000])).TicksMissed).toBeUndefined();
  });

  test("are left to the alarm on silence where it was long", async () => {
    expect(counts(await play(loopOf(10, 0, { horizon: 2 }), firings(1, 2, 3, 4, 5))).TicksMissed).toBeUndefined();
  });

  test("are none where it was paused", async () => {
    const paused = (at: number) => at > 125_000 && at < 305_000;
    const runner = await play(loopOf(10, 0, { horizon: 2 }), firings(), { paused });
    expect(counts(runner).TicksMissed).toBeUndefined();
  });
});

describe("a pause", () => {
  const paused = (at: number) => at > 125_000;

  test.each(["skip", "latest"] as const)(
    "of a loop counts each tick of it once, also where its rule fires twice: %s",
    async (overdue) => {
      const schedule = loopOf(10, 0, { overdue });
      const twice = everyMinute(20, 30_000).flatMap((at) => [at, at + 1_000]);
      const runner = await play(schedule, twice, { paused });
      // The last firing speaks for the minute before it; with `latest`, also for the newest tick of its own.
      const until = 19 * MINUTE_MS;
      const due = instantsBetween(schedule, MINUTE + 30_100, MINUTE + until).length;
      // With `latest` the first run dispatches the tick of its own second, late.
      expect(counts(runner).TicksDispatched).toBe(overdue === "skip" ? 9 : 10);
      const own = overdue === "skip" ? 0 : 1;
      expect(counts(runner).TicksPaused).toBe(due - 9 + own);
    },
  );

  test("of a relative loop counts what its runs leave out", async () => {
    const { time, runner } = simulate(MINUTE);
    const schedule = loopOf(10, 0, { pacing: "relative" });
    await time.passUntilDone(callIterator(runner, schedule, { index: 2, count: 6 }, "run", true));
    expect(counts(runner)).toEqual({ TicksDue: 4, TicksPaused: 4 });
  });

  test("of LambdaClock counts a tick a minute, and writes it down at once", async () => {
    const { time, runner } = simulate(MINUTE);
    const schedules = [clockOf(1, { paused: true })];
    for (const at of everyMinute(10, 30_000)) {
      await time.passUntilDone(time.waitUntil(MINUTE + at));
      await time.passUntilDone(publishMinutes(runner, schedules, 2, iso(time.now()), `call-${at}`));
    }
    expect(counts(runner)).toEqual({ TicksDue: 10, TicksPaused: 10 });
    expect(runner.flushes).toContain(MINUTE + 30_000);
  });
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
  ])("%s counts every tick once", async (_what, before, after) => {
    const span = { beginsMs: 5 * MINUTE_MS, endsMs: 9 * MINUTE_MS, phaseMs: 20_000, minutes: 15 };
    const runner = await runHandover({ before, after, ...span });
    expectBalance(runner);
    expect(new Set(dispatchedIds(runner)).size).toBe(dispatchedIds(runner).length);
    expect(counts(runner)).toEqual({
      TicksDue: dispatchedIds(runner).length,
      TicksDispatched: dispatchedIds(runner).length,
    });
  });
});

describe("LambdaClock", () => {
  test("flushes after each dispatch, not when it has stood by; and says how far ahead it was", async () => {
    const { time, runner } = simulate(MINUTE + 30_000);
    await time.passUntilDone(publishMinutes(runner, [clockOf(1)], 2, iso(MINUTE), "call"));
    expect(values(runner, "PlannerLag")).toEqual([-30_000]);
    const dispatched = runner.recorded.filter(({ name }) => name === "TicksDispatched").map(({ at }) => at);
    expect(dispatched).toEqual([MINUTE + 60_000, MINUTE + 120_000]);
    for (const at of dispatched) expect(runner.flushes).toContain(at);
  });
});

describe("a ledger that is slow where it is asked for a count alone", () => {
  const never = () => new Promise<never>(() => undefined);

  test.each([
    ["hangs", 0, never],
    ["takes 5 s", 10, (time: VirtualTime) => time.pause(5_000)],
  ])(
    "costs no tick of a loop at 1 s, however much there is to count: it %s, and %i are counted",
    async (_what, counted, delay) => {
      const { time, runner } = simulate(MINUTE, { claimMs: () => 20 });
      const schedule = loopOf(1, 0, { horizon: 2 });
      const slow = async (past: boolean) => (past ? void (await delay(time)) : undefined);
      const ledger: SimulatedRunner["ledger"] = {
        claimTick: async (tick, by) => {
          await slow((tick.scheduledAt as number) < time.now() - 900);
          return runner.ledger.claimTick(tick, by);
        },
        claimMinute: runner.ledger.claimMinute,
      };
      await time.passUntilDone(runner.ledger.claimMinute(schedule.claimScope, minuteOf(MINUTE) - 3, "a run before"));
      await time.passUntil(MINUTE + 30_300);
      const begun = time.now();
      await time.passUntilDone(runLoop({ ...runner, ledger }, schedule));
      const due = instantsBetween(schedule, begun + 1, MINUTE + 2 * MINUTE_MS).map((at) => tickId("beat", at));
      expect(dispatchedIds(runner)).toEqual(due);
      for (const { at, message } of runner.tries) expect(at).toBe(Date.parse(message.tick.scheduledAt as string));
      expect(sum(runner, "TicksMissed")).toBe(counted);
    },
  );

  test("asks it for ten claims at a time, the oldest first, and counts in time what a ledger of 20 ms lets it", async () => {
    const { time, runner } = simulate(MINUTE + 30_280, { claimMs: () => 20 });
    const schedule = loopOf(1, 0, { horizon: 2 });
    let [underWay, most] = [0, 0];
    const asked: number[] = [];
    const ledger: SimulatedRunner["ledger"] = {
      ...runner.ledger,
      claimTick: async (tick, by) => {
        most = Math.max(most, ++underWay);
        asked.push(tick.scheduledAt as number);
        const won = await runner.ledger.claimTick(tick, by);
        underWay -= 1;
        return won;
      },
    };
    await time.passUntilDone(runner.ledger.claimMinute(schedule.claimScope, minuteOf(MINUTE) - 2, "a run before"));
    await time.passUntilDone(runLoop({ ...runner, ledger }, schedule));
    expect(most).toBe(10);
    const past = asked.filter((at) => at < MINUTE + 30_300);
    expect(past).toEqual([...past].sort((a, b) => a - b));
    expect(sum(runner, "TicksMissedUnplanned")).toBe(91);
  });

  test.each([false, true])(
    "costs no tick of LambdaClock, and keeps it no longer than half a second; a schedule paused: %s",
    async (paused) => {
      const { time, runner } = simulate(MINUTE + 30_000);
      const ledger: SimulatedRunner["ledger"] = {
        claimTick: (tick, by) => ((tick.scheduledAt as number) <= MINUTE ? never() : runner.ledger.claimTick(tick, by)),
        claimMinute: never,
      };
      const schedules = [clockOf(1), clockOf(1, { name: "other", paused })];
      await time.passUntilDone(publishMinutes({ ...runner, ledger }, schedules, 2, iso(MINUTE), "call"));
      const ticks = paused ? 2 : 4;
      expect(runner.tries.map(({ at }) => at - MINUTE)).toEqual(
        Array.from({ length: ticks }, (_, k) => (k < ticks / 2 ? 60_000 : 120_000)),
      );
      expect(time.now()).toBe(MINUTE + 120_000);
      const late = time.now();
      await time.passUntilDone(publishMinutes({ ...runner, ledger }, schedules, 1, iso(MINUTE + 30_000), "late"));
      expect(time.now()).toBe(late + 500);
    },
  );
});

describe("ticks that no firing of LambdaClock served", () => {
  /** LambdaClock gets an event of each of these minutes, at 30 s; the answer is its runner. */
  async function fire(minutes: readonly number[], horizon: number, schedules = (_minute: number) => [clockOf(1)]) {
    const { time, runner } = simulate(MINUTE, { claimMs: () => 20 });
    const calls = minutes.map(async (minute, k) => {
      await time.waitUntil(MINUTE + minute * MINUTE_MS + 30_000);
      await publishMinutes(runner, schedules(minute), horizon, iso(time.now()), `call-${k}`);
    });
    await time.passUntilDone(Promise.all(calls));
    expectBalance(runner);
    return runner;
  }

  test.each([
    [1, [0, 1, 3, 4], 1],
    [1, [0, 1, 4, 5], 2],
    [2, [0, 1, 3, 4], 0],
    [2, [0, 1, 4, 5], 1],
    [3, [0, 1, 4, 5], 0],
    [1, [0, 1, 5, 6], 3],
    [1, [0, 1, 6, 7], 0],
    [2, [3], 0],
  ])("horizon %i, events in the minutes %j: %i are counted, once each", async (horizon, minutes, missed) => {
    const runner = await fire(minutes, horizon);
    const dispatched = dispatchedIds(runner).length;
    expect(sum(runner, "TicksDispatched")).toBe(dispatched);
    expect(sum(runner, "TicksMissedUnplanned")).toBe(missed);
    expect(sum(runner, "TicksDue")).toBe(dispatched + missed);
  });

  test("are counted once where the rule fires twice, and in an environment without metrics the ledger is not asked", async () => {
    const runner = await fire([0, 0, 2, 2, 3], 1);
    expect(sum(runner, "TicksMissedUnplanned")).toBe(1);
    const { time, runner: bare } = simulate(MINUTE, { metered: false });
    await time.passUntilDone(publishMinutes(bare, [clockOf(1)], 1, iso(MINUTE), "call"));
    expect([...bare.rows.keys()]).toEqual([`tick#${tickId("beat", MINUTE + 60_000)}`]);
  });

  test("are counted when they have expired, not before: a late firing may still publish them", async () => {
    const slow = () => [clockOf(5, { phaseMs: 2 * MINUTE_MS, catchUpMs: 90_000 })];
    // Due at 18:27, 18:32, 18:37 and 18:42; the event of 18:31 does not come.
    const minutes = Array.from({ length: 20 }, (_, k) => k).filter((k) => k !== 6);
    const at = MINUTE + 7 * MINUTE_MS;
    const runner = await fire(minutes, 1, slow);
    expect(counts(runner)).toEqual({ TicksDue: 4, TicksDispatched: 3, TicksMissed: 1, TicksMissedUnplanned: 1 });
    const counted = runner.recorded.find(({ name }) => name === "TicksMissed")?.at as number;
    expect(counted).toBeGreaterThanOrEqual(at + 90_000);
    expect(runner.flushes.some((flush) => flush >= counted)).toBe(true);
  });

  test("are none where it was paused", async () => {
    for (const resumed of [3, 4, 5, 6, 7]) {
      const paused = (minute: number) => minute >= 2 && minute < resumed;
      const minutes = Array.from({ length: 12 }, (_, k) => k);
      const runner = await fire(minutes, 1, (minute) => [clockOf(1, { paused: paused(minute) })]);
      expect(sum(runner, "TicksMissed")).toBe(0);
    }
  });
});

test("a run says how far ahead of its first minute it planned, and one that has no minute says nothing", async () => {
  const runner = await play(loopOf(10), [30_000, 31_000, 90_000]);
  expect(values(runner, "PlannerLag")).toEqual([30_050, -90_000 + 50]);
});

test("over hours, whatever the rule does that the horizon survives: due is what the grid says, each counted once", async () => {
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
        expect(counts(runner).TicksDispatched ?? 0).toBe(dispatchedIds(runner).length);
        const plannedAt = runner.lines.find(({ event }) => event === "run.planned")?.at as number;
        const end = MINUTE + (Math.floor((firings.at(-1) as number) / MINUTE_MS) + horizon) * MINUTE_MS;
        expect(sum(runner, "TicksDue")).toBe(instantsBetween(schedule, plannedAt + 1, end).length);
      },
    ),
    { numRuns: 40, interruptAfterTimeLimit: 20_000 },
  );
});

test("over an hour of a rule that does as it likes, paused now and then: no tick is counted twice", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.integer({ min: 5, max: 90 }), async (seed, intervalS) => {
      const random = seededRandom(seed);
      const schedule = loopOf(intervalS, 0, { horizon: 2 });
      const firings = everyMinute(60, 0).flatMap((at) => (random() < 0.3 ? [] : [at + between(random, 0, 59_000)]));
      const from = between(random, 0, 50) * MINUTE_MS;
      const runner = await play(schedule, firings, { paused: (at) => at > from && at < from + 10 * MINUTE_MS });
      const end = (firings.at(-1) ?? 0) + 3 * MINUTE_MS;
      const most = instantsBetween(schedule, MINUTE, MINUTE + end).length;
      expect(sum(runner, "TicksDue")).toBeLessThanOrEqual(most);
      expect(sum(runner, "TicksDispatched")).toBe(dispatchedIds(runner).length);
    }),
    { numRuns: 25, interruptAfterTimeLimit: 20_000 },
  );
});
