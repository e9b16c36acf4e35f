import { clockUsage } from "../../../cli/cost/clock-usage";
import { PRICES } from "../../../cli/cost/prices";
import { pace } from "../../../functions/pacer/pace";
import { delaySeconds } from "../../../functions/planner/burst-queue";
import { planBursts } from "../../../functions/planner/plan-bursts";
import type { PlannedMinutes } from "../../../functions/planner/planned-minutes";
import { dynamoPauses } from "../../../functions/runtime/hand-pauses";
import { type Burst, type BurstSchedule, burstsOfMinute, START_COSTS_MS } from "../../../schedule/bursts";
import { MINUTE_MS, SECOND_MS } from "../../../schedule/duration";
import { instantsBetween } from "../../../schedule/grid";
import { USUAL_WEEK } from "../../../schedule/hours";
import { minuteOf } from "../../../schedule/minute";
import { mostAtOnce } from "../../../strategies/sqs-delay/capacity";
import type { SqsDelaySettings } from "../../../strategies/sqs-delay/settings";
import { averageMinute } from "../../../strategies/sqs-delay/usage";
import { ASSUMED, BYTES_PER_GB, MB_PER_GB, type Resource } from "../../../strategies/usage";
import { filedOf, plannedIn } from "../../simulation/burst-firing";
import { MINUTE } from "../../simulation/schedules";
import { simulatedRunner } from "../../simulation/simulated-runner";
import { VirtualTime } from "../../simulation/virtual-time";
import { clockDescription, type ScheduleFields, scheduleDescription, sqsDelay } from "./clocks";

jest.setTimeout(60_000);

/** What happened in some minutes of steady state. */
interface Counted {
  sends: number;
  looks: number;
  rows: number;
  bursts: number;
  claims: number;
  pauses: number;
  awakeS: number;
}

/** Runs a planner and its pacers, and counts what they do from minute 5 on, on average a minute. */
async function count(settings: SqsDelaySettings, fields: readonly ScheduleFields[], minutes: number): Promise<Counted> {
  const time = new VirtualTime(MINUTE);
  const runner = simulatedRunner(time);
  const schedules = fields.map((one) => {
    const { intervalMs, phaseMs, name, paused, overdue } = scheduleDescription(one);
    return filedOf(intervalMs / SECOND_MS, phaseMs / SECOND_MS, { name, overdue, paused: paused !== null });
  });
  const { horizon, claims, pacerMemory } = settings;
  const total: Counted = { sends: 0, looks: 0, rows: 0, bursts: 0, claims: 0, pauses: 0, awakeS: 0 };
  const [from, to] = [MINUTE + 5 * MINUTE_MS, MINUTE + (5 + minutes) * MINUTE_MS];
  const within = (at: number) => at >= from && at < to;
  const seen = (key: keyof Counted, by = 1, at = time.now()) => {
    if (within(at)) total[key] += by;
  };
  const own = plannedIn(runner);
  const counting =
    <A extends unknown[], R>(key: keyof Counted, work: (...args: A) => R) =>
    (...args: A): R => {
      seen(key);
      return work(...args);
    };
  const planned: PlannedMinutes = {
    look: counting("looks", own.look),
    agreeOnSlots: counting("rows", own.agreeOnSlots),
    note: counting("rows", own.note),
  };
  const ledger = {
    ...runner.ledger,
    // Counted in the minute of its instant: it is made a second before.
    claimTick: (...args: Parameters<typeof runner.ledger.claimTick>) => {
      seen("claims", 1, time.now() + SECOND_MS);
      return runner.ledger.claimTick(...args);
    },
  };
  const deliver = async (burst: Burst, leadMs: number) => {
    await time.waitUntil(time.now() + delaySeconds(burst, time.now(), leadMs) * SECOND_MS);
    seen("bursts", 1, burst.from);
    // Each is a sandbox of its own.
    const pauses = dynamoPauses(
      "ledger",
      { send: async () => void seen("pauses", 1, time.now() + SECOND_MS) } as never,
      time,
    );
    await pace({ ...runner, ledger, pauses }, schedules, burst, `pacer-${burst.from}-${burst.shard}`);
    seen("awakeS", (time.now() - burst.from) / SECOND_MS, burst.from);
  };
  const send = async (bursts: readonly Burst[], leadMs: number) => {
    seen("sends", Math.ceil(bursts.length / 10));
    for (const burst of bursts) void deliver(burst, leadMs);
  };
  const plan = { horizon, mostAtOnce: mostAtOnce(pacerMemory), claims };
  for (let minute = 0; minute < 6 + minutes; minute++) {
    time.at(MINUTE + minute * MINUTE_MS + 30_000, () => {
      void planBursts({ ...runner, ledger, planned, queue: { send } }, schedules, plan, `run-${minute}`);
    });
  }
  await time.passUntil(to + 2 * MINUTE_MS);
  return Object.fromEntries(Object.entries(total).map(([key, value]) => [key, value / minutes])) as unknown as Counted;
}

const same = (howMany: number, fields: ScheduleFields): ScheduleFields[] =>
  Array.from({ length: howMany }, (_, k) => ({ ...fields, name: `tenant-${k}` }));

