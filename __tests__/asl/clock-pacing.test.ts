import { firstAfter, instantsBetween } from "../../schedule/grid";
import { minuteOf, startOfMinute } from "../../schedule/minute";
import { tickId } from "../../schedule/tick";
import { loopOf, MINUTE } from "../simulation/schedules";
import { between, seededRandom } from "../simulation/seeded-random";
import {
  amiss,
  dispatchedIds,
  NOTHING_AMISS,
  outcomesOf,
  type SimulatedRunner,
  skewed,
} from "../simulation/simulated-runner";
import { statesOf } from "./loop-machine";
import { awkwardStarts, runRule, steadyStarts } from "./rule-run";

/** Hours of virtual time take seconds where the machine has other work as well. */
jest.setTimeout(180_000);

/** The ticks due from when the first run had planned to the end of the last minute that was planned. */
function due(runner: SimulatedRunner, schedule: ReturnType<typeof loopOf>): number[] {
  const plans = runner.lines.filter(({ event }) => event === "run.planned");
  const minutes = plans.flatMap(({ fields }) => fields.minutes as number[]);
  return instantsBetween(schedule, (plans[0]?.at as number) + 1, startOfMinute(Math.max(...minutes) + 1));
}

describe("over hours, with a rule that fires twice, up to 59 s late, and not at all", () => {
  test.each([
    { intervalS: 1, phaseS: 0, hours: 1 },
    { intervalS: 7, phaseS: 3, hours: 3 },
    { intervalS: 10, phaseS: 0, hours: 3 },
    { intervalS: 10, phaseS: 9, hours: 3 },
    { intervalS: 45, phaseS: 20, hours: 6 },
    { intervalS: 60, phaseS: 0, hours: 6 },
    { intervalS: 60, phaseS: 59, hours: 6 },
    { intervalS: 90, phaseS: 30, hours: 6 },
  ])(
    "every $intervalS s with phase $phaseS s for $hours h: none missed, none doubled, each at its instant",
    async ({ intervalS, phaseS, hours }) => {
      const random = seededRandom(intervalS * 100 + phaseS);
      const schedule = loopOf(intervalS, phaseS);
      const { starts, ...faults } = awkwardStarts(random, hours * 60);
      const { runner, machine, failures } = await runRule(
        {
          schedule,
          transitionMs: () => between(random, 10, 300),
          simulation: { claimMs: () => between(random, 2, 40) },
        },
        starts,
      );

      expect(Math.min(faults.doubled, faults.late, faults.lost)).toBeGreaterThan(3);
      expect(failures).toEqual([]);
      const instants = due(runner, schedule);
      expect(instants.length).toBeGreaterThanOrEqual((hours * 3_600) / intervalS - 1);
      const ids = instants.map((at) => tickId("beat", at));
      expect(amiss(runner, ids)).toEqual(NOTHING_AMISS);
      // The first tick alone may be claimed too late: its run planned it less than a claim ahead.
      const late = skewed(runner);
      expect(late.filter(([id]) => id !== ids[0]).slice(0, 5)).toEqual([]);
      expect(late[0]?.[1] ?? 0).toBeLessThanOrEqual(40);
      expect(
        outcomesOf(runner)
          .filter(({ event }) => event !== "tick.dispatched")
          .slice(0, 5),
      ).toEqual([]);
      expect(outcomesOf(runner)).toHaveLength(instants.length);
      expect(machine.executions).toHaveLength(starts.length);
    },
  );
});

