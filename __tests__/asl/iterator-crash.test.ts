import { instantsBetween } from "../../schedule/grid";
import { minuteOf, startOfMinute } from "../../schedule/minute";
import { tickId } from "../../schedule/tick";
import { loopOf, MINUTE } from "../simulation/schedules";
import { between, seededRandom } from "../simulation/seeded-random";
import { dispatchedIds, outcomesOf, type SimulatedRunner } from "../simulation/simulated-runner";
import { LambdaError } from "./loop-machine";
import { runRule, steadyStarts } from "./rule-run";

/** Hours of virtual time take seconds where the machine has other work as well. */
jest.setTimeout(180_000);

function dueIds(runner: SimulatedRunner, schedule: ReturnType<typeof loopOf>, from: number): string[] {
  const minutes = runner.lines.flatMap(({ event, fields }) =>
    event === "run.planned" ? (fields.minutes as number[]) : [],
  );
  return instantsBetween(schedule, from, startOfMinute(Math.max(...minutes) + 1)).map((at) => tickId("beat", at));
}

const idsOf = (runner: SimulatedRunner, event: string) =>
  outcomesOf(runner).flatMap((line) => (line.event === event ? [line.fields.tick?.id] : []));

describe("an Iterator that crashes", () => {
  test.each<[string, "before" | "after", string[]]>([
    ["before it did anything: the tick is dispatched late", "before", ["tick.dispatched"]],
    ["after it dispatched: the tick is not dispatched again", "after", ["tick.dispatched", "tick.suppressed"]],
  ])("%s, and the loop goes on", async (_, when, events) => {
    const crash = (k: number, at: string) => {
      if (k === 2 && at === when) throw new LambdaError("Lambda.Unknown");
    };
    // Call 0 plans, call 1 is for 18:25:20, call 2 for 18:25:30.
    const { runner, failures } = await runRule({ schedule: loopOf(10), crash }, [MINUTE + 10_300]);
    expect(failures).toEqual([]);
    expect(dispatchedIds(runner)).toEqual(dueIds(runner, loopOf(10), MINUTE + 20_000));
    expect(outcomesOf(runner, "beat-1795371930").map(({ event }) => event)).toEqual(events);
    const skews = runner.tries.map(({ at, message }) => at - Date.parse(message.tick.scheduledAt as string));
    // Retry calls again within a second, and the call was 950 ms ahead.
    for (const skew of skews) expect(skew).toBeLessThanOrEqual(when === "before" ? 150 : 0);
  });

  test("in its first call, after it claimed its minutes, gets them again", async () => {
    const crash = (k: number, when: string) => {
      if (k === 0 && when === "after") throw new LambdaError("Lambda.Unknown");
    };
    const { runner } = await runRule({ schedule: loopOf(10), crash }, [MINUTE + 10_300]);
    expect(dispatchedIds(runner)).toEqual(dueIds(runner, loopOf(10), MINUTE + 20_000));
  });

  test.each([1, 7, 10, 45])(
    "every %d s, in one of twelve calls, over hours: no tick is doubled, and each is dispatched or counted",
    async (intervalS) => {
      const random = seededRandom(intervalS);
      const crash = () => {
        if (random() < 1 / 24) throw new LambdaError("Lambda.Unknown");
      };
      const schedule = loopOf(intervalS);
      const { runner, failures } = await runRule(
        { schedule, crash, transitionMs: () => between(random, 10, 300) },
        steadyStarts(random, intervalS === 1 ? 40 : 120),
      );
      expect(failures).toEqual([]);
      const dispatched = dispatchedIds(runner);
      expect(new Set(dispatched).size).toBe(dispatched.length);
      const first = runner.lines.find(({ event }) => event === "run.planned")?.at as number;
      const due = dueIds(runner, schedule, first + 1);
      const counted = new Set([...dispatched, ...idsOf(runner, "tick.missed")]);
      expect(due.filter((id) => !counted.has(id)).slice(0, 5)).toEqual([]);
      expect(counted.size).toBe(due.length);
      // Two crashes in a row, 1 s and 2 s apart, are survived by an interval of 7 s and more; three are rare.
      if (intervalS >= 7) expect(dispatched.length).toBeGreaterThanOrEqual(due.length - 2);
      expect(dispatched.length).toBeGreaterThan(due.length * 0.7);
    },
  );
});

test("an Iterator that is away for ten minutes: the clock is back within the minute, without a burst and without a double", async () => {
  const gone = { from: MINUTE + 5 * 60_000, to: MINUTE + 15 * 60_000 };
  const crash = () => {
    if (Date.now() >= gone.from && Date.now() < gone.to) throw new LambdaError("Lambda.Unknown");
  };
  const starts = steadyStarts(seededRandom(3), 30);
  const { runner } = await runRule({ schedule: loopOf(10), crash }, starts);
  const dispatched = dispatchedIds(runner);
  expect(new Set(dispatched).size).toBe(dispatched.length);
  expect(dispatched.slice(-90)).toEqual(dueIds(runner, loopOf(10), gone.to + 60_000).slice(-90));
  const back = runner.tries.filter(({ at }) => at >= gone.to);
  expect((back[0]?.at as number) - gone.to).toBeLessThan(60_000);
  const perSecond = new Map<number, number>();
  for (const { at } of back) perSecond.set(Math.floor(at / 1_000), (perSecond.get(Math.floor(at / 1_000)) ?? 0) + 1);
  expect(Math.max(...perSecond.values())).toBe(1);
  expect(minuteOf(back[0]?.at as number)).toBe(minuteOf(gone.to));
});
