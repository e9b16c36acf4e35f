import { pace } from "../../functions/pacer/pace";
import type { FiledSchedule } from "../../functions/runtime/schedules-file";
import { type Burst, shardOf } from "../../schedule/bursts";
import { SECOND_MS } from "../../schedule/duration";
import { filedOf } from "../simulation/burst-firing";
import { MINUTE } from "../simulation/schedules";
import { outcomesOf, type SimulationOptions, simulatedRunner, skewed } from "../simulation/simulated-runner";
import { VirtualTime } from "../simulation/virtual-time";

const burst = (fromS: number, toS: number, fields: Partial<Burst> = {}): Burst => ({
  from: MINUTE + fromS * SECOND_MS,
  to: MINUTE + toS * SECOND_MS,
  shard: 0,
  of: 1,
  ...fields,
});

/** Pacers get this burst at these instants (s after MINUTE). */
async function deliver(
  atS: readonly number[],
  schedules: readonly FiledSchedule[],
  one: Burst,
  options?: SimulationOptions,
) {
  const time = new VirtualTime(MINUTE);
  const runner = simulatedRunner(time, options);
  const calls = atS.map(async (second, k) => {
    await time.waitUntil(MINUTE + second * SECOND_MS);
    await pace(runner, schedules, one, `pacer-${k}`);
  });
  const results = await time.passUntilDone(Promise.allSettled(calls));
  const second = (id = "") => [id.replace(/-\d+$/, ""), Number(id.split("-").at(-1)) - MINUTE / SECOND_MS];
  const outcomes = outcomesOf(runner).map(({ event, fields }) => [
    event.replace("tick.", ""),
    ...second(fields.tick?.id),
    ...[fields.late ?? fields.reason].filter((more) => more !== undefined),
  ]);
  const claimedS = [...runner.rows.values()].map(({ at }) => (at - MINUTE) / SECOND_MS);
  return { runner, results, outcomes, claimedS };
}

test("each tick of the burst is claimed a second ahead and dispatched at its instant", async () => {
  const { runner, outcomes, claimedS } = await deliver(
    [8.3],
    [filedOf(1), filedOf(3, 0, { name: "third" })],
    burst(10, 13),
  );
  expect(skewed(runner)).toEqual([]);
  expect(outcomes).toEqual([
    ["dispatched", "beat", 10, false],
    ["dispatched", "beat", 11, false],
    ["dispatched", "beat", 12, false],
    ["dispatched", "third", 12, false],
    ["dispatched", "beat", 13, false],
  ]);
  expect(claimedS).toEqual([9, 10, 11, 11, 12]);
});

test("a pacer runs the schedules of its part alone", async () => {
  const names = ["s-0", "s-1", "s-2", "s-3", "s-4", "s-5"];
  const schedules = names.map((name) => filedOf(10, 0, { name }));
  const [first, second] = await Promise.all(
    [0, 1].map((shard) => deliver([8.5], schedules, burst(10, 10, { shard, of: 2 }))),
  );
  const ran = (one: typeof first) => one?.outcomes.map(([, name]) => name);
  expect(ran(first)).toEqual(names.filter((name) => shardOf(name, 2) === 0));
  expect([...(ran(first) ?? []), ...(ran(second) ?? [])].sort()).toEqual(names);
});

test("a burst that comes late has one tick a schedule dispatched, late, and the others are missed", async () => {
  const long = filedOf(2, 0, { catchUpMs: 5_000 });
  const { outcomes } = await deliver([17.5], [long], burst(10, 18));
  expect(outcomes).toEqual([
    ["missed", "beat", 10, "expired"],
    ["missed", "beat", 12, "expired"],
    ["missed", "beat", 14, "overtaken"],
    ["dispatched", "beat", 16, true],
    ["dispatched", "beat", 18, false],
  ]);
});

test("a burst that is delivered twice has no tick doubled, and none of it missed", async () => {
  const { runner, outcomes } = await deliver([8.5, 9, 45], [filedOf(5)], burst(10, 15));
  expect(runner.tries).toHaveLength(2);
  expect(outcomes.filter(([event]) => event !== "suppressed")).toEqual([
    ["dispatched", "beat", 10, false],
    ["dispatched", "beat", 15, false],
  ]);
  expect(outcomes.filter(([event]) => event === "suppressed")).toHaveLength(4);
});