const CLOCKS: readonly (readonly [what: string, minutes: number, schedules: readonly ScheduleFields[]])[] = [
  ["every 1 s", 1, [{ interval: "1s" }]],
  ["every 7 s", 7, [{ interval: "7s", phase: "2s" }]],
  ["every 10 s", 1, [{ interval: "10s" }]],
  ["every 10 s with a lead", 1, [{ interval: "10s", leadMs: 750 }]],
  ["every minute", 1, [{ interval: "1m" }]],
  ["every 5 minutes", 5, [{ interval: "5m" }]],
  ["100 at 10 s", 1, same(100, { interval: "10s" })],
  [
    "20 at 10 s and 5 at 1 s",
    1,
    [
      ...same(20, { interval: "10s" }),
      ...same(5, { interval: "1s" }).map((one) => ({ ...one, name: `fast-${one.name}` })),
    ],
  ],
  ["one of two paused", 1, [{ interval: "10s" }, { interval: "10s", name: "resting", paused: "maintenance" }]],
  [
    "a paused one that catches up",
    1,
    [{ interval: "10s" }, { interval: "10s", name: "resting", paused: "maintenance", overdue: "latest" }],
  ],
  ["all paused", 1, [{ interval: "10s", paused: "maintenance" }]],
];

describe.each(["ticks", "instants"] as const)(
  "the usage of a clock that claims %s is what its functions do",
  (claims) => {
    test.each(CLOCKS)("%s", async (_what, minutes, fields) => {
      const settings = sqsDelay({ claims });
      if (claims === "instants" && fields.some(({ overdue }) => overdue)) return;
      const schedules = fields.map(scheduleDescription);
      const usage = clockUsage(clockDescription({ strategy: settings, schedules }));
      const used = (part: string, resource: Resource) =>
        usage
          .filter((one) => one.part === part && one.resource === resource)
          .reduce((sum, { perMinute }) => sum + perMinute, 0);
      const counted = await count(settings, fields, minutes);
      expect({
        polls: used("queue", "queueRequest"),
        looks: used("planner", "ledgerRead"),
        rows: used("planner", "ledgerWrite"),
        bursts: used("pacer", "lambdaRequest"),
        claims: used("ledger", "ledgerWrite"),
        pauses: 2 * used("ledger", "ledgerRead"),
      }).toEqual({
        polls: counted.sends + 2 * counted.bursts + 15,
        looks: counted.looks,
        rows: counted.rows,
        bursts: counted.bursts,
        claims: counted.claims,
        pauses: counted.pauses,
      });
      // Beside the assumed wait before the first instant and for the last answer.
      const awakeS = (used("pacer", "lambdaGbSecond") * MB_PER_GB) / settings.pacerMemory - counted.bursts * 1.55;
      expect(awakeS).toBeCloseTo(counted.awakeS, 6);
    });
  },
);

test("another pacer costs as much as staying awake for two seconds", () => {
  const usd = (resource: Resource, quantity: number) => (quantity * PRICES[resource].usd) / PRICES[resource].per;
  const gb = sqsDelay().pacerMemory / MB_PER_GB;
  const start =
    // A tenth of a batch that is sent, a message that is received, and deleted.
    usd("queueRequest", 2.1) +
    usd("lambdaRequest", 1) +
    usd("logGb", ASSUMED.platformLogBytes / BYTES_PER_GB) +
    usd("lambdaGbSecond", 1.55 * gb);
  expect(Math.round(start / usd("lambdaGbSecond", gb)) * SECOND_MS).toBe(START_COSTS_MS);
});

test("an average minute of schedules with hours is the mean of all minutes of a usual week", () => {
  const office = { days: [1, 2, 3, 4, 5], fromS: 9 * 3_600, toS: 17.5 * 3_600, zone: "Europe/Berlin" };
  const night = { days: [0, 1, 2, 3, 4, 5, 6], fromS: 22 * 3_600, toS: 4 * 3_600, zone: "Asia/Tokyo" };
  const [ten, minutely] = [10_000, 60_000];
  const schedules: BurstSchedule[] = [
    { name: "always", intervalMs: 20_000, phaseMs: 3_000, dispatches: 2 },
    {
      name: "office",
      intervalMs: ten,
      phaseMs: 0,
      dispatches: 1,
      hours: { rates: [{ intervalMs: ten, active: [office] }] },
    },
    {
      name: "night",
      intervalMs: ten,
      phaseMs: 5_000,
      dispatches: 14,
      hours: { rates: [{ intervalMs: ten, active: [night] }, { intervalMs: minutely }] },
    },
  ];
  const settings = sqsDelay();
  const first = minuteOf(USUAL_WEEK.from);
  const minutes = Array.from({ length: 7 * 24 * 60 }, (_, k) => first + k);
  const bursts = minutes.map((minute) => burstsOfMinute(schedules, minute, mostAtOnce(settings.pacerMemory)));
  const mean = (of: (one: Burst[]) => number) => bursts.reduce((sum, one) => sum + of(one), 0) / minutes.length;
  const average = averageMinute(schedules, settings);
  expect(average.bursts).toBeCloseTo(
    mean((one) => one.length),
    9,
  );
  expect(average.spanS).toBeCloseTo(
    mean((one) => one.reduce((sum, { from, to }) => sum + (to - from) / 1_000, 0)),
    9,
  );
  const ticks = schedules.map((one) => instantsBetween(one, USUAL_WEEK.from, USUAL_WEEK.to).length);
  expect(average.claims).toBeCloseTo(ticks.reduce((sum, one) => sum + one) / minutes.length, 9);
});
