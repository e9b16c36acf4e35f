import fc from "fast-check";
import { publishMinutes } from "../../functions/lambda-clock/publish";
import { claimLead } from "../../functions/runtime/handover";
import { runTick } from "../../functions/runtime/run-tick";
import { MINUTE_MS } from "../../schedule/duration";
import { instantsBetween } from "../../schedule/grid";
import { iso, type ScheduleSpec, tickAt, tickId } from "../../schedule/tick";
import { burstFiring, filedOf } from "../simulation/burst-firing";
import { type Firing, runHandover } from "../simulation/handover";
import { runLoop } from "../simulation/loop-run";
import { clockOf, loopOf, MINUTE } from "../simulation/schedules";
import { amiss, NOTHING_AMISS, simulatedRunner, skewed } from "../simulation/simulated-runner";
import { VirtualTime } from "../simulation/virtual-time";

/** Many plays of many minutes take seconds where the machine has other work as well. */
jest.setTimeout(60_000);

const MINUTES = 12;

test("a serving clock claims 0.9 s ahead, a retiring one a quarter, and there is no other", () => {
  expect(claimLead("serving")).toBe(900);
  expect(claimLead("retiring")).toBe(250);
  expect(() => claimLead("paused")).toThrow('"paused"');
});

test.each([250, 1_000])("a tick is claimed %d ms ahead, and dispatched at its instant all the same", async (lead) => {
  const time = new VirtualTime(MINUTE);
  const runner = simulatedRunner(time, { claimLeadMs: lead });
  const schedule = loopOf(10);
  const tick = tickAt(schedule, MINUTE + 10_000);
  await time.passUntilDone(runTick(runner, schedule, tick, schedule.targets, "call"));
  expect([...runner.rows.values()].map(({ at }) => at - MINUTE)).toEqual([10_000 - lead]);
  expect(runner.tries.map(({ at }) => at - MINUTE)).toEqual([10_000]);
});

const loop =
  (intervalS: number, scope: string): Firing =>
  (runner) =>
    runLoop(runner, loopOf(intervalS, 0, { claimScope: scope }), { transitionMs: () => 120 });

let calls = 0;
const lambdaClock: Firing = (runner, firedAt) =>
  publishMinutes(runner, [clockOf(1)], 2, iso(firedAt), `firing-${++calls}`);

const HANDOVERS: readonly (readonly [what: string, before: Firing, after: Firing, schedule: ScheduleSpec])[] = [
  ["sfn-loop to lambda-clock at 60 s", loop(60, "STANDARD#beat"), lambdaClock, loopOf(60)],
  ["lambda-clock to sfn-loop at 60 s", lambdaClock, loop(60, "STANDARD#beat"), loopOf(60)],
  ["Standard to Express at 5 s", loop(5, "STANDARD#beat"), loop(5, "EXPRESS#beat"), loopOf(5)],
  ["sfn-loop to sqs-delay at 5 s", loop(5, "STANDARD#beat"), burstFiring([filedOf(5)]), loopOf(5)],
  ["sqs-delay to sfn-loop at 5 s", burstFiring([filedOf(5)]), loop(5, "STANDARD#beat"), loopOf(5)],
  ["lambda-clock to sqs-delay at 60 s", lambdaClock, burstFiring([filedOf(60)]), loopOf(60)],
  ["sqs-delay to lambda-clock at 60 s", burstFiring([filedOf(60)]), lambdaClock, loopOf(60)],
  ["Express to Standard at 1 s", loop(1, "EXPRESS#beat"), loop(1, "STANDARD#beat"), loopOf(1)],
];

describe.each(HANDOVERS)("a handover from %s", (_what, before, after, schedule) => {
  test("loses and doubles no tick, each at its instant, whenever its two deploys end", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          phaseMs: fc.integer({ min: 0, max: 59_999 }),
          beginsMs: fc.integer({ min: 3 * MINUTE_MS, max: 5 * MINUTE_MS }),
          lastsMs: fc.integer({ min: 3 * MINUTE_MS, max: 5 * MINUTE_MS }),
        }),
        async ({ phaseMs, beginsMs, lastsMs }) => {
          const times = { phaseMs, beginsMs, endsMs: beginsMs + lastsMs };
          const runner = await runHandover({ before, after, ...times, minutes: MINUTES });
          // From when the old clock is surely going, to where the last firing's own minute ends.
          const due = instantsBetween(schedule, MINUTE + 2 * MINUTE_MS, MINUTE + (MINUTES - 1) * MINUTE_MS);
          const ids = due.map((at) => tickId("beat", at));
          expect(amiss({ ...runner, tries: within(runner.tries, due) }, ids)).toEqual(NOTHING_AMISS);
          expect(skewed({ ...runner, tries: within(runner.tries, due) })).toEqual([]);
        },
      ),
      { numRuns: schedule.intervalMs < 5_000 ? 10 : 40 },
    );
  });
});

test("a retiring clock that claimed as early as the other would lose the tick it held when it was destroyed", async () => {
  const between = { phaseMs: 30_000, beginsMs: 3 * MINUTE_MS, endsMs: 7 * MINUTE_MS - 500, minutes: MINUTES };
  const handover = { before: lambdaClock, after: loop(60, "STANDARD#beat"), ...between };
  const id = tickId("beat", MINUTE + 7 * MINUTE_MS);
  const lost = await runHandover({ ...handover, standByLeadMs: 1_000 });
  expect(amiss(lost, [id]).missed).toEqual([id]);
  expect(amiss(await runHandover(handover), [id]).missed).toEqual([]);
});

function within<T extends { readonly message: { readonly tick: { readonly scheduledAt: string | null } } }>(
  tries: readonly T[],
  instants: readonly number[],
): T[] {
  const due = new Set(instants.map(iso));
  return tries.filter(({ message }) => due.has(message.tick.scheduledAt as string));
}
