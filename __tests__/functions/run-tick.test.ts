import { dispatchTick, runTick } from "../../functions/runtime/run-tick";
import { DispatchError } from "../../functions/runtime/targets";
import { iso, relativeTick, type TickMessage, tickAt, tickMessage } from "../../schedule/tick";
import { FUNCTION_ARN, MINUTE, scheduleOf, TOPIC_ARN } from "../simulation/schedules";
import { type Answer, outcomesOf, type SimulationOptions, simulatedRunner } from "../simulation/simulated-runner";
import { VirtualTime } from "../simulation/virtual-time";

const SCHEDULE = scheduleOf(10, 0, { payload: { n: 1 } });
const TICK = tickAt(SCHEDULE, MINUTE + 10_000);

/** Runs TICK from `leadMs` before its instant on. */
async function run(
  options: SimulationOptions = {},
  { leadMs = 800, targets = [FUNCTION_ARN], schedule = SCHEDULE } = {},
) {
  const time = new VirtualTime(MINUTE + 10_000 - leadMs);
  const runner = simulatedRunner(time, options);
  await time.passUntilDone(runTick(runner, schedule, tickAt(schedule, MINUTE + 10_000), targets, "call-1"));
  return { runner, time, tries: runner.tries, outcomes: outcomesOf(runner) };
}

/** A service that gives these answers one after the other, the last one for good. */
const answers =
  (...given: Answer[]): SimulationOptions["answer"] =>
  (_, __, tries) => ({ answer: given[Math.min(tries, given.length) - 1] as Answer });

