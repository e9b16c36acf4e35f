import { iterate } from "../../functions/iterator/iterate";
import { SECOND_MS } from "../../schedule/duration";
import { gridText } from "../../schedule/grid";
import { minuteOf } from "../../schedule/minute";
import { ticksOfMinutes } from "../../schedule/plan";
import { iso, tickId } from "../../schedule/tick";
import { callIterator, runLoop } from "../simulation/loop-run";
import { loopOf, MINUTE } from "../simulation/schedules";
import { dispatchedIds, outcomesOf, simulatedRunner } from "../simulation/simulated-runner";
import { VirtualTime } from "../simulation/virtual-time";

const THIS_MINUTE = minuteOf(MINUTE);
const TEN = { intervalMs: 10_000, phaseMs: 0 };

function simulate(now: number) {
  const time = new VirtualTime(now);
  return { time, runner: simulatedRunner(time) };
}

describe("a firing whose own minute is another run's", () => {
  const SCOPE = "beat@STANDARD";
  /** Another run has had all minutes of the horizon but the last since two minutes ago, and has claimed ticks up to an instant. */
  const come = async (at: number, servedUntil: number, fields: Parameters<typeof loopOf>[2] = {}) => {
    const { time, runner } = simulate(MINUTE - 120_000);
    for (const k of [0, 1]) await runner.ledger.claimMinute(SCOPE, THIS_MINUTE + k, "another run", TEN);
    const schedule = loopOf(10, 0, fields);
    for (const tick of ticksOfMinutes(schedule, [THIS_MINUTE - 1, THIS_MINUTE])) {
      if ((tick.scheduledAt as number) <= MINUTE + servedUntil) await runner.ledger.claimTick(tick, "another call");
    }
    await time.passUntil(MINUTE + at);
    const rowsBefore = new Set(runner.rows.keys());
    const state = await time.passUntilDone(callIterator(runner, schedule));
    const claimed = [...runner.rows.keys()].filter((id) => !rowsBefore.has(id));
    const [planned] = runner.lines.filter(({ event }) => event === "run.planned");
    return {
      runner,
      state,
      claimed,
      planned,
      dispatched: runner.tries.map((one) => [one.message.tick.id, one.at - MINUTE]),
    };
  };

  test("leaves the minutes to it where it has claimed the newest tick that was due: it lives", async () => {
    const { state, claimed, dispatched, planned } = await come(34_567, 30_000);
    expect(state).toMatchObject({ minutes: [THIS_MINUTE + 2], index: 0 });
    expect(claimed).toEqual([`minute#${SCOPE}#${THIS_MINUTE + 2}`]);
    expect(dispatched).toEqual([]);
    expect(planned?.fields.takenOverFrom).toBeUndefined();
  });

  test("takes them over where nobody has: it dispatches that tick late and serves all minutes of its horizon", async () => {
    const { state, claimed, dispatched, planned, runner } = await come(34_567, 20_000);
    expect(dispatched).toEqual([[tickId("beat", MINUTE + 30_000), 34_567]]);
    expect(claimed).toEqual([`minute#${SCOPE}#${THIS_MINUTE + 2}`, `tick#${tickId("beat", MINUTE + 30_000)}`]);
    expect(state).toMatchObject({ minutes: [0, 1, 2].map((k) => THIS_MINUTE + k), index: 4, continue: true });
    expect(planned?.fields).toMatchObject({
      count: 15,
      from: iso(MINUTE + 30_000),
      takenOverFrom: "another run",
    });
    expect(outcomesOf(runner).map(({ event, fields }) => [event, fields.late])).toEqual([["tick.dispatched", true]]);
    expect(runner.recorded).toContainEqual(expect.objectContaining({ name: "TicksDue", value: 15 }));
  });

  test("does not take them over for a tick that came due within the last two seconds", async () => {
    expect(await come(31_999, 20_000)).toMatchObject({ dispatched: [], state: { minutes: [THIS_MINUTE + 2] } });
  });

  test("counts the tick as missed where it has expired, and takes over all the same", async () => {
    const { runner, state, dispatched } = await come(36_000, 20_000, { catchUpMs: 5_000 });
    expect(outcomesOf(runner).map(({ event, fields }) => [event, fields.reason])).toEqual([["tick.missed", "expired"]]);
    expect(dispatched).toEqual([]);
    expect(state).toMatchObject({ minutes: [0, 1, 2].map((k) => THIS_MINUTE + k) });
  });

  test.each([
    ["interval", { intervalMs: 4_000, phaseMs: 0 }],
    ["phase", { intervalMs: 10_000, phaseMs: 3_000 }],
  ])("leaves the minutes to it if the %s was changed since: it claims the ticks of its own grid", async (_, grid) => {
    const { time, runner } = simulate(MINUTE - 120_000);
    for (const k of [0, 1]) await runner.ledger.claimMinute(SCOPE, THIS_MINUTE + k, "another run", TEN);
    await time.passUntil(MINUTE + 37_000);
    const state = await time.passUntilDone(callIterator(runner, { ...loopOf(10), ...grid }));
    expect(state).toMatchObject({ minutes: [THIS_MINUTE + 2], index: 0 });
    expect(runner.tries).toEqual([]);
  });

  test("tries no tick that was due before the other run had the minute: a rule that fires twice right after a deploy", async () => {
    const { time, runner } = simulate(MINUTE + 34_567);
    await runner.ledger.claimMinute(SCOPE, THIS_MINUTE, "another run", TEN);
    await time.passUntil(MINUTE + 37_000);
    const state = await time.passUntilDone(callIterator(runner, loopOf(10)));
    expect(state).toMatchObject({ minutes: [THIS_MINUTE + 1, THIS_MINUTE + 2] });
    expect(runner.tries).toEqual([]);
  });

  test("leaves the minutes to it where the ledger does not say since when it has them", async () => {
    const { time, runner } = simulate(MINUTE + 34_567);
    const unknown = { won: false, claimedBy: null, claimedAt: null, grid: gridText(TEN) } as const;
    const ledger = { ...runner.ledger, claimMinute: async () => unknown };
    const schedule = loopOf(10, 0, { overdue: "latest" });
    const state = await time.passUntilDone(callIterator({ ...runner, ledger }, schedule));
    expect(state).toMatchObject({ minutes: [], continue: false });
    expect(runner.rows.size).toBe(0);
  });

  test("of a run under way that is paused leaves it alone, and catches nothing up when the pause ends", async () => {
    const { time, runner } = simulate(MINUTE - 90_000);
    const paused = () => time.now() > MINUTE - 60_000 && time.now() < MINUTE + 31_000;
    const run = runLoop(runner, loopOf(10), { paused, execution: "another run" });
    await time.passUntil(MINUTE + 34_567);
    const state = await callIterator(runner, loopOf(10));
    expect(state.minutes).not.toContain(THIS_MINUTE);
    await time.passUntilDone(run);
    const unpaused = [-80, -70, -60, 40, 50].map((second) => tickId("beat", MINUTE + second * SECOND_MS));
    expect(dispatchedIds(runner).slice(0, 5)).toEqual(unpaused);
  });
});

describe("a run that plans late", () => {
  test("plans only the minutes that it lives to serve", async () => {
    const { time, runner } = simulate(MINUTE + 131_000);
    const input = { iterator: { index: 0, count: 0 }, schedule: loopOf(10), execution: "run", paused: false };
    const planning = iterate(runner, { ...input, startedAt: iso(MINUTE) }, "call");
    expect((await time.passUntilDone(planning)).minutes).toEqual([THIS_MINUTE + 2, THIS_MINUTE + 3]);
  });
});