describe("a run", () => {
  test("goes through the published states in order, and hands over the published counters", async () => {
    const { machine, failures } = await runRule({ schedule: loopOf(45, 0, { horizon: 2 }) }, [MINUTE + 10_300]);
    expect(failures).toEqual([]);
    const [execution] = machine.executions;
    // 18:25:30 and 18:26:15 are due; the first call only plans.
    expect(await statesOf(execution as NonNullable<typeof execution>)).toEqual([
      ...["ConfigureCount", "Iterator", "IsCountReached", "Wait"],
      ...["Iterator", "IsCountReached", "Wait"],
      ...["Iterator", "IsCountReached", "Done"],
    ]);
    const minutes = [minuteOf(MINUTE), minuteOf(MINUTE) + 1];
    expect(await execution?.result).toEqual({ iterator: { index: 2, count: 2, continue: false, minutes } });
  });

  test("waits until whole seconds only, so that nothing is lost where Step Functions cuts the fraction off", async () => {
    for (const intervalS of [1, 7, 45]) {
      const { machine } = await runRule({ schedule: loopOf(intervalS) }, [MINUTE + 10_300]);
      for (const { wakeAt } of machine.answers) if (wakeAt) expect(wakeAt).toMatch(/:\d\d\.000Z$/);
    }
  });

  test("of a doubled rule ends at once where the other has its minutes", async () => {
    const { runner, machine } = await runRule({ schedule: loopOf(10) }, [MINUTE + 10_300, MINUTE + 10_300]);
    const lengths = await Promise.all(machine.executions.map(async (execution) => (await statesOf(execution)).length));
    expect(Math.min(...lengths)).toBe(4);
    expect(new Set(dispatchedIds(runner)).size).toBe(dispatchedIds(runner).length);
  });

  test("the first tick after a deploy comes within an interval", async () => {
    for (const intervalS of [1, 7, 10, 45]) {
      for (const secondMs of [0, 4_200, 33_333, 58_700]) {
        const schedule = loopOf(intervalS);
        const { runner } = await runRule({ schedule }, [MINUTE + secondMs]);
        expect(runner.tries[0]?.at).toBe(firstAfter(schedule, MINUTE + secondMs + 50));
      }
    }
  });
});

describe("calls that come later than the lead", () => {
  test.each([7, 10, 60])(
    "every %d s: no tick is missed or doubled, and each is late by no more than its call",
    async (intervalS) => {
      const random = seededRandom(intervalS);
      const slow = () => (random() < 0.05 ? between(random, 1_200, 3_000) : between(random, 10, 300));
      const schedule = loopOf(intervalS);
      const { runner, failures } = await runRule(
        { schedule, transitionMs: slow, simulation: { claimMs: () => between(random, 2, 40) } },
        steadyStarts(random, 120),
      );
      expect(failures).toEqual([]);
      expect(
        amiss(
          runner,
          due(runner, schedule).map((at) => tickId("beat", at)),
        ),
      ).toEqual(NOTHING_AMISS);
      const skews = runner.tries.map(({ at, message }) => {
        const claimedAt = runner.rows.get(`tick#${message.tick.id}`)?.at as number;
        const scheduledAt = Date.parse(message.tick.scheduledAt as string);
        expect(at).toBe(Math.max(scheduledAt, claimedAt));
        return at - scheduledAt;
      });
      expect(Math.max(...skews)).toBeGreaterThan(0);
      expect(Math.max(...skews)).toBeLessThan(6_000);
    },
  );
});

describe("an outage of the rule", () => {
  test.each([1, 7, 10, 45])(
    "every %d s: no burst after it, and the clock is back within the same minute",
    async (intervalS) => {
      const schedule = loopOf(intervalS);
      const back = MINUTE + 9 * 60_000 + 21_400;
      const { runner } = await runRule({ schedule }, [MINUTE + 10_300, back]);
      const dark = startOfMinute(minuteOf(MINUTE) + 3);
      expect(runner.tries.map(({ at }) => at)).toEqual([
        ...instantsBetween(schedule, MINUTE + 10_400, dark),
        ...instantsBetween(schedule, back + 51, startOfMinute(minuteOf(back) + 3)),
      ]);
      for (const { at, message } of runner.tries) expect(at).toBe(Date.parse(message.tick.scheduledAt as string));
    },
  );
});
