import { type BurstQueue, planBursts } from "../../functions/planner/plan-bursts";
import type { FiledSchedule } from "../../functions/runtime/schedules-file";
import type { Burst } from "../../schedule/bursts";
import { MINUTE_MS, SECOND_MS } from "../../schedule/duration";
import { minuteOf } from "../../schedule/minute";
import { filedOf, plannedIn } from "../simulation/burst-firing";
import { MINUTE } from "../simulation/schedules";
import { simulatedRunner } from "../simulation/simulated-runner";
import { VirtualTime } from "../simulation/virtual-time";

const M = minuteOf(MINUTE);
const SETTINGS = { horizon: 4, mostAtOnce: 13, claims: "ticks" as const };

/** A planner whose rule fires at these instants (ms after MINUTE), and all that it sent. */
async function fire(
  firings: readonly number[],
  schedules: readonly FiledSchedule[],
  { refuse = () => false }: { refuse?: (bursts: readonly Burst[], nth: number) => boolean } = {},
) {
  const time = new VirtualTime(MINUTE);
  const runner = simulatedRunner(time);
  const sent: Burst[][] = [];
  const leads = new Set<number>();
  const queue: BurstQueue = {
    async send(bursts, leadMs) {
      if (bursts.length === 0) return;
      leads.add(leadMs);
      sent.push([...bursts]);
      if (refuse(bursts, sent.length)) throw new Error("SQS is away");
    },
  };
  const errors: unknown[] = [];
  for (const [k, at] of firings.entries()) {
    await time.passUntil(MINUTE + at);
    const planner = { ...runner, planned: plannedIn(runner), queue };
    const work = planBursts(planner, schedules, SETTINGS, `run-${k}`);
    await time.passUntilDone(work.catch((error) => void errors.push(error)));
  }
  const instants = sent.map((bursts) => bursts.map(({ from }) => (from - MINUTE) / SECOND_MS));
  return { runner, sent, leads: [...leads], instants, errors };
}

const minute = (k: number, ...seconds: number[]) => seconds.map((second) => k * 60 + second);

test("the first firing plans the rest of its minute and the next three, the nearest first; each later one the last", async () => {
  const { instants, errors } = await fire([25_000, 85_000, 145_000], [filedOf(20)]);
  expect(instants).toEqual([
    minute(0, 40),
    minute(1, 0, 20, 40),
    minute(2, 0, 20, 40),
    minute(3, 0, 20, 40),
    minute(4, 0, 20, 40),
    minute(5, 0, 20, 40),
  ]);
  expect(errors).toEqual([]);
});

test("a rule that fires three times in a minute has each minute planned once", async () => {
  const { instants } = await fire([5_000, 15_000, 59_900], [filedOf(60)]);
  expect(instants).toEqual([minute(1, 0), minute(2, 0), minute(3, 0)]);
});

test("a minute that the queue did not take is sent again by the next firing, and the others are not", async () => {
  const { instants, errors } = await fire([5_000, 65_000], [filedOf(60)], { refuse: (_, nth) => nth === 2 });
  expect(instants).toEqual([minute(1, 0), minute(2, 0), minute(3, 0), minute(2, 0), minute(4, 0)]);
  expect(errors).toEqual([new Error("SQS is away")]);
});

test("a planner that ends before it has noted its minutes leaves them to the next firing", async () => {
  const time = new VirtualTime(MINUTE);
  const runner = simulatedRunner(time);
  const sent: Burst[] = [];
  const queue: BurstQueue = { send: async (bursts) => void sent.push(...bursts) };
  const dying = { ...plannedIn(runner), note: () => new Promise<never>(() => undefined) };
  void planBursts({ ...runner, planned: dying, queue }, [filedOf(60)], SETTINGS, "run-0");
  await time.passUntil(MINUTE + 30_000);
  await planBursts({ ...runner, planned: plannedIn(runner), queue }, [filedOf(60)], SETTINGS, "run-1");
  expect(new Set(sent.map(({ from }) => (from - MINUTE) / MINUTE_MS))).toEqual(new Set([1, 2, 3]));
});

test("it logs what it planned, and counts the ticks", async () => {
  const { runner } = await fire([25_000, 85_000], [filedOf(20), filedOf(30, 5, { name: "other" })]);
  const planned = runner.lines.filter(({ event }) => event === "clock.planned").map(({ fields }) => fields);
  expect(planned).toEqual([
    { run: "run-0", minutes: [M, M + 1, M + 2, M + 3], bursts: 17, count: 17, from: "2026-11-22T18:25:35.000Z" },
    { run: "run-1", minutes: [M + 4], bursts: 5, count: 5, from: "2026-11-22T18:29:00.000Z" },
  ]);
  const figures = (name: string) => runner.recorded.filter((one) => one.name === name);
  expect(figures("TicksDue").map(({ schedule, value }) => [schedule, value])).toEqual([
    ["beat", 10],
    ["other", 7],
    ["beat", 3],
    ["other", 2],
  ]);
  expect(figures("PlannerLag").map(({ value }) => value)).toEqual([25_000, 25_000, -155_000, -155_000]);
});

test("a paused schedule is not planned, and the log says so; if all are paused, nothing is", async () => {
  const paused = filedOf(20, 0, { name: "resting", paused: true });
  const { runner, instants } = await fire([25_000], [filedOf(60), paused]);
  expect(instants).toEqual([minute(1, 0), minute(2, 0), minute(3, 0)]);
  expect(runner.lines.filter(({ event }) => event === "schedule.paused").map(({ fields }) => fields)).toEqual([
    { schedule: "resting", from: "2026-11-22T18:24:25.000Z", to: "2026-11-22T18:27:25.000Z" },
  ]);
  const all = await fire([25_000], [paused]);
  expect([all.sent, [...all.runner.rows.keys()]]).toEqual([[], []]);
  expect(all.runner.lines.map(({ event }) => event)).toEqual(["schedule.paused"]);
});