describe("a tick in time", () => {
  test("is dispatched at its instant to the ms, with the tick contract, and logged once", async () => {
    const { tries, outcomes } = await run();
    expect(tries.map(({ at, target }) => [at, target])).toEqual([[MINUTE + 10_000, FUNCTION_ARN]]);
    expect(tries[0]?.message).toEqual({
      tick: {
        id: "beat-1795371910",
        schedule: "beat",
        strategy: "sfn-loop",
        scheduledAt: "2026-11-22T18:25:10.000Z",
        dispatchedAt: "2026-11-22T18:25:10.000Z",
        expiresAt: "2026-11-22T18:25:20.000Z",
      },
      payload: { n: 1 },
    });
    expect(outcomes.map(({ event, fields }) => ({ event, ...fields }))).toEqual([
      {
        event: "tick.dispatched",
        tick: tries[0]?.message.tick,
        answeredAt: "2026-11-22T18:25:10.000Z",
        cpuMs: 0.25,
        claimMs: 0,
        late: false,
        attempts: 1,
      },
    ]);
  });

  test("says in its message when it was prepared for, and in the log and the metric when it was written and answered", async () => {
    const { runner, tries, outcomes } = await run({
      answer: () => ({ answer: "accepted", writeMs: 501, afterMs: 40 }),
    });
    expect(tries.map(({ message }) => message.tick.dispatchedAt)).toEqual(["2026-11-22T18:25:10.000Z"]);
    expect(outcomes[0]?.fields).toMatchObject({
      tick: { dispatchedAt: "2026-11-22T18:25:10.501Z" },
      answeredAt: "2026-11-22T18:25:10.541Z",
      late: true,
    });
    expect(runner.recorded.filter(({ name }) => name === "DispatchSkew").map(({ value }) => value)).toEqual([501]);
  });

  test("is prepared between its claim and its instant, and only written at it", async () => {
    const time = new VirtualTime(MINUTE + 9_000);
    const runner = simulatedRunner(time, { claimMs: () => 100 });
    const prepared: number[] = [];
    const targets = {
      ...runner.targets,
      prepare: (...args: Parameters<typeof runner.targets.prepare>) => {
        prepared.push(time.now());
        return runner.targets.prepare(...args);
      },
    };
    await time.passUntilDone(runTick({ ...runner, targets }, SCHEDULE, TICK, [FUNCTION_ARN, TOPIC_ARN], "call-1"));
    expect(prepared).toEqual([MINUTE + 9_100, MINUTE + 9_100]);
    expect(runner.tries.map(({ at }) => at)).toEqual([MINUTE + 10_000, MINUTE + 10_000]);
  });

  test.each([
    [500, 0],
    [501, 1],
  ])("that the function is frozen over for %d ms is prepared anew: %d times", async (frozenMs, anew) => {
    const time = new VirtualTime(MINUTE + 9_000);
    const runner = simulatedRunner(time);
    const clock = {
      now: () => time.now(),
      waitUntil: (instant: number) => time.waitUntil(instant === MINUTE + 10_000 ? instant + frozenMs : instant),
    };
    await time.passUntilDone(
      runTick({ ...runner, clock: clock as typeof time }, SCHEDULE, TICK, [FUNCTION_ARN], "call-1"),
    );
    expect(runner.abandoned).toHaveLength(anew);
    const preparedFor = iso(MINUTE + 10_000 + (anew ? frozenMs : 0));
    expect(runner.tries.map(({ message, at }) => [message.tick.dispatchedAt, at])).toEqual([
      [preparedFor, MINUTE + 10_000 + frozenMs],
    ]);
  });

  test("that cannot be prepared is prepared anew at its instant", async () => {
    const time = new VirtualTime(MINUTE + 9_000);
    const runner = simulatedRunner(time);
    let failures = 1;
    const targets = {
      ...runner.targets,
      prepare: async (...args: Parameters<typeof runner.targets.prepare>) => {
        if (failures-- > 0) throw new DispatchError(FUNCTION_ARN, "refused", new Error("no credentials yet"));
        return runner.targets.prepare(...args);
      },
    };
    await time.passUntilDone(runTick({ ...runner, targets }, SCHEDULE, TICK, [FUNCTION_ARN], "call-1"));
    expect(outcomesOf(runner).map(({ event, fields }) => [event, fields.attempts])).toEqual([["tick.dispatched", 2]]);
  });

  test.each([
    [1, 500],
    [2, 1_000],
    [6, 3_000],
    [60, 3_000],
  ])("every %d s waits %d ms for an answer", async (intervalS, expected) => {
    const time = new VirtualTime(MINUTE - 1_000);
    const runner = simulatedRunner(time);
    const limits: number[] = [];
    const targets = {
      ...runner.targets,
      prepare: (target: string, message: TickMessage, limit: number) => {
        limits.push(limit);
        return runner.targets.prepare(target, message, limit);
      },
    };
    const schedule = scheduleOf(intervalS);
    await time.passUntilDone(
      runTick({ ...runner, targets }, schedule, tickAt(schedule, MINUTE), [FUNCTION_ARN], "call"),
    );
    expect(limits).toEqual([expected]);
  });

  test("is claimed ahead of its instant, so that the claim costs no skew", async () => {
    const { runner, tries } = await run({ claimMs: () => 400 });
    expect(runner.rows.get("tick#beat-1795371910")).toEqual({ claimant: "call-1", at: MINUTE + 9_600 });
    expect(tries[0]?.at).toBe(MINUTE + 10_000);
  });

  test("has the connections to its targets opened ahead of time", async () => {
    expect((await run({}, { targets: [FUNCTION_ARN, TOPIC_ARN] })).runner.warmed).toEqual([FUNCTION_ARN, TOPIC_ARN]);
  });

  test("whose claim comes late goes at once, later by just that", async () => {
    const { tries, outcomes } = await run({ claimMs: () => 900 });
    expect(tries[0]?.at).toBe(MINUTE + 10_100);
    expect(outcomes[0]?.fields).toMatchObject({ late: false, tick: { dispatchedAt: "2026-11-22T18:25:10.100Z" } });
  });
});

