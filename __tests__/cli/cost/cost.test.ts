import fc from "fast-check";
import { timingOf } from "../../../cli/clock-impact/switching-pause";
import { type CostOptions, estimateMonthlyCost, MONTH_MINUTES } from "../../../cli/cost/cost";
import { PRICES } from "../../../cli/cost/prices";
import { describeClock } from "../../../config/describe-clock";
import { environments } from "../../../config/environments";
import { parseEnvironments } from "../../../config/parse";
import type { ClockDescription, ScheduleDescription, Settings } from "../../../schedule/clock";
import type { Resource } from "../../../strategies/usage";
import { clockDescription, estimate, lambdaClock, loop, published, scheduleDescription } from "./clocks";

/** The sum of an estimate's lines for some resources. */
function usdOf(lines: ReturnType<typeof estimate>["lines"], ...resources: Resource[]): number {
  return lines.filter(({ resource }) => resources.includes(resource)).reduce((sum, { usd }) => sum + usd, 0);
}

/** The resources that the hand calculations count: they leave logs and the ledger out. */
const COUNTED_BY_HAND: Resource[] = [
  "transition",
  "expressRequest",
  "expressGbHour",
  "lambdaRequest",
  "lambdaGbSecond",
];

/** US$ of a GB-second on x86, over that on arm64. */
const X86 = 0.0000166667 / PRICES.lambdaGbSecond.usd;

describe("agrees with the hand calculations of the published designs (30 days, us-east-1, before free tiers)", () => {
  // 43,200 minutes, 259,200 ticks at 10 s; 128 MB, x86 unless it says otherwise; logs and targets left out.

  test("the loop as published: 1 + 6 + 6 + 5 + 1 = 19 transitions a minute", () => {
    // 820,800 transitions x $25/M = 20.52; 259,200 invocations x $0.20/M = 0.05; 259,200 x 50 ms x 128 MB = 0.03.
    const { lines } = estimate(published({ duplicateCheck: false, iteratorMemory: 128 }), "10s");
    expect(lines.find(({ resource }) => resource === "transition")?.quantity).toBe(820_800);
    expect(usdOf(lines, "transition")).toBeCloseTo(20.52, 6);
    expect(usdOf(lines, "lambdaRequest")).toBeCloseTo(0.05, 2);
    const gbSeconds = usdOf(lines, "lambdaGbSecond");
    expect(gbSeconds * X86).toBeCloseTo(0.03, 2);
    expect(usdOf(lines, ...COUNTED_BY_HAND) + gbSeconds * (X86 - 1)).toBeCloseTo(20.6, 2);
  });

  test("Express runs of 50 to 60 s: 37.5 to 45 GB-hours, $2.29 to 2.74 with their requests", () => {
    // 43,200 x (50..60) s x 64/1024 / 3,600 = 37.5..45 GB-hours x $0.06 = 2.25..2.70, + 43,200 x $1/M = 0.04.
    const { lines } = estimate(published({ machineType: "EXPRESS", duplicateCheck: false }), "10s");
    const hours = lines.find(({ resource }) => resource === "expressGbHour")?.quantity ?? 0;
    expect(hours).toBeGreaterThan(37.5);
    expect(hours).toBeLessThan(45);
    const machine = usdOf(lines, "expressRequest", "expressGbHour");
    expect(machine).toBeGreaterThan(2.29);
    expect(machine).toBeLessThan(2.74);
    // Without the drift of its turns it is the lower bound to the cent.
    expect((machine - 0.0432) * (37.5 / hours) + 0.0432).toBeCloseTo(2.29, 2);
  });

  test.each([
    // 43,200 x 60 s x 128 MB = 324,000 GB-s; 0.01 for its requests and 0.02 for 43,200 publishes.
    ["x86", 0, 324_000, 5.43],
    ["arm64", 0, 324_000, 4.35],
    // The same with 35 s.
    ["x86", 25, 189_000, 3.18],
    ["arm64", 25, 189_000, 2.55],
  ])("LambdaClock as published, %s, fired at second %s: %s GB-s, $%s", (architecture, firingSecond, gbSeconds, usd) => {
    const { lines } = estimate(lambdaClock({ horizon: 1 }), "1m", { firingSecond });
    const own = lines.filter(({ part }) => part === "LambdaClock");
    expect(own.find(({ resource }) => resource === "lambdaGbSecond")?.quantity).toBe(gbSeconds);
    // The hand calculation has no request that opens the connection: half of the topics' line.
    const publishes = usdOf(lines, "topicRequest") / 2;
    const duration = usdOf(own, "lambdaGbSecond") * (architecture === "x86" ? X86 : 1);
    expect(duration + usdOf(own, "lambdaRequest") + publishes).toBeCloseTo(usd, 2);
  });
});

