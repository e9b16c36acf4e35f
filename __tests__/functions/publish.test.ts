import fc from "fast-check";
import { type ClockSchedule, minuteToPublish, publishMinutes } from "../../functions/lambda-clock/publish";
import { iso } from "../../schedule/tick";
import { clockOf, MINUTE, TOPIC_ARN } from "../simulation/schedules";
import { dispatchedIds, outcomesOf, type SimulationOptions, simulatedRunner } from "../simulation/simulated-runner";
import { VirtualTime } from "../simulation/virtual-time";

const OTHER_TOPIC = `${TOPIC_ARN}-other`;

interface Firing {
  /** The event's time, and when the function gets it; ms after MINUTE. */
  readonly eventAt: number;
  readonly arrivesAt?: number;
}

/** LambdaClock gets these firings. */
async function fire(firings: readonly Firing[], schedules: readonly ClockSchedule[], options?: SimulationOptions) {
  const time = new VirtualTime(MINUTE);
  const runner = simulatedRunner(time, options);
  const calls = firings.map(async ({ eventAt, arrivesAt = eventAt + 300 }, k) => {
    await time.waitUntil(MINUTE + arrivesAt);
    await publishMinutes(runner, schedules, 1, iso(MINUTE + eventAt), `call-${k}`);
  });
  const results = await time.passUntilDone(Promise.allSettled(calls));
  const published = runner.tries.map(({ at, message }) => [message.tick.id, at - MINUTE]);
  const outcomes = outcomesOf(runner).map(({ event, fields }) => [
    event,
    fields.tick?.id,
    fields.late ?? fields.reason,
  ]);
  return { runner, results, published, outcomes };
}

describe("the minute an event stands for", () => {
  test.each([
    ["2026-11-22T18:25:00Z", "2026-11-22T18:26:00.000Z"],
    ["2026-11-22T18:25:37Z", "2026-11-22T18:26:00.000Z"],
    ["2026-11-22T18:25:37.891Z", "2026-11-22T18:26:00.000Z"],
    ["2026-11-22T18:25:59.999Z", "2026-11-22T18:26:00.000Z"],
    ["2026-12-31T23:59:59Z", "2027-01-01T00:00:00.000Z"],
  ])("of %s is the next, from its second 0 exactly: %s", (eventTime, expected) => {
    expect(iso(minuteToPublish(eventTime))).toBe(expected);
  });

  test.each(["", "now", "18:25"])("%j stands for none", async (eventTime) => {
    expect(() => minuteToPublish(eventTime)).toThrow(TypeError);
    const runner = simulatedRunner(new VirtualTime(MINUTE));
    await expect(publishMinutes(runner, [clockOf(1)], 1, eventTime, "call")).rejects.toThrow(TypeError);
    expect(runner.lines).toEqual([]);
  });
});

test("a tick is published at second 0 to the ms, whatever the ms of the event's time and of its arrival", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 59_999 }),
      fc.integer({ min: 0, max: 59_999 }),
      fc.integer({ min: 0, max: 500 }),
      async (eventAt, delay, claimMs) => {
        const arrivesAt = Math.min(eventAt + delay, 59_499);
        const { published, outcomes } = await fire([{ eventAt, arrivesAt }], [clockOf(1)], { claimMs: () => claimMs });
        expect(published).toEqual([["beat-1795371960", 60_000]]);
        expect(outcomes).toEqual([["tick.dispatched", "beat-1795371960", false]]);
      },
    ),
  );
});

test("five rules in a row publish every minute once", async () => {
  const minutes = Array.from({ length: 10 }, (_, k) => k);
  const { published } = await fire(
    minutes.map((k) => ({ eventAt: k * 60_000 + 7_777, arrivesAt: k * 60_000 + 31_111 })),
    [clockOf(1)],
  );
  expect(published).toEqual(minutes.map((k) => [`beat-${1795371960 + k * 60}`, (k + 1) * 60_000]));
});

describe("an event that comes after its minute", () => {
  test("is published at once, flagged late", async () => {
    const { published, outcomes } = await fire([{ eventAt: 25_000, arrivesAt: 75_432 }], [clockOf(1)]);
    expect(published).toEqual([["beat-1795371960", 75_432]]);
    expect(outcomes).toEqual([["tick.dispatched", "beat-1795371960", true]]);
  });

  test("is counted as missed where the tick has expired", async () => {
    const { published, outcomes } = await fire([{ eventAt: 25_000, arrivesAt: 120_000 }], [clockOf(1)]);
    expect(published).toEqual([]);
    expect(outcomes).toEqual([["tick.missed", "beat-1795371960", "expired"]]);
  });
});