describe("a tick that another claimed", () => {
  test("is left alone and logged as suppressed", async () => {
    const time = new VirtualTime(MINUTE + 9_000);
    const runner = simulatedRunner(time);
    await runner.ledger.claimTick(TICK, "another call");
    await time.passUntilDone(runTick(runner, SCHEDULE, TICK, [FUNCTION_ARN], "call-1"));
    expect(runner.tries).toEqual([]);
    expect(outcomesOf(runner).map(({ event }) => event)).toEqual(["tick.suppressed"]);
    expect(outcomesOf(runner)[0]?.fields.tick).toEqual({
      id: "beat-1795371910",
      schedule: "beat",
      strategy: "sfn-loop",
      scheduledAt: "2026-11-22T18:25:10.000Z",
      expiresAt: "2026-11-22T18:25:20.000Z",
    });
  });

  test("at the same time as this call is dispatched by one of them only", async () => {
    const time = new VirtualTime(MINUTE + 9_000);
    const runner = simulatedRunner(time, { claimMs: () => 20 });
    const calls = ["a", "b", "c"].map((call) => runTick(runner, SCHEDULE, TICK, [FUNCTION_ARN], call));
    await time.passUntilDone(Promise.all(calls));
    expect(runner.tries).toHaveLength(1);
    expect(
      outcomesOf(runner)
        .map(({ event }) => event)
        .sort(),
    ).toEqual(["tick.dispatched", "tick.suppressed", "tick.suppressed"]);
  });

  test("is not dispatched where the ledger cannot say so", async () => {
    const time = new VirtualTime(MINUTE + 9_000);
    const runner = simulatedRunner(time);
    const ledger = { ...runner.ledger, claimTick: () => Promise.reject(new Error("the ledger is away")) };
    const work = runTick({ ...runner, ledger }, SCHEDULE, TICK, [FUNCTION_ARN], "call-1");
    await expect(time.passUntilDone(work)).rejects.toThrow("the ledger is away");
    expect([runner.tries, runner.lines]).toEqual([[], []]);
  });
});

describe("a late tick", () => {
  test.each([
    [500, false],
    [501, true],
    [9_999, true],
  ])("%d ms after its instant is dispatched, flagged late: %s", async (ms, late) => {
    const { tries, outcomes } = await run({}, { leadMs: -ms });
    expect(tries[0]?.at).toBe(MINUTE + 10_000 + ms);
    expect(outcomes.map(({ event, fields }) => [event, fields.late])).toEqual([["tick.dispatched", late]]);
  });

  test.each([
    [0, 0],
    [120, 120],
    [5_000, 300],
  ])("waits for a connection that takes %d ms to open for %d ms", async (opensAfterMs, waitedMs) => {
    const time = new VirtualTime(MINUTE + 10_005);
    const runner = simulatedRunner(time);
    const targets = { ...runner.targets, warm: () => time.pause(opensAfterMs) };
    await time.passUntilDone(runTick({ ...runner, targets }, SCHEDULE, TICK, [FUNCTION_ARN], "call-1"));
    const at = MINUTE + 10_005 + waitedMs;
    expect(runner.tries.map((one) => [one.at, one.message.tick.dispatchedAt])).toEqual([[at, iso(at)]]);
  });

  test("that has expired is not dispatched but counted as missed", async () => {
    const { tries, outcomes } = await run({}, { leadMs: -10_000 });
    expect(tries).toEqual([]);
    expect(outcomes.map(({ event, fields }) => [event, fields.reason])).toEqual([["tick.missed", "expired"]]);
  });
});