const strategies: fc.Arbitrary<Settings> = fc.oneof(
  fc
    .record({
      machineType: fc.constantFrom("STANDARD" as const, "EXPRESS" as const),
      horizon: fc.integer({ min: 2, max: 4 }),
      iteratorMemory: fc.integer({ min: 128, max: 2_048 }),
    })
    .map(loop),
  fc.boolean().map((duplicateCheck) => published({ duplicateCheck })),
  fc.integer({ min: 1, max: 5 }).map((horizon) => lambdaClock({ horizon })),
);
const schedules: fc.Arbitrary<ScheduleDescription> = fc
  .record({
    minutes: fc.integer({ min: 1, max: 120 }),
    targets: fc.record({ functions: fc.nat(3), topics: fc.nat(3), queues: fc.nat(3) }),
    paused: fc.constantFrom(null, null, "maintenance"),
  })
  .map(({ minutes, ...fields }) => scheduleDescription({ interval: `${minutes}m`, ...fields }));
const clocks: fc.Arbitrary<ClockDescription> = fc
  .record({
    strategy: strategies,
    retiring: fc.option(strategies),
    schedules: fc.array(schedules, { minLength: 1, maxLength: 3 }),
    tracing: fc.boolean(),
  })
  // Relative pacing serves what divides a minute.
  .map((fields) =>
    clockDescription(
      [fields.strategy, fields.retiring].some((one) => one && !timingOf(one).grid)
        ? { ...fields, schedules: fields.schedules.map((one) => ({ ...one, intervalMs: 60_000 })) }
        : fields,
    ),
  );
const shared = (clock: ClockDescription) =>
  estimateMonthlyCost(clock)
    .lines.filter(({ schedule }) => schedule === null)
    .reduce((sum, { usd }) => sum + usd, 0);
const total = (clock: ClockDescription, options?: CostOptions) => estimateMonthlyCost(clock, options).totalUsd;

