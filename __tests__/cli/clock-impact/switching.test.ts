import fc from "fast-check";
import { ticksPerDay } from "../../../cli/clock-impact/schedule-changes";
import { clockEffect } from "../../../cli/clock-impact/switching";
import { APPLY_ALLOWANCE_S, nameOf, timingOf } from "../../../cli/clock-impact/switching-pause";
import type { ClockDescription, ScheduleDescription, Settings } from "../../../schedule/clock";
import type { MetricsOf } from "../../../schedule/metrics";
import { sameClock } from "../../../strategies";
import { BY_INSTANTS, clock, described, EXPRESS, LAMBDA_CLOCK, LOOP, RELATIVE, SQS_DELAY } from "../terraform/clocks";

const CLOCKS = [LOOP, EXPRESS, RELATIVE, LAMBDA_CLOCK, SQS_DELAY];

/** Any settings, and any clock; few names, so that two clocks share some. */
const LONGER_LOOP = { ...LOOP, horizon: 5 };
const LONGER_LAMBDA_CLOCK = { ...LAMBDA_CLOCK, horizon: 4 };
const anySettings = fc.constantFrom<Settings>(...CLOCKS, BY_INSTANTS, LONGER_LOOP, LONGER_LAMBDA_CLOCK);
const anySchedule: fc.Arbitrary<ScheduleDescription> = fc.record({
  name: fc.constantFrom("a", "b", "c"),
  intervalMs: fc.constantFrom(5_000, 10_000, 60_000, 300_000),
  phaseMs: fc.constantFrom(0, 1_000),
  catchUpMs: fc.constantFrom(5_000, 60_000),
  overdue: fc.constantFrom("skip", "latest"),
  targets: fc.record({ functions: fc.nat(2), topics: fc.nat(2), queues: fc.nat(2) }),
  paused: fc.option(fc.constantFrom("maintenance", "incident")),
});
const anyClock: fc.Arbitrary<ClockDescription> = fc
  .record({
    environment: fc.constant("dev"),
    region: fc.constantFrom("eu-central-1", "us-east-1"),
    strategy: anySettings,
    retiring: fc.option(anySettings),
    schedules: fc.uniqueArray(anySchedule, { minLength: 1, maxLength: 3, selector: ({ name }) => name }),
    tracing: fc.boolean(),
    monitoring: fc.record({
      metrics: fc.constantFrom<MetricsOf | false>(false, "total", "schedules"),
      alarms: fc.boolean(),
      dashboard: fc.boolean(),
    }),
  })
  // A clock is not handed over to itself.
  .filter(({ strategy, retiring }) => !retiring || !sameClock(strategy, retiring));

describe("of any change", () => {
  test("a clock that stays as it is sees nothing", () => {
    fc.assert(
      fc.property(anyClock, (one) => {
        const { kind, changes, consequence, pauseBoundS, takesEffect } = clockEffect(one, structuredClone(one));
        expect({ kind, changes, consequence, pauseBoundS, takesEffect }).toEqual({
          kind: "none",
          changes: [],
          consequence: null,
          pauseBoundS: 0,
          takesEffect: [],
        });
      }),
    );
  });

  test("it has advice if and only if it pauses, and a consequence if and only if something changes", () => {
    fc.assert(
      fc.property(fc.option(anyClock), fc.option(anyClock), (before, after) => {
        const effect = clockEffect(before, after);
        expect(effect.pauseBoundS).toBeGreaterThanOrEqual(0);
        expect(effect.advice !== null).toBe(effect.pauseBoundS > 0);
        expect(effect.consequence !== null).toBe(effect.changes.length > 0);
        expect(effect.kind === "none").toBe(effect.changes.length === 0);
      }),
      { numRuns: 500 },
    );
  });

  test("it pauses if no clock runs on and a schedule ticks on both sides, and only then", () => {
    fc.assert(
      fc.property(anyClock, anyClock, (before, after) => {
        const clocks = (one: ClockDescription) => [one.strategy, ...(one.retiring ? [one.retiring] : [])];
        const runsOn =
          before.region === after.region &&
          clocks(after).some((now) => {
            const then = clocks(before).find((other) => sameClock(other, now));
            return then && timingOf(then).grid === timingOf(now).grid;
          });
        const ticksOn = after.schedules.some(
          ({ name, paused }) => !paused && before.schedules.some((one) => one.name === name && !one.paused),
        );
        expect(clockEffect(before, after).pauseBoundS > 0).toBe(!runsOn && ticksOn);
      }),
      { numRuns: 500 },
    );
  });

  test("the order of schedules does not matter", () => {
    fc.assert(
      fc.property(anyClock, (one) => {
        expect(clockEffect(one, { ...one, schedules: [...one.schedules].reverse() }).kind).toBe("none");
      }),
    );
  });
});

