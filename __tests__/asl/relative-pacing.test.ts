import { loopOf, MINUTE } from "../simulation/schedules";
import { between, seededRandom } from "../simulation/seeded-random";
import { outcomesOf } from "../simulation/simulated-runner";
import { LambdaError, statesOf } from "./loop-machine";
import { runRule, steadyStarts } from "./rule-run";

/** Hours of virtual time take seconds where the machine has other work as well. */
jest.setTimeout(180_000);

const relative = (intervalS: number) => loopOf(intervalS, 0, { pacing: "relative" });

describe("the published loop", () => {
  test("shows the published drift: each tick of a run is later by the work outside of Wait, and the next run starts afresh", async () => {
    const starts = [0, 1, 2].map((k) => MINUTE + k * 60_000 + 10_000);
    const { runner } = await runRule({ schedule: relative(10), transitionMs: () => 60 }, starts);
    expect(runner.tries.map(({ at }) => at)).toEqual(
      starts.flatMap((start) => [0, 1, 2, 3, 4, 5].map((k) => start + 60 + k * (10_000 + 2 * 60))),
    );
  });

  test("has a drift of the Iterator's own duration, too", async () => {
    const { runner } = await runRule(
      {
        schedule: relative(10),
        transitionMs: () => 50,
        simulation: { answer: () => ({ answer: "accepted", afterMs: 200 }) },
      },
      [MINUTE],
    );
    const gaps = runner.tries.slice(1).map(({ at }, k) => at - (runner.tries[k]?.at as number));
    expect(gaps).toEqual(Array(5).fill(10_000 + 2 * 50 + 200));
  });

  test.each([
    [1, 60],
    [5, 12],
    [10, 6],
    [12, 5],
    [30, 2],
    [60, 1],
  ])("every %d s makes %d ticks a run, and Wait one time less", async (intervalS, count) => {
    const { runner, machine, failures } = await runRule({ schedule: relative(intervalS), transitionMs: () => 250 }, [
      MINUTE,
    ]);
    expect(failures).toEqual([]);
    expect(outcomesOf(runner).map(({ event }) => event)).toEqual(Array(count).fill("tick.dispatched"));
    const [execution] = machine.executions as [(typeof machine.executions)[0]];
    expect(await execution.result).toEqual({ iterator: { index: count, count, continue: false } });
    expect(await statesOf(execution)).toEqual([
      ...["ConfigureCount", "Iterator", "IsCountReached"],
      ...Array(count - 1)
        .fill(["Wait", "Iterator", "IsCountReached"])
        .flat(),
      "Done",
    ]);
  });
});

describe("the duplicate check", () => {
  test("stops no run by itself, over hours", async () => {
    const random = seededRandom(1);
    const { runner, failures } = await runRule(
      { schedule: relative(10), duplicateCheck: true, transitionMs: () => between(random, 10, 150) },
      steadyStarts(random, 180),
    );
    expect(failures).toEqual([]);
    expect(runner.tries).toHaveLength(180 * 6);
  });

  test.each([0, 1, 40, 3_000, 30_000])(
    "lets exactly one of two executions go on that start %d ms apart",
    async (apart) => {
      const { runner, machine } = await runRule(
        { schedule: relative(10), duplicateCheck: true, transitionMs: () => 80 },
        [MINUTE + 10_000, MINUTE + 10_000 + apart],
      );
      expect(runner.tries).toHaveLength(6);
      const states = await Promise.all(machine.executions.map(statesOf));
      expect(states.map((list) => list.slice(0, 3))).toEqual([
        ["CheckRunning", "IsAlreadyRunning", "ConfigureCount"],
        ["CheckRunning", "IsAlreadyRunning", "Done"],
      ]);
    },
  );

  test("lets exactly one of five go on, over hours", async () => {
    const random = seededRandom(2);
    const starts = steadyStarts(random, 120).flatMap((start) => [0, 0, 1, 200, 1_500].map((after) => start + after));
    const { runner } = await runRule(
      { schedule: relative(10), duplicateCheck: true, transitionMs: () => between(random, 10, 150) },
      starts,
    );
    expect(runner.tries).toHaveLength(120 * 6);
  });

  test("without it, a doubled rule doubles the ticks: what the check is for", async () => {
    const { runner } = await runRule({ schedule: relative(10) }, [MINUTE, MINUTE + 100]);
    expect(runner.tries).toHaveLength(12);
  });
});

describe("an Iterator call that fails", () => {
  test("without having run, is repeated: the run goes on", async () => {
    const crash = (k: number, when: string) => {
      if (k === 2 && when === "before") throw new LambdaError("Lambda.TooManyRequestsException");
    };
    const { runner, failures } = await runRule({ schedule: relative(10), crash }, [MINUTE]);
    expect(failures).toEqual([]);
    expect(runner.tries).toHaveLength(6);
  });

  test("after it may have dispatched is not repeated: the run ends, no tick is doubled, and the next minute is whole", async () => {
    const crash = (k: number, when: string) => {
      if (k === 2 && when === "after") throw new LambdaError("Lambda.Unknown");
    };
    const { runner, failures } = await runRule({ schedule: relative(10), crash }, [MINUTE, MINUTE + 60_000]);
    expect(failures).toHaveLength(1);
    expect(runner.tries.filter(({ at }) => at < MINUTE + 60_000)).toHaveLength(3);
    expect(runner.tries.filter(({ at }) => at >= MINUTE + 60_000)).toHaveLength(6);
  });
});