describe("a clock that claims instants", () => {
  const schedules = Array.from({ length: 40 }, (_, k) => filedOf(60, 30, { name: `s-${k}` }));
  const setUp = () => {
    const time = new VirtualTime(MINUTE);
    const runner = simulatedRunner(time);
    const sent: Burst[] = [];
    const queue: BurstQueue = { send: async (bursts) => void sent.push(...bursts) };
    return { runner, sent, queue };
  };
  const instants = { ...SETTINGS, horizon: 1, claims: "instants" as const };

  test("says in each burst how its ticks are claimed", async () => {
    const { runner, sent, queue } = setUp();
    await planBursts({ ...runner, planned: plannedIn(runner), queue }, schedules, instants, "run-0");
    expect(sent.map(({ shard, of, slots }) => [shard, of, slots])).toEqual([0, 1, 2, 3].map((shard) => [shard, 4, 4]));
  });

  test("keeps to what the first planner of a minute said, also if it would say otherwise now", async () => {
    const { runner, sent, queue } = setUp();
    const plan = (name: string) => ({ ...runner, planned: plannedIn(runner, name), queue });
    await planBursts(plan("before"), schedules.slice(0, 20), instants, "run-0");
    await planBursts(plan("after"), schedules, instants, "run-1");
    await planBursts(plan("ticks"), schedules, { ...instants, claims: "ticks" }, "run-2");
    expect(new Set(sent.map(({ slots }) => slots))).toEqual(new Set([2]));
    expect(new Set(sent.map(({ of }) => of))).toEqual(new Set([2]));
  });

  test("sends nothing if it cannot learn how the others claim", async () => {
    const { runner, sent, queue } = setUp();
    const away = { ...plannedIn(runner), agreeOnSlots: () => Promise.reject(new Error("no answer")) };
    const plan = (claims: "ticks" | "instants") =>
      planBursts({ ...runner, planned: away, queue }, schedules, { ...instants, claims }, "run");
    await expect(plan("instants")).rejects.toThrow("no answer");
    expect(sent).toEqual([]);
    await expect(plan("ticks")).rejects.toThrow("no answer");
    expect(sent.length).toBeGreaterThan(0);
  });
});

describe("schedules that catch up", () => {
  const latest = filedOf(20, 0, { overdue: "latest" });

  test("have their newest overdue tick sent at once by a clock that begins, and by no later firing", async () => {
    const { sent } = await fire([25_000, 85_000], [latest, filedOf(20, 0, { name: "other" })]);
    expect(sent[0]).toEqual([{ from: MINUTE + 25_000, to: MINUTE + 25_000, shard: 0, of: 1, overdue: true }]);
    expect(
      sent
        .slice(1)
        .flat()
        .filter(({ overdue }) => overdue),
    ).toEqual([]);
  });

  test("are not caught up if their instant was claimed as a whole", async () => {
    const time = new VirtualTime(MINUTE);
    const runner = simulatedRunner(time);
    await plannedIn(runner).agreeOnSlots(M, 4);
    await time.passUntil(MINUTE + 65_000);
    const sent: Burst[] = [];
    const planner = {
      ...runner,
      planned: plannedIn(runner),
      queue: { send: async (b: readonly Burst[]) => void sent.push(...b) },
    };
    await planBursts(planner, [filedOf(120, 60, { overdue: "latest" })], SETTINGS, "run");
    expect(sent.filter(({ overdue }) => overdue)).toEqual([]);
  });

  test("are not caught up by a clock that another plan has kept running", async () => {
    const time = new VirtualTime(MINUTE);
    const runner = simulatedRunner(time);
    const sent: Burst[] = [];
    const queue: BurstQueue = { send: async (bursts) => void sent.push(...bursts) };
    const plan = (name: string) =>
      planBursts({ ...runner, planned: plannedIn(runner, name), queue }, [latest], SETTINGS, name);
    await plan("before");
    await time.passUntil(MINUTE + 65_000);
    sent.length = 0;
    await plan("after");
    expect([sent.length > 0, sent.filter(({ overdue }) => overdue)]).toEqual([true, []]);
  });

  test("have the newest tick of a pause claimed, so that it is not caught up", async () => {
    const { runner } = await fire([25_000], [{ ...latest, paused: true }]);
    expect([...runner.rows.keys()]).toEqual([`tick#beat-${MINUTE / SECOND_MS + 20}`]);
  });
});

test("bursts are sent for the longest lead of the schedules that tick", async () => {
  const leadsOf = async (schedules: readonly FiledSchedule[]) => (await fire([25_000], schedules)).leads;
  const held = filedOf(20, 0, { name: "held", leadMs: 750 });
  expect(await leadsOf([filedOf(20)])).toEqual([0]);
  expect(await leadsOf([filedOf(20), held, filedOf(20, 0, { name: "off", leadMs: 5_000, paused: true })])).toEqual([
    750,
  ]);
});

test("each firing says that it has planned a schedule with hours, also while it has no tick", async () => {
  const closed = { days: [0, 1, 2, 3, 4, 5, 6], fromS: 0, toS: 60, zone: "UTC" };
  const timed = filedOf(20, 0, { name: "timed", hours: { rates: [{ intervalMs: 20_000, active: [closed] }] } });
  const { runner, instants, errors } = await fire([25_000, 85_000], [timed]);
  expect([instants, errors]).toEqual([[], []]);
  const dispatched = runner.recorded.filter(({ name }) => name === "TicksDispatched");
  expect(dispatched.map(({ schedule, value }) => [schedule, value])).toEqual([
    ["timed", 0],
    ["timed", 0],
  ]);
});