describe("two firings for one minute", () => {
  test.each<[string, Firing[]]>([
    ["at once", [{ eventAt: 10_000 }, { eventAt: 10_000 }]],
    ["one late within the minute", [{ eventAt: 10_000 }, { eventAt: 10_000, arrivesAt: 59_900 }]],
    ["one after the minute", [{ eventAt: 10_000 }, { eventAt: 10_000, arrivesAt: 70_000 }]],
  ])("publish once: %s", async (_, firings) => {
    const { published, outcomes } = await fire(firings, [clockOf(1)], { claimMs: () => 30 });
    expect(published).toEqual([["beat-1795371960", 60_000]]);
    expect(outcomes.map(([event]) => event).sort()).toEqual(["tick.dispatched", "tick.suppressed"]);
  });

  test("the second stands in where the first died before it claimed: a claim is made in the last second only", async () => {
    const { runner } = await fire([{ eventAt: 10_000 }], [clockOf(1)]);
    expect((runner.rows.get("tick#beat-1795371960")?.at as number) - MINUTE).toBe(59_000);
  });
});

describe("several schedules", () => {
  const schedules = [
    clockOf(1),
    clockOf(5, { name: "fifth", topics: [OTHER_TOPIC] }),
    clockOf(60, { name: "hourly" }),
    clockOf(2, { name: "odd", phaseMs: 60_000 }),
  ];

  test("of several minutes are published on their own grid", async () => {
    const firings = Array.from({ length: 60 }, (_, k) => ({ eventAt: k * 60_000 + 12_000 }));
    const { runner } = await fire(firings, schedules);
    const of = (name: string) =>
      runner.tries
        .filter(({ message }) => message.tick.schedule === name)
        .map(({ message }) => message.tick.scheduledAt?.slice(11, 16));
    expect(of("beat")).toHaveLength(60);
    expect(of("fifth")).toEqual([
      "18:30",
      "18:35",
      "18:40",
      "18:45",
      "18:50",
      "18:55",
      "19:00",
      "19:05",
      "19:10",
      "19:15",
      "19:20",
      "19:25",
    ]);
    expect(of("hourly")).toEqual(["19:00"]);
    expect(of("odd").slice(0, 3)).toEqual(["18:27", "18:29", "18:31"]);
    for (const { at, message } of runner.tries) expect(at).toBe(Date.parse(message.tick.scheduledAt as string));
  });

  test("get their ticks on their own topics, and with their own payload", async () => {
    const { runner } = await fire(
      [{ eventAt: 299_000 }],
      [clockOf(1, { payload: "a" }), clockOf(5, { name: "fifth", topics: [OTHER_TOPIC], payload: "b" })],
    );
    expect(runner.tries.map(({ target, message }) => [target, message.tick.schedule, message.payload])).toEqual([
      [TOPIC_ARN, "beat", "a"],
      [OTHER_TOPIC, "fifth", "b"],
    ]);
  });

  test("do not lose their ticks to another's that fails", async () => {
    const { runner, outcomes } = await fire([{ eventAt: 299_000 }], schedules, {
      answer: (target) => ({ answer: target === OTHER_TOPIC ? "rejected" : "accepted" }),
    });
    expect(dispatchedIds(runner)).toEqual(["beat-1795372200"]);
    expect(outcomes.map(([event, id]) => [event, id]).sort()).toEqual([
      ["tick.dispatched", "beat-1795372200"],
      ["tick.missed", "fifth-1795372200"],
    ]);
  });

  test("do not lose their ticks to another's claim that the ledger cannot decide: the call ends after them, with that error", async () => {
    const time = new VirtualTime(MINUTE + 298_000);
    const runner = simulatedRunner(time, { claimMs: () => 40 });
    const { claimTick } = runner.ledger;
    const ledger = {
      ...runner.ledger,
      claimTick: (...[tick, call]: Parameters<typeof claimTick>) =>
        tick.id.startsWith("fifth") ? Promise.reject(new Error("the ledger is away")) : claimTick(tick, call),
    };
    // What is still under way when a handler ends is frozen with its function.
    let dispatchedAtEnd: string[] = [];
    const call = publishMinutes({ ...runner, ledger }, schedules, 1, iso(time.now()), "call").finally(() => {
      dispatchedAtEnd = dispatchedIds(runner);
    });
    await expect(time.passUntilDone(call)).rejects.toThrow("the ledger is away");
    expect(dispatchedAtEnd).toEqual(["beat-1795372200"]);
  });

  test.each([
    ["within the catch-up window, the tick is published late", 40_000, 60_000, [41_000]],
    ["after it, the tick is missed, and the call ends with the error", 40_000, 20_000, []],
    ["after the minute, too", 70_000, 300_000, []],
  ])("a ledger that comes back %s", async (_, awayMs, catchUpMs, published) => {
    const time = new VirtualTime(MINUTE + 30_000);
    const runner = simulatedRunner(time);
    const away =
      (until: number) =>
      async (...[tick, call]: Parameters<typeof runner.ledger.claimTick>) => {
        if (time.now() < until) throw new Error("the ledger is away");
        return runner.ledger.claimTick(tick, call);
      };
    const ledger = { ...runner.ledger, claimTick: away(MINUTE + 60_000 + awayMs) };
    const call = publishMinutes({ ...runner, ledger }, [clockOf(1, { catchUpMs })], 1, iso(time.now()), "call");
    const ended = await time.passUntilDone(
      call.then(
        () => "well",
        (error: Error) => error.message,
      ),
    );
    expect(ended).toBe(published.length > 0 ? "well" : "the ledger is away");
    expect(runner.tries.map(({ at }) => at - MINUTE - 60_000)).toEqual(published.map((at) => at - 1_000));
    expect(time.now() - MINUTE).toBeLessThan(120_000);
  });
});

