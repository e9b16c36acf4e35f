import fc from "fast-check";
import { MINUTE_MS, SECOND_MS } from "../../schedule/duration";
import { drawnHours, hoursOf } from "./hours";
import {
  type Firing,
  firingsOf,
  judge,
  outcomes,
  type Player,
  playHandover,
  playHandoverDelayToLambda,
  playHandoverDelayToLoop,
  playHandoverLambdaToDelay,
  playHandoverLoopToDelay,
  playLambdaClock,
  playLoop,
  playSqsDelay,
  playSqsDelayByInstants,
} from "./play";
import { loopOf } from "./schedules";
import { between, seededRandom } from "./seeded-random";
import type { Fate, Nature } from "./world";

/** Many plays of many minutes take seconds where the machine has other work as well. */
jest.setTimeout(300_000);

/** Clocks that are drawn. The broken guards draw more. */
const PLAYS = Number(process.env.METRONOME_TEST_PLAYS ?? 4);

const MINUTES = 12;
const JUDGED = { from: 2 * MINUTE_MS, to: (MINUTES - 1) * MINUTE_MS };

/** Shares of all requests, invocations and firings, in thousandths. */
const faults = fc.record({
  refused: fc.nat(150),
  lost: fc.nat(150),
  unanswered: fc.nat(150),
  slow: fc.nat(200),
  ended: fc.nat(150),
  firingLost: fc.nat(300),
  firingLate: fc.nat(300),
  firingTwice: fc.nat(300),
});
const stops = fc.array(
  fc.record({ at: fc.nat(MINUTES * MINUTE_MS), of: fc.constantFrom("all" as const, "oldest" as const) }),
  { maxLength: 4 },
);
const drawn = (intervals: readonly number[]) =>
  fc.record({
    intervalS: fc.constantFrom(...intervals),
    phase: fc.nat(),
    secondMs: fc.nat(59_999),
    catchUp: fc.integer({ min: 1, max: 30 }),
    overdue: fc.constantFrom("skip" as const, "latest" as const),
    // In some plays ticks have a lead; it is cut to less than the interval.
    lead: fc.constantFrom(0, 0, 250, 750, 5_000),
    // In some plays it has hours: a window that opens and closes during the play, and another interval outside of it, or none.
    window: fc.option(drawnHours(MINUTES)),
    // In some it is paused by hand for a while.
    paused: fc.option(
      fc.record({ from: fc.nat((MINUTES - 2) * MINUTE_MS), forMs: fc.integer({ min: 1_000, max: 5 * MINUTE_MS }) }),
    ),
    apartMs: fc.nat(1_000),
    faults,
    stops,
    seed: fc.nat(),
  });

type Faults = typeof faults extends fc.Arbitrary<infer T> ? T : never;

function troubled(rates: Faults, apartMs: number, random: () => number): Nature {
  const chance = (thousandths: number) => random() * 1_000 < thousandths;
  const fateOf = (): Fate => {
    if (chance(rates.refused)) return "refused";
    if (chance(rates.lost)) return "lost";
    return chance(rates.unanswered) ? "unanswered" : "answered";
  };
  return {
    fate: () => ({ fate: fateOf(), ms: chance(rates.slow) ? between(random, 40, 6_000) : between(random, 2, 40) }),
    livesMs: () => (chance(rates.ended) ? between(random, 0, 2_000) : Number.POSITIVE_INFINITY),
    aheadMs: () => between(random, -apartMs, apartMs),
  };
}

function troubledFirings(firings: readonly Firing[], rates: Faults, random: () => number): Firing[] {
  const chance = (thousandths: number) => random() * 1_000 < thousandths;
  return firings.flatMap((firing) => {
    if (chance(rates.firingLost)) return [];
    const at = firing.at + (chance(rates.firingLate) ? between(random, 1_000, 119_000) : 0);
    const once = { ...firing, at };
    return chance(rates.firingTwice) ? [once, { ...once, at: at + between(random, 0, 90_000) }] : [once];
  });
}

test.each<[string, Player, readonly number[], number]>([
  ["sfn-loop", playLoop, [1, 2, 7, 10, 45, 60, 90], 3],
  ["lambda-clock", playLambdaClock, [60, 120], 3],
  ["sqs-delay", playSqsDelay, [1, 2, 7, 10, 45, 60, 90], 2],
  ["sqs-delay with claims of instants", playSqsDelayByInstants, [1, 2, 7, 10, 45, 60, 90], 1],
  ["a handover from sfn-loop to lambda-clock", playHandover, [60], 3],
  ["a handover from sfn-loop to sqs-delay", playHandoverLoopToDelay, [7, 10, 60], 2],
  ["a handover from sqs-delay to sfn-loop", playHandoverDelayToLoop, [7, 10, 60], 2],
  ["a handover from lambda-clock to sqs-delay", playHandoverLambdaToDelay, [60], 2],
  ["a handover from sqs-delay to lambda-clock", playHandoverDelayToLambda, [60], 2],
])(
  "whatever fails: %s dispatches no tick twice, and each is dispatched, or missed for the reason that is reported",
  async (_, player, intervals, times) => {
    let missed = 0;
    await fc.assert(
      fc.asyncProperty(
        drawn(intervals),
        async ({ intervalS, phase, secondMs, catchUp, overdue, lead, window, paused, apartMs, ...one }) => {
          const random = seededRandom(one.seed);
          const schedule = loopOf(intervalS, intervals.includes(7) ? phase % intervalS : 0, {
            horizon: 4,
            overdue,
            hours: window ? hoursOf(intervalS * SECOND_MS, window) : undefined,
            leadMs: Math.min(lead, intervalS * SECOND_MS - 100),
            catchUpMs: Math.max(1, Math.round((intervalS * catchUp) / 10)) * SECOND_MS,
          });
          const firings = troubledFirings(firingsOf(MINUTES, secondMs, random), one.faults, random);
          const nature = troubled(one.faults, apartMs, random);
          const play = {
            schedule,
            firings,
            nature,
            seed: one.seed,
            stops: one.stops,
            paused: paused ? { from: paused.from, to: paused.from + paused.forMs } : undefined,
            endsAt: (MINUTES + 4) * MINUTE_MS,
          };
          const world = await player(play);
          const { doubled, misjudged } = judge(player, world, play, JUDGED);
          expect({ doubled, misjudged }).toEqual({ doubled: [], misjudged: [] });
          const ticks = outcomes(player, world, schedule, JUDGED);
          missed += ticks.filter(({ outcome }) => outcome.kind === "missed").length;
          for (const { at, id } of world.arrivals) {
            const { expectedAt = at } = ticks.find((tick) => tick.id === id) ?? {};
            // By the true clock, a tick is at most as early as its lead, and as its sandbox's clock is ahead.
            expect(at - expectedAt).toBeGreaterThanOrEqual(-apartMs - (schedule.leadMs ?? 0));
          }
        },
      ),
      { numRuns: times * PLAYS },
    );
    // The plays were such that ticks are lost.
    expect(missed).toBeGreaterThan(0);
  },
);
