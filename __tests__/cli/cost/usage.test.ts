import fc from "fast-check";
import { clockUsage } from "../../../cli/cost/clock-usage";
import { publishMinutes } from "../../../functions/lambda-clock/publish";
import type { Settings, TargetCounts } from "../../../schedule/clock";
import { type Duration, MINUTE_MS, SECOND_MS } from "../../../schedule/duration";
import type { Hours } from "../../../schedule/hours";
import { instantsOfMinute, minuteOf } from "../../../schedule/minute";
import { wakeAt } from "../../../schedule/plan";
import { dispatchAt } from "../../../schedule/tick";
import type { SfnLoopSettings } from "../../../strategies/sfn-loop/settings";
import type { Resource } from "../../../strategies/usage";
import { statesOf } from "../../asl/loop-machine";
import { runRule } from "../../asl/rule-run";
import { callIterator } from "../../simulation/loop-run";
import { clockOf, loopOf, MINUTE } from "../../simulation/schedules";
import { simulatedRunner } from "../../simulation/simulated-runner";
import { VirtualTime } from "../../simulation/virtual-time";
import {
  clockDescription,
  lambdaClock,
  loop,
  published,
  type ScheduleFields,
  scheduleDescription,
  sqsDelay,
} from "./clocks";

interface Asked {
  readonly strategy: Settings;
  readonly fields?: ScheduleFields;
  readonly firingSecond?: number;
  readonly tracing?: boolean;
}

/** What one part uses of one resource a minute; undefined if the model has no such line. */
function perMinute({ strategy, fields, firingSecond, tracing }: Asked, part: string, resource: Resource) {
  const clock = clockDescription({ strategy, schedules: [scheduleDescription(fields)], tracing });
  const lines = clockUsage(clock, { firingSecond }).filter(
    (usage) => usage.part === part && usage.resource === resource,
  );
  return lines.length === 0 ? undefined : lines.reduce((sum, line) => sum + line.perMinute, 0);
}

const seconds = (value: number) => `${value}s` as Duration;

describe("what the loop's definition and the Iterator's code do in virtual time", () => {
  const FIRING_SECOND = 17;

  /** Runs a rule for `minutes` in steady state: executions before it have their claims. */
  async function steady(strategy: SfnLoopSettings, intervalS: number, minutes: number) {
    const { pacing, horizon, duplicateCheck } = strategy;
    const before = horizon;
    const starts = Array.from(
      { length: before + minutes },
      (_, k) => MINUTE + k * MINUTE_MS + FIRING_SECOND * SECOND_MS,
    );
    const { machine, runner, failures } = await runRule(
      { schedule: loopOf(intervalS, 0, { pacing, horizon }), duplicateCheck, transitionMs: () => 0 },
      starts,
    );
    expect(failures).toEqual([]);
    const states = (await Promise.all(machine.executions.slice(before).map(statesOf))).flat();
    const measured = machine.executions.slice(before).map(({ arn }) => arn);
    const claims = runner.claimants.filter((claimant) => measured.some((arn) => claimant.startsWith(arn)));
    return { states, claims: claims.length };
  }

  test.each([
    [10, 1],
    [7, 7],
    [45, 3],
    [60, 1],
    [90, 3],
    [300, 5],
  ])("clock pacing, every %s s over %s min: transitions, calls and claims", async (intervalS, minutes) => {
    const strategy = loop();
    const asked: Asked = { strategy, fields: { interval: seconds(intervalS) } };
    const { states, claims } = await steady(strategy, intervalS, minutes);
    expect(states.length / minutes).toBeCloseTo(perMinute(asked, "state machine", "transition") ?? 0, 9);
    const calls = states.filter((state) => state === "Iterator").length;
    expect(calls / minutes).toBeCloseTo(perMinute(asked, "Iterator", "lambdaRequest") ?? 0, 9);
    // Beyond three minutes, whether a plan tries a tick depends on the rule's second.
    expect(claims / minutes).toBeCloseTo(perMinute(asked, "ledger", "ledgerWrite") ?? 0, intervalS > 178 ? 1 : 9);
  });

  test.each([
    [10, true],
    [10, false],
    [60, true],
  ])("relative pacing, every %s s, duplicate check %s: transitions and calls", async (intervalS, duplicateCheck) => {
    const strategy = published({ duplicateCheck });
    const asked: Asked = { strategy, fields: { interval: seconds(intervalS) } };
    const { states, claims } = await steady(strategy, intervalS, 3);
    expect(states.length / 3).toBe(perMinute(asked, "state machine", "transition"));
    expect(states.filter((state) => state === "Iterator").length / 3).toBe(
      perMinute(asked, "Iterator", "lambdaRequest"),
    );
    expect(claims).toBe(0);
    expect(perMinute(asked, "ledger", "ledgerWrite")).toBeUndefined();
  });
});