describe("a horizon of two minutes", () => {
  const firingsAt = (minutes: readonly number[], delay: (minute: number) => number) => async (horizon: number) => {
    const time = new VirtualTime(MINUTE);
    const runner = simulatedRunner(time);
    const calls = minutes.map(async (minute) => {
      await time.waitUntil(MINUTE + minute * 60_000 + 37_000 + delay(minute));
      await publishMinutes(runner, [clockOf(1)], horizon, iso(MINUTE + minute * 60_000), `call-${minute}`);
    });
    await time.passUntilDone(Promise.all(calls));
    return runner.tries.map(({ at }) => at - MINUTE);
  };
  const everyMinute = [60_000, 120_000, 180_000, 240_000, 300_000, 360_000];

  test("serves every minute once, at second 0, where each rule fires", async () => {
    expect(await firingsAt([0, 1, 2, 3, 4], () => 0)(2)).toEqual(everyMinute);
  });

  test("loses no minute where one firing does not come, and a horizon of one loses it", async () => {
    expect(await firingsAt([0, 1, 3, 4], () => 0)(2)).toEqual(everyMinute);
    expect(await firingsAt([0, 1, 3, 4], () => 0)(1)).toEqual([60_000, 120_000, 240_000, 300_000]);
  });

  test("publishes on time where one firing is 59 s late", async () => {
    expect(await firingsAt([0, 1, 2, 3, 4], (minute) => (minute === 2 ? 59_000 : 0))(2)).toEqual(everyMinute);
  });
});

test("each tick is published its own lead before second 0; the wait is for the longest", async () => {
  const { published, runner } = await fire(
    [{ eventAt: 7_000 }],
    [clockOf(1), clockOf(1, { name: "held", leadMs: 750 }), clockOf(1, { name: "early", leadMs: 5_000 })],
  );
  expect(published).toEqual([
    ["early-1795371960", 55_000],
    ["held-1795371960", 59_250],
    ["beat-1795371960", 60_000],
  ]);
  expect([...runner.rows.values()].map(({ at }) => at - MINUTE)).toEqual([54_000, 58_250, 59_000]);
});

test("a ledger that does not answer is asked until the next minute's first tick is near, its lead included", async () => {
  const time = new VirtualTime(MINUTE + 7_000);
  const runner = simulatedRunner(time);
  const asked: number[] = [];
  const ledger = {
    ...runner.ledger,
    claimTick: async () => {
      asked.push(time.now() - MINUTE);
      throw new Error("away");
    },
  };
  const schedule = clockOf(1, { leadMs: 5_000, catchUpMs: 3_600_000 });
  const work = publishMinutes({ ...runner, ledger }, [schedule], 1, iso(MINUTE), "call");
  await time.passUntilDone(work.catch(() => undefined));
  expect([asked[0], asked.at(-1)]).toEqual([54_000, 112_000]);
});