describe("a direct switch", () => {
  const switched = (from: Settings, to: Settings, fields: Partial<ClockDescription> = {}) =>
    clockEffect(clock({ strategy: from }), clock({ strategy: to, ...fields }));

  test.each([
    [LOOP, LAMBDA_CLOCK, APPLY_ALLOWANCE_S + 120],
    [LAMBDA_CLOCK, LOOP, APPLY_ALLOWANCE_S + 60],
    [LOOP, EXPRESS, APPLY_ALLOWANCE_S + 60],
    [RELATIVE, LAMBDA_CLOCK, APPLY_ALLOWANCE_S + 120],
  ])("%o → %o pauses at most %d s", (from, to, boundS) => {
    const effect = switched(from, to);
    expect(effect).toMatchObject({ kind: "switch", pauseBoundS: boundS });
    expect(effect.consequence).toBe(`the clock pauses at most ${boundS} s`);
    expect(effect.changes).toEqual([`switches ${nameOf(from)} → ${nameOf(to)}`]);
  });

  test("is better a handover, with the strategy as it was", () => {
    expect(switched(EXPRESS, LAMBDA_CLOCK).advice).toContain(
      'add `retiring: { kind: "sfn-loop", machineType: "EXPRESS" }`',
    );
  });

  test("to schedules that the old clock cannot serve is a handover first, then those schedules", () => {
    const effect = switched(LAMBDA_CLOCK, LOOP, { schedules: [described({ interval: "10s" })] });
    expect(effect.advice).toMatch(
      /^Hand over instead, and change the schedules in the deploy after that, because lambda-clock cannot serve the new ones/,
    );
    expect(effect.changes).toEqual(["switches lambda-clock → sfn-loop", "heartbeat every 1m → 10s"]);
  });

  test("from or to relative pacing is no handover", () => {
    expect(switched(RELATIVE, LAMBDA_CLOCK).advice).toMatch(
      /ticks of sfn-loop \(relative\) have none.* keep a grid first, with a gap of at most 60 s, then hand over/,
    );
    expect(switched(LAMBDA_CLOCK, RELATIVE).advice).toMatch(
      /^A handover needs a grid, and the ticks of sfn-loop \(relative\) have none/,
    );
  });

  test("of a paused clock pauses nothing", () => {
    const schedules = [described({ paused: "maintenance" })];
    const effect = clockEffect(clock({ schedules }), clock({ schedules, strategy: LAMBDA_CLOCK }));
    expect(effect).toMatchObject({ kind: "switch", pauseBoundS: 0, consequence: "it stays paused" });
  });
});

describe("a handover", () => {
  const loop = clock();
  const both = clock({ strategy: LAMBDA_CLOCK, retiring: LOOP });
  const reversed = clock({ strategy: LOOP, retiring: LAMBDA_CLOCK });
  const lambdaClock = clock({ strategy: LAMBDA_CLOCK });

  test.each([
    ["begins", loop, both, "handover-begins", "begins the handover sfn-loop → lambda-clock"],
    ["is taken back", both, loop, "handover-taken-back", "takes back the handover sfn-loop → lambda-clock"],
    ["is reversed", both, reversed, "handover-changes", "changes the handover to lambda-clock → sfn-loop"],
  ] as const)("that %s pauses nothing", (_what, before, after, kind, change) => {
    expect(clockEffect(before, after)).toMatchObject({
      kind,
      changes: [change],
      consequence: "no pause",
      pauseBoundS: 0,
      advice: null,
    });
  });

  test("that ends pauses nothing, if the new clock has begun", () => {
    expect(clockEffect(both, lambdaClock)).toMatchObject({
      kind: "handover-ends",
      changes: ["ends the handover sfn-loop → lambda-clock"],
      consequence: "no pause if lambda-clock has ticked for 3 minutes",
      pauseBoundS: 0,
    });
  });

  test("says what is next: wait for the new clock, then drop the old one", () => {
    expect(clockEffect(loop, both).nextStep).toBe(
      "When lambda-clock has ticked for 3 minutes: remove `retiring` and deploy again.",
    );
    expect(clockEffect(both, lambdaClock).applyWhen).toBe("Apply it only when lambda-clock has ticked for 3 minutes.");
    expect(clockEffect(both, reversed).nextStep).toBe(
      "When sfn-loop has ticked for 3 minutes: remove `retiring` and deploy again.",
    );
    expect(clockEffect(both, loop)).toMatchObject({
      applyWhen: expect.stringContaining('To lose none, swap the two first: `retiring: { kind: "lambda-clock" }`'),
      nextStep: null,
    });
  });

  test("that is left open is called so, though nothing changes", () => {
    expect(clockEffect(both, both)).toMatchObject({ kind: "none", nextStep: expect.stringContaining("is open") });
  });
});