test("an Express execution is billed from its firing to the last tick of the minute it claims, on any grid", () => {
  const settings = fc
    .record({ interval: fc.integer({ min: 1, max: 600 }), horizon: fc.integer({ min: 2, max: 4 }) })
    .chain((one) =>
      fc.record({
        interval: fc.constant(one.interval),
        horizon: fc.constant(one.horizon),
        phase: fc.integer({ min: 0, max: one.interval - 1 }),
        firingSecond: fc.integer({ min: 0, max: 59 }),
      }),
    );
  fc.assert(
    fc.property(settings, ({ interval, horizon, phase, firingSecond }) => {
      const grid = { intervalMs: interval * SECOND_MS, phaseMs: phase * SECOND_MS };
      // As many minutes as the grid takes to repeat.
      const firings = Array.from({ length: interval }, (_, k) => k * MINUTE_MS + firingSecond * SECOND_MS);
      const total = firings.reduce((sum, firing) => {
        const last = instantsOfMinute(grid, minuteOf(firing) + horizon - 1).at(-1);
        return sum + (last === undefined ? 0.1 : (last - firing) / SECOND_MS);
      }, 0);
      const asked: Asked = {
        strategy: loop({ machineType: "EXPRESS", horizon }),
        fields: { interval: seconds(interval), phase: seconds(phase) },
        firingSecond,
      };
      const gbHours = perMinute(asked, "state machine", "expressGbHour") ?? 0;
      expect(gbHours).toBeCloseTo(((total / interval) * 64) / 1_024 / 3_600, 9);
    }),
  );
});

test.each([
  [1, undefined],
  [2, undefined],
  [3, undefined],
  [2, 750],
])(
  "LambdaClock with a horizon of %s and a lead of %s ms waits and claims as long and as often as its code does",
  async (horizon, leadMs) => {
    const minutes = 6;
    const time = new VirtualTime(MINUTE);
    const runner = simulatedRunner(time);
    const waited: number[] = [];
    const firing = (k: number) => MINUTE + k * MINUTE_MS + 37 * SECOND_MS;
    const calls: Promise<void>[] = [];
    for (let k = 0; k < minutes; k++) {
      time.at(firing(k), () => {
        const event = new Date(MINUTE + k * MINUTE_MS).toISOString();
        const call = publishMinutes(runner, [clockOf(2, { leadMs })], horizon, event, `call-${k}`);
        calls.push(call.then(() => void waited.push((time.now() - firing(k)) / SECOND_MS)));
      });
    }
    await time.passUntil(firing(minutes - 1));
    await time.passUntilDone(Promise.all(calls));

    const asked: Asked = { strategy: lambdaClock({ horizon }), fields: { interval: "2m", leadMs }, firingSecond: 37 };
    const claims = runner.lines.filter(({ event }) => /^tick\.(dispatched|suppressed)$/.test(event));
    expect(claims.length / minutes).toBe(perMinute(asked, "ledger", "ledgerWrite"));
    // If it has nothing to publish in its last minute, it ends a second earlier.
    const mean = waited.reduce((sum, one) => sum + one, 0) / minutes;
    const billed = (perMinute(asked, "LambdaClock", "lambdaGbSecond") ?? 0) / (128 / 1_024);
    expect(billed - mean).toBeGreaterThanOrEqual(0);
    expect(billed - mean).toBeLessThanOrEqual(1);
  },
);

test("an Iterator waits for its tick as long as the model says, from a whole second on, with a lead and without", () => {
  for (const leadMs of [undefined, 1, 250, 750, 1_000, 4_001]) {
    const schedule = loopOf(10, 0, { leadMs });
    const waitedS = (dispatchAt(schedule, MINUTE) - wakeAt(schedule, MINUTE)) / SECOND_MS;
    const used = perMinute({ strategy: loop(), fields: { leadMs } }, "Iterator", "lambdaGbSecond") ?? 0;
    expect(used / (256 / 1_024)).toBeCloseTo(6 * waitedS + 0.05, 9);
    expect(waitedS).toBeGreaterThanOrEqual(1);
  }
  const asked = (leadMs: number): Asked => ({ strategy: lambdaClock(), fields: { interval: "1m", leadMs } });
  const awakeS = (leadMs: number) => (perMinute(asked(leadMs), "LambdaClock", "lambdaGbSecond") ?? 0) * 8;
  expect(awakeS(0) - awakeS(750)).toBeCloseTo(0.75, 9);
});

