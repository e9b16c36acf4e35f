import fc from "fast-check";
import type { IteratorState } from "../../functions/iterator/iterate";
import { MINUTE_MS, SECOND_MS } from "../../schedule/duration";
import { instantsBetween } from "../../schedule/grid";
import { minuteOf, startOfMinute } from "../../schedule/minute";
import { tickId } from "../../schedule/tick";
import { callIterator, runLoop } from "../simulation/loop-run";
import { survivableBehaviour } from "../simulation/rule-firings";
import { loopOf, MINUTE } from "../simulation/schedules";
import { between, seededRandom } from "../simulation/seeded-random";
import {
  amiss,
  dispatchedIds,
  NOTHING_AMISS,
  outcomesOf,
  type SimulationOptions,
  simulatedRunner,
} from "../simulation/simulated-runner";
import { VirtualTime } from "../simulation/virtual-time";

/** Many plays of many minutes take seconds where the machine has other work as well. */
jest.setTimeout(60_000);

const THIS_MINUTE = minuteOf(MINUTE);

function simulate(now: number, options?: SimulationOptions) {
  const time = new VirtualTime(now);
  return { time, runner: simulatedRunner(time, options) };
}

describe("the first call of a run", () => {
  test("claims the minutes of its horizon, plans their ticks, and names the second to wait for", async () => {
    const { time, runner } = simulate(MINUTE + 12_345);
    const state = await time.passUntilDone(callIterator(runner, loopOf(10)));
    expect(state).toEqual({
      index: 2,
      count: 18,
      continue: true,
      minutes: [THIS_MINUTE, THIS_MINUTE + 1, THIS_MINUTE + 2],
      wakeAt: "2026-11-22T18:25:19.000Z",
    });
    expect([...runner.rows.keys()]).toEqual([0, 1, 2].map((k) => `minute#beat@STANDARD#${THIS_MINUTE + k}`));
    expect(runner.lines).toMatchObject([
      { event: "run.planned", fields: { schedule: "beat", run: "run-0", count: 16, from: "2026-11-22T18:25:20.000Z" } },
    ]);
    expect(runner.tries).toEqual([]);
  });

  test("plans only the minutes that no other run has", async () => {
    const { time, runner } = simulate(MINUTE + 50_500);
    await runner.ledger.claimMinute("beat@STANDARD", THIS_MINUTE, "another run", loopOf(10));
    await runner.ledger.claimMinute("beat@STANDARD", THIS_MINUTE + 1, "another run", loopOf(10));
    await runner.ledger.claimMinute("beat@EXPRESS", THIS_MINUTE + 2, "a run of a machine of another type", loopOf(10));
    const state = await time.passUntilDone(callIterator(runner, loopOf(10)));
    expect(state).toMatchObject({ index: 0, minutes: [THIS_MINUTE + 2], wakeAt: "2026-11-22T18:26:59.000Z" });
  });

  test("ends the run where all minutes are another's", async () => {
    const { time, runner } = simulate(MINUTE);
    for (const k of [0, 1, 2])
      await runner.ledger.claimMinute("beat@STANDARD", THIS_MINUTE + k, "another run", loopOf(10));
    const state = await time.passUntilDone(callIterator(runner, loopOf(10)));
    expect(state).toEqual({ index: 0, count: 0, continue: false, minutes: [] });
    expect(runner.lines).toMatchObject([{ event: "run.planned", fields: { minutes: [], count: 0, from: null } }]);
  });

  test("ends the run where no tick lies in its minutes", async () => {
    const { time, runner } = simulate(MINUTE);
    const state = await time.passUntilDone(callIterator(runner, loopOf(7_200, 0, { horizon: 2 })));
    expect(state).toMatchObject({ count: 0, continue: false });
    expect(state.wakeAt).toBeUndefined();
  });

  test("dispatches a tick that is less than a second away itself", async () => {
    const { time, runner } = simulate(MINUTE + 9_000);
    const state = await time.passUntilDone(callIterator(runner, loopOf(10)));
    expect(runner.tries.map(({ at }) => at)).toEqual([MINUTE + 10_000]);
    expect(state).toMatchObject({ index: 2, wakeAt: "2026-11-22T18:25:19.000Z" });
  });

  test("that is repeated for the same run gets the same minutes again", async () => {
    const { time, runner } = simulate(MINUTE + 1);
    const first = await time.passUntilDone(callIterator(runner, loopOf(10)));
    expect(await time.passUntilDone(callIterator(runner, loopOf(10)))).toEqual(first);
  });

  test.each([
    ["skip", []],
    ["latest", ["beat-1795371930"]],
  ] as const)("deals with overdue ticks by the policy %s", async (overdue, ids) => {
    const { time, runner } = simulate(MINUTE + 34_567);
    await time.passUntilDone(callIterator(runner, loopOf(10, 0, { overdue })));
    expect(dispatchedIds(runner)).toEqual(ids);
    for (const line of outcomesOf(runner)) expect(line.fields.late).toBe(true);
  });
});