describe("for any clock", () => {
  test("every line's quantity and price come to its cost, and nothing is negative", () => {
    fc.assert(
      fc.property(clocks, (clock) => {
        const { lines, totalUsd } = estimateMonthlyCost(clock);
        for (const { quantity, price, usd } of lines) {
          expect(usd).toBeCloseTo((quantity * price.usd) / price.per, 9);
          expect(Math.min(quantity, usd)).toBeGreaterThanOrEqual(0);
        }
        expect(totalUsd).toBeCloseTo(
          lines.reduce((sum, { usd }) => sum + usd, 0),
          9,
        );
      }),
    );
  });

  // Express is left out: of two grids the coarser can have its last tick later in the minute, as 21 s against 20 s.
  test("a shorter interval never costs less", () => {
    const intervals = fc.tuple(fc.integer({ min: 1, max: 3_600 }), fc.integer({ min: 1, max: 3_600 }));
    const loops = fc.constantFrom(loop(), published(), lambdaClock());
    fc.assert(
      fc.property(loops, intervals, (strategy, [a, b]) => {
        const cost = (interval: number) => estimate(strategy, `${interval}s`).totalUsd;
        expect(cost(Math.min(a, b))).toBeGreaterThanOrEqual(cost(Math.max(a, b)) - 1e-9);
      }),
    );
  });

  test("schedules add up; on LambdaClock they share the waiting", () => {
    fc.assert(
      fc.property(clocks, schedules, (clock, another) => {
        const withAnother = total({ ...clock, schedules: [...clock.schedules, another] });
        const alone = { ...clock, schedules: [another] };
        // Waiting is shared; if only one of them ticks, that one waits.
        expect(withAnother).toBeCloseTo(total(clock) + total(alone) - Math.min(shared(clock), shared(alone)), 6);
      }),
    );
  });

  test("a handover costs what both clocks cost", () => {
    fc.assert(
      fc.property(clocks, strategies, (clock, retiring) => {
        const both = total({ ...clock, retiring });
        expect(both).toBeCloseTo(
          total({ ...clock, retiring: null }) + total({ ...clock, strategy: retiring, retiring: null }),
          6,
        );
      }),
    );
  });

  test("the estimate lies between its bounds: rules fire late in the minute, or early", () => {
    fc.assert(
      fc.property(clocks, fc.integer({ min: 0, max: 59 }), (clock, firingSecond) => {
        const { totalUsd, range } = estimateMonthlyCost(clock, { firingSecond });
        expect(totalUsd).toBeGreaterThanOrEqual(range.lowUsd - 1e-9);
        expect(totalUsd).toBeLessThanOrEqual(range.highUsd + 1e-9);
      }),
    );
  });

  test("a pause never costs more than ticking", () => {
    fc.assert(
      fc.property(clocks, (clock) => {
        const paused = clock.schedules.map((schedule) => ({ ...schedule, paused: "maintenance" }));
        const ticking = clock.schedules.map((schedule) => ({ ...schedule, paused: null }));
        expect(total({ ...clock, schedules: paused })).toBeLessThanOrEqual(
          total({ ...clock, schedules: ticking }) + 1e-9,
        );
      }),
    );
  });
});

test("monitoring is counted if the environment has any", () => {
  const monitoring = { metrics: 12, alarms: 11, dashboards: 4, logBytesPerMinute: 10_000 };
  const { lines } = estimateMonthlyCost(clockDescription(), { monitoring });
  const own = lines.filter(({ clock }) => clock === "monitoring");
  expect(own.map(({ resource, usd }) => [resource, Number(usd.toFixed(4))])).toEqual([
    ["metric", 3.6],
    ["alarm", 1.1],
    ["dashboard", 12],
    ["logGb", 0.216],
  ]);
  expect(estimateMonthlyCost(clockDescription()).lines.filter(({ clock }) => clock === "monitoring")).toEqual([]);
});

test("says whose prices they are and from when, what is not in it, and that a handover is an upper bound", () => {
  const here = estimateMonthlyCost(clockDescription());
  expect(here.pricesRead).toBe("2026-11-21");
  expect(here.notes).toEqual([expect.stringMatching(/^Not included: monitoring, the targets' invocations/)]);
  const watched = estimateMonthlyCost(clockDescription(), { monitoring: { alarms: 1 } });
  expect(watched.notes).toEqual([expect.stringMatching(/^Not included: the targets' invocations/)]);
  const there = estimateMonthlyCost(clockDescription({ region: "eu-central-1", retiring: lambdaClock() }));
  expect(there.notes).toEqual([
    "These are the prices of us-east-1; those of eu-central-1 may differ.",
    "Both clocks of the handover are counted, as if each dispatched every tick.",
    expect.stringMatching(/^Not included/),
  ]);
});

test("every price names the page of AWS that shows it, and the day it was read", () => {
  for (const [resource, { source, read, region, usd, per }] of Object.entries(PRICES)) {
    expect([resource, new URL(source).origin, /^2026-11-2\d$/.test(read), region]).toEqual([
      resource,
      "https://aws.amazon.com",
      true,
      "us-east-1",
    ]);
    expect(usd).toBeGreaterThanOrEqual(0);
    expect(per).toBeGreaterThan(0);
  }
});

test("every environment of the configuration has an estimate", () => {
  for (const one of Object.values(parseEnvironments(environments))) {
    expect(total(describeClock(one))).toBeGreaterThan(0);
  }
  expect(MONTH_MINUTES).toBe(30 * 24 * 60);
});
