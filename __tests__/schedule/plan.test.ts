import fc from "fast-check";
import { MINUTE_MS, SECOND_MS } from "../../schedule/duration";
import { instantsBetween } from "../../schedule/grid";
import { minuteOf, startOfMinute } from "../../schedule/minute";
import {
  firstUpcoming,
  longestRunMs,
  minutesToServe,
  newestDue,
  nextTick,
  ticksOfMinutes,
  tickToTry,
} from "../../schedule/plan";
import { tickAt } from "../../schedule/tick";
import { playFirings } from "../simulation/planned-minutes";
import { survivableBehaviour } from "../simulation/rule-firings";
import { MINUTE, scheduleOf } from "../simulation/schedules";

/** Many plays of many minutes take seconds where the machine has other work as well. */
jest.setTimeout(60_000);

/** Any schedule of 1 s to 2 h; half of them finer than a minute and a half. */
const schedules = fc
  .tuple(fc.oneof(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 7_200 })), fc.nat())
  .map(([intervalS, phase]) => scheduleOf(intervalS, phase % intervalS));

/** A clock minute that may hold ticks of schedules coarser than a minute, too: near an instant of the grid of 2 h. */
const starts = fc
  .tuple(fc.integer({ min: 0, max: 500_000 }), fc.integer({ min: -20, max: 20 }))
  .map(([k, minutes]) => MINUTE + k * 7_200_000 + minutes * MINUTE_MS);

const ids = (schedule: ReturnType<typeof scheduleOf>, from: number, to: number) =>
  instantsBetween(schedule, from, to).map((at) => tickAt(schedule, at).id);