describe("the newest overdue tick of a minute before", () => {
  const come = async (overdue: "skip" | "latest", catchUpMs?: number) => {
    // Every 5 minutes on the grid; the clock is back 2 min after a tick, in a minute that has none.
    const fiveMinutes = 300_000;
    const { time, runner } = simulate(Math.ceil(MINUTE / fiveMinutes) * fiveMinutes + 120_500);
    await time.passUntilDone(callIterator(runner, loopOf(300, 0, { overdue, ...(catchUpMs && { catchUpMs }) })));
    return dispatchedIds(runner).length;
  };

  test("is run by the policy latest, while it has not expired", async () => {
    expect(await come("latest")).toBe(1);
    expect(await come("latest", 60_000)).toBe(0);
  });

  test("is left by the policy skip", async () => {
    expect(await come("skip")).toBe(0);
  });
});

describe("a further call", () => {
  const planned: IteratorState = { index: 2, count: 6, minutes: [THIS_MINUTE], continue: true };
  const at = async (offset: number, fields: Parameters<typeof loopOf>[2] = {}, options?: SimulationOptions) => {
    const { time, runner } = simulate(MINUTE + offset, options);
    const state = await time.passUntilDone(callIterator(runner, loopOf(10, 0, fields), planned));
    const log = outcomesOf(runner).map((line) => [line.event, line.fields.tick?.id, line.fields.reason]);
    return { state, log, dispatchedAt: runner.tries.map((one) => one.at - MINUTE) };
  };

  test.each([19_000, 19_300, 19_999, 20_000])(
    "at second %d ms waits out the rest and dispatches to the ms",
    async (offset) => {
      const { state, log, dispatchedAt } = await at(offset);
      expect(dispatchedAt).toEqual([20_000]);
      expect(log).toEqual([["tick.dispatched", "beat-1795371920", undefined]]);
      expect(state).toEqual({ ...planned, index: 3, wakeAt: "2026-11-22T18:25:29.000Z" });
    },
  );

  test.each([18_950, 18_999, -3_600_000])(
    "that comes early, at %d ms, waits again and dispatches nothing",
    async (offset) => {
      const { state, log } = await at(offset);
      expect(log).toEqual([]);
      expect(state).toEqual({ ...planned, wakeAt: "2026-11-22T18:25:19.000Z" });
    },
  );

  test("that comes late dispatches at once", async () => {
    expect(await at(21_500)).toMatchObject({ dispatchedAt: [21_500], state: { index: 3 } });
  });

  test("that comes after the tick expired counts it as missed, and goes on with the next", async () => {
    const { state, log } = await at(25_000, { catchUpMs: 2_000 });
    expect(log).toEqual([["tick.missed", "beat-1795371920", "expired"]]);
    expect(state).toEqual({ ...planned, index: 3, wakeAt: "2026-11-22T18:25:29.000Z" });
  });

  test("that comes after several ticks dispatches the newest only, and counts each other as missed", async () => {
    const { state, log, dispatchedAt } = await at(43_000, { catchUpMs: 15_000 });
    expect(dispatchedAt).toEqual([43_000]);
    expect(log).toEqual([
      ["tick.missed", "beat-1795371920", "expired"],
      ["tick.missed", "beat-1795371930", "overtaken"],
      ["tick.dispatched", "beat-1795371940", undefined],
    ]);
    expect(state).toMatchObject({ index: 5, continue: true });
  });

  test("that comes after all its ticks ends the run", async () => {
    const { state, log } = await at(500_000);
    expect(log.map(([event]) => event)).toEqual(Array(4).fill("tick.missed"));
    expect(state).toEqual({ index: 6, count: 6, continue: false, minutes: [THIS_MINUTE] });
  });

  test("goes on with the rest of the minute where the dispatch fails", async () => {
    const { state, log } = await at(19_000, {}, { answer: () => ({ answer: "refused" }) });
    expect(log).toEqual([["tick.missed", "beat-1795371920", "dispatch-failed"]]);
    expect(state).toMatchObject({ index: 3, continue: true });
  });

  test("repeated after the first did all but answer dispatches nothing twice", async () => {
    const { time, runner } = simulate(MINUTE + 19_000);
    await time.passUntilDone(callIterator(runner, loopOf(10), planned));
    const again = await time.passUntilDone(callIterator(runner, loopOf(10), planned));
    expect(dispatchedIds(runner)).toEqual(["beat-1795371920"]);
    expect(again).toMatchObject({ index: 3, continue: true });
  });
});