test("of a burst for overdue ticks, the newest of each schedule that catches up is dispatched, if it has not expired", async () => {
  const schedules = [
    filedOf(20, 0, { overdue: "latest" }),
    filedOf(20, 0, { name: "skipping" }),
    filedOf(60, 0, { name: "expired", overdue: "latest", catchUpMs: 1_000 }),
  ];
  const { outcomes } = await deliver([25.2], schedules, burst(25, 25, { overdue: true }));
  expect(outcomes.sort()).toEqual([
    ["dispatched", "beat", 20, true],
    ["missed", "expired", 0, "expired"],
  ]);
});

describe("if one claim is for a slot of an instant", () => {
  const names = ["s-0", "s-1", "s-2", "s-3", "s-4", "s-5"];
  const schedules = names.map((name) => filedOf(5, 0, { name }));
  const one = burst(10, 15, { slots: 2 });

  test("all its ticks are dispatched at their instant, and there are no more claims than slots at an instant", async () => {
    const { runner, outcomes } = await deliver([8.5], schedules, one);
    expect(skewed(runner)).toEqual([]);
    expect(outcomes.map(([event, name, second]) => `${event} ${name} ${second}`).sort()).toEqual(
      names.flatMap((name) => [`dispatched ${name} 10`, `dispatched ${name} 15`]),
    );
    const second = (at: number) => MINUTE / SECOND_MS + at;
    expect([...runner.rows.keys()].sort()).toEqual(
      [10, 15].flatMap((at) => [`tick#0/2@${second(at)}`, `tick#1/2@${second(at)}`]).sort(),
    );
  });

  test("a second delivery finds them claimed, and doubles none", async () => {
    const { runner } = await deliver([8.5, 9, 45], schedules, one);
    expect(runner.tries).toHaveLength(2 * names.length);
  });

  test("a late burst has one tick a schedule dispatched", async () => {
    const { outcomes } = await deliver([15.5], [filedOf(5, 0, { catchUpMs: 60_000 })], one);
    expect(outcomes).toEqual([
      ["missed", "beat", 10, "overtaken"],
      ["dispatched", "beat", 15, false],
    ]);
  });
});

test("a schedule that was paused since has nothing dispatched, claimed or logged: the planner logs the pause", async () => {
  const schedules = [filedOf(5, 0, { paused: true }), filedOf(5, 0, { name: "other" })];
  const { runner, outcomes } = await deliver([8.5], schedules, burst(10, 15));
  expect(outcomes.map(([, name]) => name)).toEqual(["other", "other"]);
  expect([runner.rows.size, runner.lines.length]).toEqual([2, 2]);
});

test("a claim that fails costs its tick alone, and the burst is delivered again", async () => {
  const time = new VirtualTime(MINUTE + 8_500);
  const runner = simulatedRunner(time);
  let nth = 0;
  const ledger = {
    ...runner.ledger,
    claimTick: (...args: Parameters<typeof runner.ledger.claimTick>) =>
      ++nth === 1 ? Promise.reject(new Error("no answer")) : runner.ledger.claimTick(...args),
  };
  const work = pace({ ...runner, ledger }, [filedOf(2)], burst(10, 14), "pacer");
  await expect(time.passUntilDone(work)).rejects.toThrow("no answer");
  expect(runner.tries.map(({ at }) => (at - MINUTE) / SECOND_MS)).toEqual([12, 14]);
});

test.each([undefined, 1])(
  "each tick of a burst is dispatched its own lead before its instant, with slots: %s",
  async (slots) => {
    const schedules = [filedOf(10), filedOf(10, 0, { name: "held", leadMs: 750 })];
    const one = burst(10, 20, slots === undefined ? {} : { slots });
    const { runner, claimedS, outcomes } = await deliver([7.5], schedules, one);
    expect(runner.tries.map(({ at, message }) => [message.tick.schedule, (at - MINUTE) / SECOND_MS])).toEqual([
      ["held", 9.25],
      ["beat", 10],
      ["held", 19.25],
      ["beat", 20],
    ]);
    // One claim for both is made for the earlier.
    expect(claimedS).toEqual(slots === undefined ? [8.25, 9, 18.25, 19] : [8.25, 18.25]);
    expect(outcomes.map(([, , , late]) => late)).toEqual([false, false, false, false]);
  },
);