test.each([loop(), lambdaClock(), sqsDelay()])(
  "on $kind a target is billed for holding its ticks through their lead, and without one there is no such line",
  (strategy) => {
    const held = (fields: ScheduleFields) =>
      perMinute({ strategy, fields: { interval: "1m", ...fields } }, "target", "lambdaGbSecond");
    expect(held({})).toBeUndefined();
    expect(held({ leadMs: 750 })).toBeCloseTo((0.75 * 128) / 1_024, 9);
    expect(held({ leadMs: 750, targets: { functions: 2, topics: 0, queues: 0 } })).toBeCloseTo(
      (2 * 0.75 * 128) / 1_024,
      9,
    );
    expect(held({ leadMs: 750, paused: "maintenance" })).toBe(0);
  },
);

describe("a paused schedule", () => {
  const fields = { paused: "maintenance" };

  test("costs a run and a planning call a minute on the loop: 4 transitions", () => {
    const asked: Asked = { strategy: loop(), fields };
    expect(perMinute(asked, "state machine", "transition")).toBe(4);
    expect(perMinute(asked, "Iterator", "lambdaRequest")).toBe(1);
    expect(perMinute({ strategy: published(), fields }, "state machine", "transition")).toBe(6);
    const express: Asked = { strategy: loop({ machineType: "EXPRESS" }), fields };
    expect(perMinute(express, "state machine", "expressGbHour")).toBeLessThan(1e-5);
  });

  test.each(["skip", "latest"] as const)(
    "claims on the loop what its code claims: with the policy %s for overdue ticks",
    async (overdue) => {
      const time = new VirtualTime(MINUTE + 30 * SECOND_MS);
      const runner = simulatedRunner(time);
      await time.passUntilDone(callIterator(runner, loopOf(10, 0, { overdue }), undefined, "run", true));
      expect(runner.rows.size).toBe(
        perMinute({ strategy: loop(), fields: { ...fields, overdue } }, "ledger", "ledgerWrite"),
      );
      expect(runner.rows.size).toBe(overdue === "latest" ? 1 : 0);
    },
  );

  test("claims nothing on LambdaClock, as its code does", async () => {
    const time = new VirtualTime(MINUTE + 30 * SECOND_MS);
    const runner = simulatedRunner(time);
    const event = new Date(MINUTE).toISOString();
    await time.passUntilDone(publishMinutes(runner, [clockOf(1, { paused: true })], 2, event, "call"));
    expect(runner.rows.size).toBe(0);
    const asked: Asked = { strategy: lambdaClock(), fields: { ...fields, interval: "1m" } };
    expect(perMinute(asked, "ledger", "ledgerWrite")).toBe(0);
  });

  test("costs a call a firing on LambdaClock, which waits only while another schedule ticks", () => {
    const asked: Asked = { strategy: lambdaClock(), fields: { ...fields, interval: "1m" } };
    expect(perMinute(asked, "LambdaClock", "lambdaRequest")).toBe(1);
    expect(perMinute(asked, "LambdaClock", "lambdaGbSecond")).toBeLessThan(0.01);
    expect(perMinute(asked, "topics", "topicRequest")).toBe(0);
    expect(perMinute(asked, "analyser", "lambdaRequest")).toBe(0);
    const both = [scheduleDescription(asked.fields), scheduleDescription({ name: "other", interval: "1m" })];
    const waiting = clockUsage(clockDescription({ strategy: lambdaClock(), schedules: both })).find(
      ({ part, resource }) => part === "LambdaClock" && resource === "lambdaGbSecond",
    );
    expect(waiting?.perMinute).toBe((90 * 128) / 1_024);
  });
});

/** One function as the target, but for `fields`. */
const targets = (fields: Partial<TargetCounts>): TargetCounts => ({ functions: 1, topics: 0, queues: 0, ...fields });

const topicRequests = (strategy: Settings, fields: ScheduleFields) =>
  perMinute({ strategy, fields }, "topics", "topicRequest");

test("topics and queues of the user get a request each, once under relative pacing, and else with a request ahead", () => {
  const fields = { targets: targets({ functions: 0, topics: 2, queues: 3 }) };
  const queueRequests = (asked: Asked) => perMinute(asked, "target queues", "queueRequest");
  expect(queueRequests({ strategy: loop(), fields })).toBe(36);
  expect(queueRequests({ strategy: published(), fields })).toBe(18);
  expect(queueRequests({ strategy: lambdaClock(), fields: { ...fields, interval: "1m" } })).toBe(6);
  expect(queueRequests({ strategy: sqsDelay(), fields })).toBe(36);
  expect(queueRequests({ strategy: loop() })).toBeUndefined();
  expect(perMinute({ strategy: loop(), fields }, "topics", "topicRequest")).toBe(24);
  expect(perMinute({ strategy: published(), fields }, "topics", "topicRequest")).toBe(12);
  expect(topicRequests(lambdaClock(), { ...fields, interval: "1m" })).toBe(4);
  expect(perMinute({ strategy: loop() }, "topics", "topicRequest")).toBeUndefined();
});