test("every second of two minutes: a run that starts then dispatches each tick of its minutes after it, once and to the ms", async () => {
  for (const intervalS of [1, 7, 10, 45, 90]) {
    const schedule = loopOf(intervalS, intervalS > 40 ? 20 : 0, { horizon: 2 });
    for (let second = 0; second < 120; second += intervalS === 1 ? 7 : 1) {
      const start = MINUTE + second * SECOND_MS;
      const { time, runner } = simulate(start);
      await time.passUntilDone(runLoop(runner, schedule, { transitionMs: () => 150 }));
      const due = instantsBetween(schedule, start + 151, startOfMinute(minuteOf(start) + 2));
      expect(runner.tries.map(({ at, message }) => [at, message.tick.id])).toEqual(
        due.map((instant) => [instant, tickId("beat", instant)]),
      );
    }
  }
});

test("whatever the rule does that the horizon survives, each due tick is dispatched once, at its instant", async () => {
  await fc.assert(
    fc.asyncProperty(
      survivableBehaviour(6),
      fc.integer({ min: 1, max: 120 }),
      fc.nat(),
      fc.nat(),
      async ({ horizon, arrivals }, intervalS, phase, seed) => {
        const random = seededRandom(seed);
        const schedule = loopOf(intervalS, phase % intervalS, { horizon });
        const { time, runner } = simulate(MINUTE, { claimMs: () => between(random, 2, 40) });
        // A firing whose first call slips over the minute's edge is a firing of the next minute.
        const firings = arrivals.map((arrival) => MINUTE + arrival - Math.max(0, (arrival % MINUTE_MS) - 59_000));
        const runs = firings.map(async (firing) => {
          await time.waitUntil(firing);
          await runLoop(runner, schedule, { transitionMs: () => between(random, 10, 300) });
        });
        await time.passUntilDone(Promise.all(runs));

        const plannedAt = runner.lines.find(({ event }) => event === "run.planned")?.at as number;
        const until = startOfMinute(minuteOf(firings.at(-1) as number) + horizon);
        const due = instantsBetween(schedule, plannedAt + 1, until).map((at) => tickId("beat", at));
        expect(amiss(runner, due)).toEqual(NOTHING_AMISS);
        for (const { at, message } of runner.tries) {
          const claimedAt = runner.rows.get(`tick#${message.tick.id}`)?.at as number;
          expect(at).toBe(Math.max(Date.parse(message.tick.scheduledAt as string), claimedAt));
        }
        expect(outcomesOf(runner)).toHaveLength(due.length);
      },
    ),
    { numRuns: 60, interruptAfterTimeLimit: 20_000 },
  );
});

describe("a schedule with a lead", () => {
  test("is waited for until a whole second that leaves a second before the dispatch", async () => {
    const { time, runner } = simulate(MINUTE + 12_345);
    const schedule = loopOf(10, 0, { leadMs: 750 });
    const state = await time.passUntilDone(callIterator(runner, schedule));
    expect(state).toMatchObject({ index: 2, wakeAt: "2026-11-22T18:25:18.000Z" });
    const early = simulate(MINUTE + 17_999);
    const again = await early.time.passUntilDone(callIterator(early.runner, schedule, state));
    expect([again, early.runner.tries]).toEqual([state, []]);
    const woken = simulate(MINUTE + 18_000);
    await woken.time.passUntilDone(callIterator(woken.runner, schedule, state));
    expect(woken.runner.tries.map(({ at }) => at - MINUTE)).toEqual([19_250]);
  });

  test.each([
    [1, 750],
    [10, 5_000],
  ])("every %s s has each tick dispatched once, %s ms before its instant", async (intervalS, leadMs) => {
    const { time, runner } = simulate(MINUTE + 12_345);
    await time.passUntilDone(runLoop(runner, loopOf(intervalS, 0, { leadMs, horizon: 2 })));
    const skews = runner.tries.map(({ at, message }) => at - Date.parse(message.tick.scheduledAt as string));
    expect(skews.filter((skew, k) => k > 0 && skew !== -leadMs)).toEqual([]);
    const due = instantsBetween(loopOf(intervalS), MINUTE + 12_346, MINUTE + 2 * MINUTE_MS);
    expect(
      amiss(
        runner,
        due.map((at) => tickId("beat", at)),
      ),
    ).toEqual(NOTHING_AMISS);
  });
});
