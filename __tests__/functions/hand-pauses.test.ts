import type { GetItemCommandInput } from "@aws-sdk/client-dynamodb";
import { iterate } from "../../functions/iterator/iterate";
import { pace } from "../../functions/pacer/pace";
import { dynamoPauses } from "../../functions/runtime/hand-pauses";
import { runTick } from "../../functions/runtime/run-tick";
import type { LogEvent } from "../../schedule/events";
import { ALL_SCHEDULES, type HandPause, pauseField } from "../../schedule/pause";
import { iso, tickAt } from "../../schedule/tick";
import { filedOf } from "../simulation/burst-firing";
import { FUNCTION_ARN, loopOf, MINUTE, scheduleOf } from "../simulation/schedules";
import { dispatchedIds, outcomesOf, type SimulationOptions, simulatedRunner } from "../simulation/simulated-runner";
import { VirtualTime } from "../simulation/virtual-time";

const SCHEDULE = scheduleOf(10);
const PAUSE: HandPause = {
  since: iso(MINUTE),
  until: iso(MINUTE + 60_000),
  by: "arn:aws:sts::111111111111:assumed-role/operator/alice",
  note: "migration",
};
const OF_HAND = { by: PAUSE.by, note: PAUSE.note, until: PAUSE.until };

/** The ledger's table, whose row of pauses is as told. */
function table(fields: Record<string, string> | Error) {
  const asked: GetItemCommandInput[] = [];
  const send = async ({ input }: { input: GetItemCommandInput }) => {
    asked.push(input);
    if (fields instanceof Error) throw fields;
    return { Item: Object.fromEntries(Object.entries(fields).map(([name, S]) => [name, { S }])) };
  };
  return { asked, client: { send } as never };
}

describe("the row of the pauses", () => {
  const fields = { id: "pauses", [pauseField("beat")]: JSON.stringify(PAUSE) };

  test("is read by its id alone, at half the price", async () => {
    const { asked, client } = table(fields);
    expect(await dynamoPauses("metronome-ledger", client).of("beat", MINUTE)).toEqual(PAUSE);
    expect(asked).toEqual([{ TableName: "metronome-ledger", Key: { id: { S: "pauses" } } }]);
  });

  test("is read once for the ticks of an instant, and anew for those of the next", async () => {
    const { asked, client } = table(fields);
    let now = MINUTE;
    const pauses = dynamoPauses("metronome-ledger", client, { now: () => now });
    expect(await Promise.all([pauses.of("beat", MINUTE), pauses.of("other", MINUTE)])).toEqual([PAUSE, undefined]);
    expect(asked).toHaveLength(1);
    now += 1_000;
    await pauses.of("beat", now);
    expect(asked).toHaveLength(2);
  });

  test("that does not exist, or cannot be read, pauses nothing", async () => {
    const missing = { send: async () => ({}) } as never;
    expect(await dynamoPauses("metronome-ledger", missing).of("beat", MINUTE)).toBeUndefined();
    const { client } = table(new Error("AccessDeniedException"));
    const logged: LogEvent[] = [];
    let now = MINUTE;
    const pauses = dynamoPauses("metronome-ledger", client, { now: () => now }, (event) => void logged.push(event));
    for (; now < MINUTE + 90_000; now += 10_000) expect(await pauses.of("beat", now)).toBeUndefined();
    // Once a minute: a role without the right to read would fill the log.
    expect(logged).toEqual(Array(2).fill({ kind: "pauses.unread", error: "Error: AccessDeniedException" }));
  });
});

