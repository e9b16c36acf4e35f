import fc from "fast-check";
import { MINUTE_MS } from "../../schedule/duration";
import { tickId } from "../../schedule/tick";
import { type DrawnHours, drawnHours, dueInstants, hoursOf } from "./hours";
import {
  clean,
  type Firing,
  firingsOf,
  judge,
  NOTHING_AMISS,
  outcomes,
  type Player,
  playHandoverLoopToDelay,
  playLambdaClock,
  playLoop,
  playSqsDelay,
  playSqsDelayByInstants,
} from "./play";
import { loopOf, MINUTE } from "./schedules";
import { between, seededRandom } from "./seeded-random";

/** Many plays of many minutes take seconds where the machine has other work as well. */
jest.setTimeout(300_000);

/** Clocks that are drawn for each fault. The full set of tests, and the broken guards, draw more. */
const PLAYS = Number(process.env.METRONOME_TEST_PLAYS ?? 4);

const MINUTES = 12;
/** What is before minute 3 is not judged: the clock begins there. */
const JUDGED = { from: 3 * MINUTE_MS, to: (MINUTES - 1) * MINUTE_MS };

/** What becomes of the firings of a rule. */
type Fault = (firings: readonly Firing[], random: () => number) => readonly Firing[];

const FAULTS: readonly [string, Fault][] = [
  [
    "that fires twice",
    (all, random) => all.flatMap((one) => [one, { ...one, at: one.at + between(random, 0, 30_000) }]),
  ],
  [
    "that fires up to 59 s late",
    (all, random) => all.map((one, k) => (k % 4 === 3 ? { ...one, at: one.at + between(random, 1_000, 59_000) } : one)),
  ],
  ["of which every fourth firing does not come", (all) => all.filter((_, k) => k % 4 !== 3)],
];

const CLOCKS: readonly [string, Player, readonly number[]][] = [
  ["sfn-loop", playLoop, [1, 7, 10, 45, 60, 90]],
  ["lambda-clock", playLambdaClock, [60, 120]],
  ["sqs-delay", playSqsDelay, [1, 7, 10, 45, 60, 90]],
  ["sqs-delay with claims of instants", playSqsDelayByInstants, [1, 7, 10, 45, 60, 90]],
  ["a handover from sfn-loop to sqs-delay", playHandoverLoopToDelay, [7, 10, 60]],
];

const drawn = (intervals: readonly number[]) =>
  fc.record({
    intervalS: fc.constantFrom(...intervals),
    phase: fc.nat(),
    secondMs: fc.nat(57_999),
    hours: drawnHours(MINUTES),
    seed: fc.nat(),
  });

/** The play of one clock whose window opens and closes, and the ids of the ticks that are due in it. */
function playOf(intervals: readonly number[], intervalS: number, phase: number, hours: DrawnHours) {
  const phaseS = intervals.includes(7) ? phase % intervalS : 0;
  const schedule = loopOf(intervalS, phaseS, { horizon: 4, hours: hoursOf(intervalS * 1_000, hours) });
  const due = dueInstants(schedule, hours, MINUTES).map((at) => tickId(schedule.name, MINUTE + at));
  return { schedule, due };
}

describe.each(FAULTS)("a window that opens and closes, and a rule %s:", (_, fault) => {
  test.each(CLOCKS)("%s dispatches every tick that is due once, and none outside", async (_, player, intervals) => {
    await fc.assert(
      fc.asyncProperty(drawn(intervals), async ({ intervalS, phase, secondMs, hours, seed }) => {
        const random = seededRandom(seed);
        const { schedule, due } = playOf(intervals, intervalS, phase, hours);
        const firings = fault(firingsOf(MINUTES, secondMs, random), random);
        const play = { schedule, firings, nature: clean(random), seed, endsAt: MINUTES * MINUTE_MS };
        const world = await player(play);
        expect(judge(player, world, play, JUDGED)).toEqual(NOTHING_AMISS);
        const arrived = new Set(world.arrivals.map(({ id }) => id));
        expect([...arrived].filter((id) => !due.includes(id))).toEqual([]);
        const judged = outcomes(player, world, schedule, JUDGED).map(({ id }) => id);
        expect(judged).toEqual(due.filter((id) => within(id, schedule.name)));
        expect(judged.filter((id) => !arrived.has(id as string))).toEqual([]);
      }),
      { numRuns: PLAYS },
    );
  });
});

function within(id: string, name: string): boolean {
  const at = Number(id.slice(name.length + 1)) * 1_000 - MINUTE;
  return at >= JUDGED.from && at < JUDGED.to;
}