test("on LambdaClock the functions of a schedule are behind one topic, which delivers to the analyser too", () => {
  const used = (of: Partial<TargetCounts>, part: string, resource: Resource) =>
    perMinute({ strategy: lambdaClock(), fields: { interval: "1m", targets: targets(of) } }, part, resource);
  expect(
    topicRequests(lambdaClock(), { interval: "1m", targets: targets({ functions: 3, topics: 1, queues: 2 }) }),
  ).toBe(4);
  expect(used({ functions: 3, topics: 1 }, "topics", "topicDelivery")).toBe(4);
  expect(used({ functions: 3, topics: 1 }, "analyser", "lambdaRequest")).toBe(1);
  for (const resource of ["topicDelivery", "keyRequest"] as const) {
    expect(used({ functions: 0, topics: 1 }, "topics", resource)).toBeUndefined();
  }
  expect(used({ functions: 0, topics: 1 }, "analyser", "lambdaRequest")).toBeUndefined();
});

test.each([
  ["1m", 2 / 5],
  ["5m", 2 / 5],
  ["10m", 2 / 10],
] as const)(
  "a topic with a tick every %s asks KMS %s times a minute: twice for each data key",
  (interval, requests) => {
    expect(perMinute({ strategy: lambdaClock(), fields: { interval } }, "topics", "keyRequest")).toBeCloseTo(
      requests,
      9,
    );
  },
);

test("traces are those of calls that nothing traced begins", () => {
  expect(perMinute({ strategy: loop(), tracing: true }, "state machine", "trace")).toBe(1);
  expect(perMinute({ strategy: published(), tracing: true }, "state machine", "trace")).toBe(1);
  const asked: Asked = { strategy: lambdaClock(), fields: { interval: "1m" }, tracing: true };
  expect(perMinute(asked, "LambdaClock", "trace")).toBe(1);
  expect(perMinute({ strategy: loop() }, "state machine", "trace")).toBeUndefined();
});

test("a second outside of the minute is refused, with the value", () => {
  expect(() => clockUsage(clockDescription(), { firingSecond: 60 })).toThrow(
    "firingSecond 60 is not a second of the minute",
  );
});

describe("a schedule with hours", () => {
  const OFFICE = { days: [1, 2, 3, 4, 5], fromS: 9 * 3_600, toS: 17.5 * 3_600, zone: "Europe/Berlin" };
  const share = (5 * 8.5) / 168;
  const inOffice: Hours = { rates: [{ intervalMs: 10_000, active: [OFFICE] }] };
  const byNight: Hours = { rates: [...inOffice.rates, { intervalMs: 60_000 }] };

  test.each([loop(), loop({ machineType: "EXPRESS" }), sqsDelay()])(
    "on $kind $machineType is billed for its ticks",
    (strategy) => {
      const claims = (fields: ScheduleFields) => perMinute({ strategy, fields }, "ledger", "ledgerWrite") ?? 0;
      const [always, open, both] = [claims({}), claims({ hours: inOffice }), claims({ hours: byNight })];
      expect(always - open).toBeCloseTo(6 * (1 - share), 6);
      expect(both - open).toBeCloseTo(1 - share, 6);
    },
  );

  test("sends about as many bursts as the minutes of a week need", () => {
    const asked = (hours?: Hours): Asked => ({ strategy: sqsDelay(), fields: { ...(hours && { hours }) } });
    const bursts = (hours?: Hours) => perMinute(asked(hours), "pacer", "lambdaRequest") ?? 0;
    expect(bursts(inOffice) / bursts()).toBeCloseTo(share, 2);
  });

  test("has an Express execution end at once while it is closed", () => {
    const asked = (hours?: Hours): Asked => ({
      strategy: loop({ machineType: "EXPRESS" }),
      fields: { ...(hours && { hours }) },
    });
    const billed = (hours?: Hours) => perMinute(asked(hours), "state machine", "expressGbHour") ?? 0;
    expect(billed(inOffice)).toBeGreaterThan(share * billed());
    expect(billed(inOffice)).toBeLessThan((share + 0.05) * billed());
  });
});