describe("a tick of a schedule that was paused by hand", () => {
  async function run(
    at: number,
    pauses: Record<string, HandPause>,
    options: SimulationOptions = {},
    begins = at - 900,
  ) {
    const time = new VirtualTime(MINUTE + begins);
    const runner = simulatedRunner(time, options);
    for (const [field, pause] of Object.entries(pauses)) runner.handPauses.set(field, pause);
    await time.passUntilDone(runTick(runner, SCHEDULE, tickAt(SCHEDULE, MINUTE + at), [FUNCTION_ARN], "call-1"));
    return runner;
  }

  test.each([pauseField("beat"), ALL_SCHEDULES])(
    "is claimed, not dispatched, and logged with who and why: %s",
    async (field) => {
      const runner = await run(10_000, { [field]: PAUSE });
      expect(runner.tries).toEqual([]);
      expect(runner.abandoned).toHaveLength(1);
      expect(runner.rows.size).toBe(1);
      const [from, to] = [iso(MINUTE + 10_000), iso(MINUTE + 10_001)];
      expect(runner.lines.map(({ event, fields }) => ({ event, ...fields }))).toEqual([
        { event: "schedule.paused", schedule: "beat", from, to, ...OF_HAND },
      ]);
      expect(runner.recorded.map(({ name, value }) => [name, value])).toEqual([["TicksPaused", 1]]);
    },
  );

  test("is not caught up when it is late", async () => {
    const runner = await run(10_000, { [ALL_SCHEDULES]: PAUSE }, {}, 12_000);
    expect(runner.tries).toEqual([]);
    expect(runner.lines.map(({ event }) => event)).toEqual(["schedule.paused"]);
  });

  test("goes out at its instant if nothing is paused, or the pause ends with it", async () => {
    const of = async (pauses: Record<string, HandPause>) =>
      (await run(60_000, pauses)).tries.map(({ at }) => at - MINUTE);
    expect(await of({})).toEqual([60_000]);
    expect(await of({ [ALL_SCHEDULES]: PAUSE })).toEqual([60_000]);
    expect(await of({ [pauseField("other")]: { ...PAUSE, until: iso(MINUTE + 999_000) } })).toEqual([60_000]);
  });

  test("goes out at its instant if the answer is not there by then", async () => {
    const slow = await run(10_000, { [ALL_SCHEDULES]: PAUSE }, { pausesMs: 950 });
    expect(slow.tries.map(({ at }) => at - MINUTE)).toEqual([10_000]);
    expect(slow.lines.map(({ event }) => event)).toEqual(["pauses.unread", "tick.dispatched"]);
    const late = await run(10_000, { [ALL_SCHEDULES]: PAUSE }, { pausesMs: 950 }, 12_000);
    expect(late.tries.map(({ at }) => at - MINUTE)).toEqual([12_300]);
    expect(late.lines.map(({ event }) => event)).toEqual(["pauses.unread", "tick.dispatched"]);
  });
});

test("a pacer passes over the ticks of the pause, and goes on with those after it", async () => {
  const time = new VirtualTime(MINUTE + 38_000);
  const runner = simulatedRunner(time);
  runner.handPauses.set(pauseField("beat"), { ...PAUSE, until: iso(MINUTE + 43_000) });
  const burst = { from: MINUTE + 40_000, to: MINUTE + 45_000, shard: 0, of: 1 };
  await time.passUntilDone(pace(runner, [filedOf(1, 0, {}), filedOf(1, 0, { name: "other" })], burst, "call-1"));
  const ids = (name: string, seconds: readonly number[]) => seconds.map((s) => `${name}-${MINUTE / 1_000 + s}`);
  const due = [40, 41, 42, 43, 44, 45];
  expect(dispatchedIds(runner).sort()).toEqual([...ids("beat", [43, 44, 45]), ...ids("other", due)].sort());
  expect(outcomesOf(runner)).toHaveLength(9);
});

describe("a relative run", () => {
  const RUN = { execution: "run", schedule: loopOf(10, 0, { pacing: "relative" }), paused: false };

  test("ends when its schedule is paused by hand, and says so until the pause ends", async () => {
    const time = new VirtualTime(MINUTE + 20_000);
    const runner = simulatedRunner(time);
    runner.handPauses.set(ALL_SCHEDULES, PAUSE);
    const state = await time.passUntilDone(iterate(runner, { ...RUN, iterator: { index: 2, count: 6 } }, "call-1"));
    expect(state).toEqual({ index: 2, count: 6, continue: false });
    expect(runner.tries).toEqual([]);
    expect(runner.recorded.map(({ name, value }) => [name, value])).toEqual([["TicksPaused", 4]]);
    expect(runner.lines.map(({ fields }) => fields)).toEqual([
      { schedule: "beat", from: iso(MINUTE + 20_000), to: iso(MINUTE + 60_000), ...OF_HAND },
    ]);
  });

  test("waits for the answer no longer than 300 ms", async () => {
    const time = new VirtualTime(MINUTE);
    const runner = simulatedRunner(time, { pausesMs: 5_000 });
    runner.handPauses.set(ALL_SCHEDULES, PAUSE);
    await time.passUntilDone(iterate(runner, { ...RUN, iterator: { index: 0, count: 6 } }, "call-1"));
    expect(runner.tries.map(({ at }) => at - MINUTE)).toEqual([300]);
  });
});