describe("a failing dispatch", () => {
  test.each<[string, Answer[], number[], string, object]>([
    ["refused once is tried again, soon", ["refused", "accepted"], [0, 50], "tick.dispatched", { attempts: 2 }],
    [
      "refused thrice is tried again, later each time",
      ["refused", "refused", "refused", "accepted"],
      [0, 50, 200, 600],
      "tick.dispatched",
      { attempts: 4, late: true },
    ],
    [
      "refused for good is given up",
      ["refused"],
      [0, 50, 200, 600],
      "tick.missed",
      { reason: "dispatch-failed", error: `${FUNCTION_ARN}: Error: refused` },
    ],
    ["rejected is not repeated", ["rejected", "accepted"], [0], "tick.missed", { reason: "dispatch-failed" }],
    [
      "that may have arrived is never repeated",
      ["unknown", "accepted"],
      [0],
      "tick.missed",
      { reason: "dispatch-unknown" },
    ],
    [
      "that may have arrived at its second try is not tried a third time",
      ["refused", "unknown", "accepted"],
      [0, 50],
      "tick.missed",
      { reason: "dispatch-unknown" },
    ],
  ])("%s", async (_, given, triedAfter, event, fields) => {
    const { tries, outcomes } = await run({ answer: answers(...given) });
    expect(tries.map(({ at }) => at - MINUTE - 10_000)).toEqual(triedAfter);
    expect(outcomes.map((line) => line.event)).toEqual([event]);
    expect(outcomes[0]?.fields).toMatchObject(fields);
  });

  test("keeps the id over its tries, and tells the instant of each", async () => {
    const { tries, outcomes } = await run({ answer: answers("refused", "accepted") });
    expect(tries.map(({ message }) => [message.tick.id, message.tick.dispatchedAt.slice(17)])).toEqual([
      ["beat-1795371910", "10.000Z"],
      ["beat-1795371910", "10.050Z"],
    ]);
    expect(outcomes[0]?.fields.tick).toEqual(tries[1]?.message.tick);
  });

  test.each([
    [1_000, 850, [850, 900], "tick.missed"],
    [1_000, 949, [949, 999], "tick.missed"],
    [1_000, 950, [950], "tick.missed"],
  ])(
    "of a tick that expires after %d ms and came after %d ms is not tried beyond that",
    async (catchUpMs, ms, triedAfter, event) => {
      const schedule = scheduleOf(10, 0, { catchUpMs });
      const { tries, outcomes } = await run({ answer: answers("refused") }, { leadMs: -ms, schedule });
      expect(tries.map(({ at }) => at - MINUTE - 10_000)).toEqual(triedAfter);
      expect(outcomes.map((line) => line.event)).toEqual([event]);
    },
  );

  test("whose refusal takes long is not tried beyond the expiry either", async () => {
    const schedule = scheduleOf(10, 0, { catchUpMs: 2_000 });
    const { tries } = await run({ answer: () => ({ answer: "refused", afterMs: 1_960 }) }, { schedule });
    expect(tries).toHaveLength(1);
  });
});

describe("a tick of several targets", () => {
  const partly = (bad: Answer): SimulationOptions => ({
    answer: (target) => ({ answer: target === TOPIC_ARN ? bad : "accepted" }),
  });

  test.each<Answer>(["refused", "rejected", "unknown"])(
    "is dispatched where one takes it, and tells that the other %s it",
    async (bad) => {
      const { outcomes, tries } = await run(partly(bad), { targets: [TOPIC_ARN, FUNCTION_ARN] });
      expect(tries.filter(({ answer }) => answer === "accepted").map(({ target, at }) => [target, at])).toEqual([
        [FUNCTION_ARN, MINUTE + 10_000],
      ]);
      expect(outcomes.map(({ event }) => event)).toEqual(["tick.dispatched"]);
      expect(outcomes[0]?.fields).toMatchObject({ late: false, attempts: 1, error: `${TOPIC_ARN}: Error: ${bad}` });
    },
  );

  test("is missed once where all fail, as unknown where one of them may have arrived", async () => {
    const answer: SimulationOptions["answer"] = (target) => ({ answer: target === TOPIC_ARN ? "unknown" : "rejected" });
    const { outcomes } = await run({ answer }, { targets: [FUNCTION_ARN, TOPIC_ARN] });
    expect(outcomes.map(({ event, fields }) => [event, fields.reason])).toEqual([["tick.missed", "dispatch-unknown"]]);
    expect(outcomes[0]?.fields.error).toBe(`${FUNCTION_ARN}: Error: rejected; ${TOPIC_ARN}: Error: unknown`);
  });

  test.each<[number, string, string[], SimulationOptions]>([
    [0, "all take it", [FUNCTION_ARN, TOPIC_ARN], {}],
    [0, "one takes it at its second try", [FUNCTION_ARN], { answer: answers("refused", "accepted") }],
    [1, "one of two takes it", [FUNCTION_ARN, TOPIC_ARN], partly("rejected")],
    [1, "one refuses every try", [FUNCTION_ARN, TOPIC_ARN], partly("refused")],
    [2, "none takes it", [FUNCTION_ARN, TOPIC_ARN], { answer: answers("unknown") }],
  ])("counts %d failed deliveries if %s", async (failed, _, targets, options) => {
    const { runner } = await run(options, { targets });
    const recorded = runner.recorded.filter(({ name }) => name === "DispatchesFailed");
    expect(recorded.map(({ value }) => value)).toEqual(failed === 0 ? [] : [failed]);
  });

  test("does not keep one waiting for another that is slow to answer", async () => {
    const answer: SimulationOptions["answer"] = (target) => ({
      answer: "accepted",
      afterMs: target === TOPIC_ARN ? 2_500 : 0,
    });
    const { tries, outcomes, time } = await run({ answer }, { targets: [TOPIC_ARN, FUNCTION_ARN] });
    expect(tries.map(({ at }) => at)).toEqual([MINUTE + 10_000, MINUTE + 10_000]);
    expect(outcomes).toHaveLength(1);
    expect(time.now()).toBe(MINUTE + 12_500);
  });
});