describe("each due tick is planned by exactly one run", () => {
  test("whatever the interval, phase, start, horizon, and behaviour of the rule that the horizon survives", () => {
    fc.assert(
      fc.property(schedules, starts, survivableBehaviour(12), (schedule, start, { horizon, arrivals }) => {
        const firings = arrivals.map((arrival) => start + arrival);
        const runs = playFirings(schedule, firings, horizon);
        const planned = runs.flatMap(({ dispatched }) => dispatched.map(({ tick }) => tick.id));
        const until = startOfMinute(minuteOf(firings.at(-1) as number) + horizon);
        expect(planned.sort()).toEqual(ids(schedule, (firings[0] as number) + 1, until).sort());
        expect(runs.flatMap(({ missed }) => missed)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test("and at its instant, or as late as the call for it came while that is less than an interval", () => {
    fc.assert(
      fc.property(
        schedules,
        starts,
        survivableBehaviour(6),
        fc.array(fc.integer({ min: -1_000, max: 999 }), { minLength: 1 }),
        (schedule, start, { horizon, arrivals }, delays) => {
          const lateMs = (k: number) => delays[k % delays.length] as number;
          const firings = arrivals.map((arrival) => start + arrival);
          for (const { dispatched } of playFirings(schedule, firings, horizon, lateMs)) {
            dispatched.forEach(({ tick, at }, k) => {
              expect(at - (tick.scheduledAt as number)).toBe(Math.max(0, lateMs(k)));
            });
          }
        },
      ),
    );
  });

  test("the first firing that reaches a minute plans it, also where more are lost than the horizon survives", () => {
    fc.assert(
      fc.property(
        schedules,
        starts,
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.integer({ min: 0, max: 20 * MINUTE_MS }), { minLength: 1, maxLength: 12 }),
        (schedule, start, horizon, offsets) => {
          const firings = offsets.map((offset) => start + offset).sort((a, b) => a - b);
          const runs = playFirings(schedule, firings, horizon);
          const expected = instantsBetween(schedule, start, start + 30 * MINUTE_MS).filter((at) => {
            const planner = firings.find(
              (now) => minuteOf(now) <= minuteOf(at) && minuteOf(at) < minuteOf(now) + horizon,
            );
            return planner !== undefined && planner < at;
          });
          const planned = runs.flatMap(({ dispatched }) => dispatched.map(({ tick }) => tick.scheduledAt as number));
          expect(planned.sort((a, b) => a - b)).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("after an outage", () => {
  const outage = fc.record({
    intervalS: fc.integer({ min: 1, max: 90 }),
    phase: fc.nat(),
    horizon: fc.integer({ min: 2, max: 5 }),
    lostBeyond: fc.integer({ min: 1, max: 30 }),
    secondMs: fc.integer({ min: 0, max: 59_999 }),
  });

  test("there is no burst, and the clock is back within the same minute", () => {
    fc.assert(
      fc.property(outage, ({ intervalS, phase, horizon, lostBeyond, secondMs }) => {
        const schedule = scheduleOf(intervalS, phase % intervalS);
        const back = MINUTE + (horizon - 1 + lostBeyond) * MINUTE_MS + secondMs;
        const [, run] = playFirings(schedule, [MINUTE, back], horizon);
        const upcoming = run?.dispatched ?? [];
        const until = startOfMinute(minuteOf(back) + horizon);
        expect(upcoming.map(({ tick }) => tick.id)).toEqual(ids(schedule, back + 1, until));
        for (const { tick, at } of upcoming) expect(at).toBe(tick.scheduledAt);
      }),
    );
  });
});

describe("where a run begins", () => {
  const ticks = ticksOfMinutes(scheduleOf(10), [minuteOf(MINUTE)]);
  const lastTick = MINUTE + 50_000;

  test.each([
    ["before its first tick, with that", MINUTE - 1, 0],
    ["at the instant of a tick, after it: it may have been dispatched", MINUTE, 1],
    ["between two ticks", MINUTE + 10_001, 2],
    ["after the last tick, nowhere", lastTick + 1, 6],
  ])("%s", (_, now, index) => {
    expect(firstUpcoming(ticks, now)).toBe(index);
  });

  test("without ticks, at the end", () => {
    expect(firstUpcoming([], MINUTE)).toBe(0);
    expect(nextTick([], 0, MINUTE)).toEqual({ missed: [], tick: undefined, index: 0 });
  });
});

describe("the minutes that a run lives to serve", () => {
  const first = minuteOf(MINUTE);

  test.each([
    ["planned at once", 30_000, 30_100, [0, 1, 2, 3]],
    ["planned just over the edge of its minute", 59_900, 60_100, [1, 2, 3, 4]],
    ["planned two minutes late, without the one that it does not live to end", 0, 131_000, [2, 3, 4]],
    ["planned when it is about to be ended, what is left", 0, 299_000, [4]],
    ["planned when it should have been ended, none", 0, 301_000, []],
  ])("%s", (_, startedAt, now, minutes) => {
    expect(minutesToServe(MINUTE + now, 4, MINUTE + startedAt)).toEqual(minutes.map((k) => first + k));
  });

  test("are all of the horizon where the start is unknown: a run of an earlier definition", () => {
    expect(minutesToServe(MINUTE + 299_000, 4, undefined)).toEqual([4, 5, 6, 7].map((k) => first + k));
  });

  test("are over when Step Functions ends the run, and never fewer where it planned within a minute of its start", () => {
    const planned = fc.record({
      horizon: fc.integer({ min: 2, max: 10 }),
      startedAt: fc.nat(59_999),
      lateMs: fc.nat(900_000),
    });
    fc.assert(
      fc.property(planned, ({ horizon, startedAt, lateMs }) => {
        const minutes = minutesToServe(MINUTE + startedAt + lateMs, horizon, MINUTE + startedAt);
        const end = MINUTE + startedAt + longestRunMs(horizon);
        for (const minute of minutes) expect(startOfMinute(minute + 1)).toBeLessThanOrEqual(end);
        if (startedAt + lateMs < 120_000) expect(minutes).toHaveLength(horizon);
      }),
    );
  });
});

describe("the tick by which a run finds out whether others live", () => {
  const every = (intervalS: number, overdue: "skip" | "latest" = "skip", catchUpMs = intervalS * 1_000) => ({
    ...scheduleOf(intervalS, 0, { catchUpMs }),
    overdue,
  });
  const tryAt = (schedule: ReturnType<typeof every>, heldSince: number | null, now: number) =>
    tickToTry(schedule, heldSince === null ? null : MINUTE + heldSince, MINUTE + now)?.scheduledAt;

  test.each([
    ["the newest that is due", 10, -90_000, 34_567, 30_000],
    ["not one that came due within the grace", 10, -90_000, 31_999, 20_000],
    ["from the grace on", 10, -90_000, 32_000, 30_000],
    ["one that has expired too: it is evidence, if not a dispatch", 1, -90_000, 34_567, 32_000],
    ["of a minute before, where this one has none yet", 45, -90_000, 1_000, -15_000],
    ["none that was due before the other run had the minute", 10, 25_000, 31_000, undefined],
    ["none at the instant at which it got it", 10, 20_000, 31_000, undefined],
    ["none, where the schedule had none since", 3_600, -90_000, 30_000, undefined],
  ])("is %s", (_, intervalS, heldSince, now, expected) => {
    const at = expected === undefined ? undefined : MINUTE + expected;
    expect(tryAt(every(intervalS), heldSince, now)).toBe(at);
    expect(tryAt(every(intervalS, "latest"), heldSince, now)).toBe(at);
  });

  test("is, where nobody had the minute, the newest one under `latest`, while it has not expired", () => {
    expect(tryAt(every(10), null, 34_567)).toBeUndefined();
    expect(tryAt(every(10, "latest"), null, 34_567)).toBe(MINUTE + 30_000);
    expect(tryAt(every(10, "latest", 2_000), null, 31_999)).toBe(MINUTE + 30_000);
    expect(tryAt(every(10, "latest", 2_000), null, 32_000)).toBeUndefined();
    expect(newestDue(every(10), MINUTE + 30_000)?.scheduledAt).toBe(MINUTE + 30_000);
  });
});

describe("how a run goes on", () => {
  const ticks = ticksOfMinutes(scheduleOf(10), [minuteOf(MINUTE)]);
  const long = ticksOfMinutes(scheduleOf(10, 0, { catchUpMs: 3_600_000 }), [minuteOf(MINUTE)]);
  const short = ticksOfMinutes(scheduleOf(10, 0, { catchUpMs: 2_000 }), [minuteOf(MINUTE)]);

  test.each([
    ["with the tick that is to come", ticks, 2, MINUTE + 15_000, 2],
    ["with the tick that is due", ticks, 2, MINUTE + 20_000, 2],
    ["late, with the tick that is due and has not expired", ticks, 2, MINUTE + 29_999, 2],
    ["without the tick that has expired", ticks, 2, MINUTE + 30_000, 3],
    ["without the tick that has expired, also where the next one is to come", short, 2, MINUTE + 22_000, 3],
    ["with the newest that is due, however long the older ones last", long, 0, MINUTE + 34_567, 3],
    ["with the last one while it has not expired", ticks, 0, MINUTE + 59_999, 5],
    ["not at all where all have expired", ticks, 0, MINUTE + 60_000, 6],
    ["an hour too early, with the same tick", ticks, 3, MINUTE - 3_600_000, 3],
    ["after its end, not at all", ticks, 6, MINUTE, 6],
  ])("%s", (_, list, index, now, expected) => {
    const next = nextTick(list, index, now);
    expect(next).toEqual({ missed: list.slice(index, expected), tick: list[expected], index: expected });
  });

  test("never back, never a burst: each tick is given up or gone on with once, whatever the clock shows", () => {
    const nows = fc.array(fc.integer({ min: -3_600_000, max: 3_600_000 }), { maxLength: 30 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 600 }),
        nows,
        (intervalS, catchUpS, offsets) => {
          const list = ticksOfMinutes(scheduleOf(intervalS, 0, { catchUpMs: catchUpS * SECOND_MS }), [
            minuteOf(MINUTE),
          ]);
          const done: string[] = [];
          let index = 0;
          for (const offset of offsets) {
            const next = nextTick(list, index, MINUTE + offset);
            done.push(...next.missed.map(({ id }) => id));
            if (next.tick) {
              const due = list.filter(({ scheduledAt }) => (scheduledAt as number) <= MINUTE + offset);
              expect(next.tick.expiresAt).toBeGreaterThan(MINUTE + offset);
              expect(list.indexOf(next.tick)).toBeGreaterThanOrEqual(due.length - 1);
              done.push(next.tick.id);
            }
            index = Math.min(next.index + 1, list.length);
          }
          expect(done).toEqual(list.slice(0, index).map(({ id }) => id));
        },
      ),
    );
  });
});
