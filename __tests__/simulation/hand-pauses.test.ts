import { MINUTE_MS, SECOND_MS } from "../../schedule/duration";
import { instantsBetween } from "../../schedule/grid";
import {
  clean,
  firingsOf,
  judge,
  NOTHING_AMISS,
  outcomes,
  type Player,
  playHandoverDelayToLoop,
  playHandoverLambdaToDelay,
  playLambdaClock,
  playLoop,
  playSqsDelay,
  playSqsDelayByInstants,
} from "./play";
import { loopOf, MINUTE } from "./schedules";
import { seededRandom } from "./seeded-random";

jest.setTimeout(120_000);

const MINUTES = 10;
const JUDGED = { from: 2 * MINUTE_MS, to: (MINUTES - 1) * MINUTE_MS };

/** A tick is claimed 0.9 s before its instant, and whether it is paused is read then. */
const CLAIMED_AHEAD_MS = 1_100;

test.each<[string, Player, number]>([
  ["sfn-loop", playLoop, 5],
  ["lambda-clock", playLambdaClock, 60],
  ["sqs-delay", playSqsDelay, 1],
  ["sqs-delay with claims of instants", playSqsDelayByInstants, 5],
  ["a handover from sqs-delay to sfn-loop", playHandoverDelayToLoop, 5],
  ["a handover from lambda-clock to sqs-delay", playHandoverLambdaToDelay, 60],
])(
  "%s: a pause by hand holds from the next tick but one to its end, and nothing is caught up",
  async (_, player, intervalS) => {
    for (const [from, forMs] of [
      [3 * MINUTE_MS + 12_345, 30 * SECOND_MS],
      [4 * MINUTE_MS + 58_000, 150 * SECOND_MS],
      [5 * MINUTE_MS, 2 * MINUTE_MS],
    ] as const) {
      const paused = { from, to: from + forMs };
      const random = seededRandom(from);
      const schedule = loopOf(intervalS, 0, { horizon: 4, overdue: "latest", catchUpMs: 10 * intervalS * SECOND_MS });
      const firings = firingsOf(MINUTES, 20_000, random);
      const play = { schedule, firings, nature: clean(random), seed: from, paused, endsAt: (MINUTES + 4) * MINUTE_MS };
      const world = await player(play);
      expect(judge(player, world, play, JUDGED)).toEqual(NOTHING_AMISS);
      const came = new Set(world.arrivals.map(({ id }) => id));
      const due = instantsBetween(schedule, MINUTE + JUDGED.from, MINUTE + JUDGED.to).map((at) => at - MINUTE);
      const isHeld = (at: number) => at >= paused.from + CLAIMED_AHEAD_MS && at < paused.to;
      const isOpen = (at: number) => at < paused.from || at >= paused.to;
      const arrived = (at: number) => came.has(`beat-${(MINUTE + at) / SECOND_MS}`);
      expect(due.filter((at) => isHeld(at) && arrived(at))).toEqual([]);
      expect(due.filter((at) => isOpen(at) && !arrived(at))).toEqual([]);
      const kinds = outcomes(player, world, schedule, JUDGED).filter(({ outcome }) => outcome.kind === "paused");
      expect(kinds.length).toBe(due.filter((at) => !arrived(at)).length);
      expect(kinds.length).toBeGreaterThanOrEqual(due.filter(isHeld).length);
    }
  },
);