test("a tick of relative pacing is dispatched at once and is never late", async () => {
  const time = new VirtualTime(MINUTE + 123);
  const runner = simulatedRunner(time, { answer: answers("refused", "refused", "refused", "accepted") });
  await time.passUntilDone(dispatchTick(runner, SCHEDULE, relativeTick(SCHEDULE, time.now()), [FUNCTION_ARN]));
  expect(outcomesOf(runner)[0]?.fields).toMatchObject({ late: false, attempts: 4, tick: { scheduledAt: null } });
});

describe("a tick with a lead", () => {
  const HELD = scheduleOf(10, 0, { leadMs: 750 });

  test("is claimed and dispatched that much earlier, says so, and counts as on time", async () => {
    const { runner, tries, outcomes } = await run({}, { leadMs: 3_000, schedule: HELD });
    expect([...runner.rows.values()].map(({ at }) => at - MINUTE)).toEqual([10_000 - 750 - 1_000]);
    expect(tries.map(({ at }) => at - MINUTE)).toEqual([9_250]);
    expect(tries[0]?.message.tick).toMatchObject({
      scheduledAt: "2026-11-22T18:25:10.000Z",
      dispatchedAt: "2026-11-22T18:25:09.250Z",
      expiresAt: "2026-11-22T18:25:20.000Z",
    });
    expect(outcomes[0]?.fields).toMatchObject({ late: false, tick: { dispatchedAt: "2026-11-22T18:25:09.250Z" } });
    expect(runner.recorded.filter(({ name }) => name === "DispatchSkew").map(({ value }) => value)).toEqual([0]);
  });

  test.each([
    ["after the lead has begun", 300, 9_700],
    ["at its instant", 0, 10_000],
  ])("is dispatched at once if its invocation comes %s", async (_, leadMs, at) => {
    const { tries, outcomes } = await run({}, { leadMs, schedule: HELD });
    expect(tries.map((one) => one.at - MINUTE)).toEqual([at]);
    expect(outcomes[0]?.fields).toMatchObject({ late: false });
  });

  test.each([
    [500, [], "2026-11-22T18:25:09.250Z"],
    [501, [TICK.id], "2026-11-22T18:25:09.751Z"],
  ])("is built anew if it would be written more than 500 ms after it was due: %s ms", async (afterMs, dropped, at) => {
    const time = new VirtualTime(MINUTE + 9_250 + afterMs);
    const runner = simulatedRunner(time);
    const message = tickMessage(HELD, TICK, MINUTE + 9_250);
    const prepared = [runner.targets.prepare(FUNCTION_ARN, message, 1_000)];
    await time.passUntilDone(dispatchTick(runner, HELD, TICK, [FUNCTION_ARN], { prepared }));
    expect(runner.abandoned.map(({ tick }) => tick.id)).toEqual(dropped);
    expect(runner.tries.map((one) => one.message.tick.dispatchedAt)).toEqual([at]);
  });
});