describe("a change in place", () => {
  const faster = { schedules: [described({ interval: "10s" })] };

  test.each([
    [LOOP, /for minutes that are not claimed yet, at most 4 minutes/],
    [LAMBDA_CLOCK, /at once in new invocations.*at most 2 minutes/],
    [RELATIVE, /with the rule's next firing, within 60 s/],
  ])("%o takes it up without a pause", (strategy, when) => {
    const effect = clockEffect(clock({ strategy }), clock({ strategy, ...faster }));
    expect(effect).toMatchObject({ kind: "change", changes: ["heartbeat every 1m → 10s"], consequence: "no pause" });
    expect(effect.takesEffect).toEqual([expect.stringMatching(when)]);
  });

  test("names a setting", () => {
    const strategy = { ...LOOP, horizon: 5, iteratorMemory: 512 };
    const after = clock({
      strategy,
      tracing: true,
      monitoring: { metrics: "schedules", alarms: true, dashboard: false },
    });
    expect(clockEffect(clock(), after).changes).toEqual([
      "sfn-loop: Iterator memory 256 MB → 512 MB, horizon 4 minutes → 5 minutes",
      "tracing off → on",
      "metrics off → schedules",
      "alarms off → on",
    ]);
  });

  test("another pacing on the same machine leaves a gap", () => {
    const toRelative = clockEffect(clock(), clock({ strategy: RELATIVE }));
    expect(toRelative).toMatchObject({ kind: "change", pauseBoundS: 300 });
    expect(clockEffect(clock({ strategy: RELATIVE }), clock())).toMatchObject({ kind: "change", pauseBoundS: 60 });
  });

  test("a schedule of another name is another schedule", () => {
    const effect = clockEffect(clock(), clock({ schedules: [described({ name: "pulse" })] }));
    expect(effect.changes).toEqual(["adds pulse every 1m", "removes heartbeat"]);
    expect(effect.takesEffect).toHaveLength(2);
  });
});

describe("a pause", () => {
  const paused = (strategy: Settings) => clock({ strategy, schedules: [described({ paused: "incident" })] });

  test.each([
    [LOOP, "seconds"],
    [LAMBDA_CLOCK, "2 minutes"],
  ])("%o stops within %s", (strategy, within) => {
    const effect = clockEffect(clock({ strategy }), paused(strategy));
    expect(effect).toMatchObject({ changes: ["pauses heartbeat (“incident”)"], pauseBoundS: 0, advice: null });
    expect(effect.consequence).toBe(`its ticks stop within ${within}`);
  });

  test.each([
    [LOOP, 60],
    [LAMBDA_CLOCK, 120],
  ])("%o runs again within %d s", (strategy, seconds) => {
    const effect = clockEffect(paused(strategy), clock({ strategy }));
    expect(effect.consequence).toBe(`the clock runs within ${seconds} s of the apply`);
    expect(effect.takesEffect).toEqual([
      `Resumed schedules tick within ${seconds} s of the apply; nothing is caught up.`,
    ]);
  });

  test("of all schedules is one change, of one leaves the others alone", () => {
    const [a, b] = ["a", "b"].map((name) => described({ name })) as [ScheduleDescription, ScheduleDescription];
    const stop = (one: ScheduleDescription) => ({ ...one, paused: "incident" });
    const before = clock({ schedules: [a, b] });
    expect(clockEffect(before, clock({ schedules: [stop(a), stop(b)] })).changes).toEqual([
      "pauses all schedules (“incident”)",
    ]);
    expect(clockEffect(before, clock({ schedules: [stop(a), b] })).consequence).toBe("no pause of the others");
  });
});

test("a clock that is created runs with its rule's first firing; one that is destroyed stops", () => {
  expect(clockEffect(null, clock())).toMatchObject({
    kind: "create",
    changes: ["starts sfn-loop", "heartbeat every 1m"],
    consequence: "the clock runs within 60 s of the apply",
  });
  expect(clockEffect(null, clock({ strategy: LAMBDA_CLOCK })).consequence).toContain("120 s");
  expect(clockEffect(clock(), null)).toMatchObject({ kind: "destroy", consequence: "its ticks stop" });
});

test("another region is another clock", () => {
  const effect = clockEffect(clock(), clock({ region: "us-east-1" }));
  expect(effect).toMatchObject({ changes: ["moves eu-central-1 → us-east-1"], pauseBoundS: 180 });
  expect(effect.advice).toContain("deploy another environment in us-east-1 first");
});

test("clocks differ by strategy and type of state machine, and have the names that people use", () => {
  expect(CLOCKS.map(nameOf)).toEqual([
    "sfn-loop",
    "sfn-loop on Express",
    "sfn-loop (relative)",
    "lambda-clock",
    "sqs-delay",
  ]);
  expect(sameClock(LOOP, RELATIVE)).toBe(true);
  expect(sameClock(LOOP, EXPRESS)).toBe(false);
  expect(sameClock(LOOP, LAMBDA_CLOCK)).toBe(false);
});

test("ticks a day are those of the schedules that tick", () => {
  const schedules = [described({ interval: "10s" }), described({ interval: "1h" }), described({ paused: "incident" })];
  expect(ticksPerDay({ schedules })).toBe(8_640 + 24);
});

describe("a clock whose claims others do not see", () => {
  const effect = (before: Partial<ClockDescription>, after: Partial<ClockDescription>) =>
    clockEffect(clock(before), clock(after));

  test.each<[string, Partial<ClockDescription>, Partial<ClockDescription>]>([
    ["a direct switch from it", { strategy: BY_INSTANTS }, { strategy: LOOP }],
    ["a direct switch to it", { strategy: LOOP }, { strategy: BY_INSTANTS }],
    ["a handover from it", { strategy: BY_INSTANTS }, { strategy: EXPRESS, retiring: SQS_DELAY }],
  ])("%s may double ticks, and what to do first is said", (_what, before, after) => {
    const { mayDouble, consequence, applyWhen } = effect(before, after);
    expect([mayDouble, consequence]).toEqual([true, "ticks may be dispatched twice"]);
    expect(applyWhen).toBe(
      'The other clock does not see the claims of sqs-delay. While both run, ticks may be dispatched twice. Do not apply this. Deploy sqs-delay with `claims: "ticks"` alone, and make this change 10 minutes later.',
    );
  });

  test.each<[string, Partial<ClockDescription>, Partial<ClockDescription>]>([
    ["from one kind of claims to the other", { strategy: BY_INSTANTS }, { strategy: SQS_DELAY }],
    ["and back", { strategy: SQS_DELAY }, { strategy: BY_INSTANTS }],
    ["a handover of claims of ticks", { strategy: SQS_DELAY }, { strategy: LOOP, retiring: SQS_DELAY }],
  ])("a change %s doubles none", (_what, before, after) => {
    expect(effect(before, after)).toMatchObject({ mayDouble: false, pauseBoundS: 0 });
  });
});

describe("of many schedules", () => {
  const many = (count: number, fields: Parameters<typeof described>[0] = {}) =>
    Array.from({ length: count }, (_, k) => described({ name: `tenant-${k}`, ...fields }));
  const changes = (before: ScheduleDescription[], after: ScheduleDescription[]) =>
    clockEffect(clock({ schedules: before }), clock({ schedules: after })).changes;

  test("up to ten are named, and more are counted", () => {
    expect(changes(many(1), many(11))).toHaveLength(10);
    expect(changes(many(1), many(12))).toEqual(["adds 11 schedules"]);
    expect(changes(many(12), many(1))).toEqual(["removes 11 schedules"]);
    expect(clockEffect(null, clock({ schedules: many(10) })).changes).toHaveLength(11);
    expect(clockEffect(null, clock({ schedules: many(10_000) })).changes).toEqual([
      "starts sfn-loop",
      "10000 schedules",
    ]);
  });

  test("a change that all of them have is told once, and the others are named beside it", () => {
    const faster = many(20, { interval: "10s" });
    expect(changes(many(20), faster)).toEqual(["changes 20 schedules: every 1m → 10s"]);
    const mixed = faster.map((one, k) => (k === 3 ? described({ name: one.name, interval: "5s" }) : one));
    expect(changes(many(20), mixed)).toEqual(["changes 20 schedules"]);
    expect(changes(many(20), [...faster, described({ name: "new" })])).toEqual([
      "changes 20 schedules: every 1m → 10s",
      "adds new every 1m",
    ]);
  });

  test("a pause of many, and its end", () => {
    const paused = many(20, { paused: "migration" });
    expect(changes(many(21), [...paused, ...many(21).slice(20)])).toEqual(["pauses 20 schedules (“migration”)"]);
    expect(changes(many(20), paused)).toEqual(["pauses all schedules (“migration”)"]);
    expect(changes(paused, many(20))).toEqual(["resumes 20 schedules"]);
  });
});
