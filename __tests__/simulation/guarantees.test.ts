import fc from "fast-check";
import { MINUTE_MS, SECOND_MS } from "../../schedule/duration";
import type { Span } from "../../schedule/outcome";
import { schema } from "../../strategies/sfn-loop/settings";
import {
  clean,
  firingsOf,
  judge,
  NOTHING_AMISS,
  type Play,
  type Player,
  playLambdaClock,
  playLoop,
  playSqsDelay,
} from "./play";
import { loopOf, MINUTE } from "./schedules";
import { between, seededRandom } from "./seeded-random";
import type { Asked, Fate, Nature } from "./world";

/** Many plays of many minutes take seconds where the machine has other work as well. */
jest.setTimeout(300_000);

/** What a loop has by default. */
const { horizon } = schema.parse({ kind: "sfn-loop" });

/** Clocks that are drawn for each fault. The full set of tests, and the broken guards, draw more. */
const PLAYS = Number(process.env.METRONOME_TEST_PLAYS ?? 4);

const MINUTES = 14;
/** When the fault begins: within minute 5. What is before minute 3 is not judged: the clock begins there. */
const FAULT_MS = 5 * MINUTE_MS;
const JUDGED: Span = { from: 3 * MINUTE_MS, to: (MINUTES - 1) * MINUTE_MS };

/** A clock that is drawn, and where its fault begins. */
interface Drawn {
  readonly intervalS: number;
  readonly phase: number;
  /** The second of its minute at which the rule fires, in ms. */
  readonly secondMs: number;
  /** When the fault begins, in ms after FAULT_MS. */
  readonly at: number;
  readonly seed: number;
}

const drawn = (intervals: readonly number[]) =>
  fc.record<Drawn>({
    intervalS: fc.constantFrom(...intervals),
    phase: fc.nat(),
    secondMs: fc.oneof(fc.nat(59_999), fc.integer({ min: 58_500, max: 59_999 })),
    at: fc.nat(MINUTE_MS),
    seed: fc.nat(),
  });

/**
 * A fault: what of a play it changes, and what may be lost by it: ticks that are due within `withinMs` of its beginning,
 * the last at most `losesMs` after the first.
 */
type Fault = (
  drawn: Drawn,
  play: Play,
  random: () => number,
) => { readonly play: Partial<Play>; readonly losesMs?: number; readonly withinMs?: number };

/** The same, but for what becomes of some requests. */
function withFate(nature: Nature, fateOf: (asked: Asked) => Fate | undefined): Nature {
  return {
    ...nature,
    fate: (asked) => {
      const usual = nature.fate(asked);
      return { ...usual, fate: fateOf(asked) ?? usual.fate };
    },
  };
}

async function keeps(player: Player, intervals: readonly number[], fault: Fault, numRuns = PLAYS): Promise<void> {
  await fc.assert(
    fc.asyncProperty(drawn(intervals), async (one) => {
      const random = seededRandom(one.seed);
      const whole = one.intervalS % 60 === 0 && player === playLambdaClock;
      const schedule = loopOf(one.intervalS, whole ? 0 : one.phase % one.intervalS, { horizon });
      const base: Play = {
        schedule,
        firings: firingsOf(MINUTES, one.secondMs, random),
        nature: clean(random),
        seed: one.seed,
        endsAt: MINUTES * MINUTE_MS,
      };
      const { play: changed, losesMs, withinMs = losesMs } = fault(one, base, random);
      const play = { ...base, ...changed };
      const from = FAULT_MS + one.at;
      const spanMs = losesMs ?? 0;
      const mayLose =
        losesMs === undefined ? undefined : { from: from - SECOND_MS, to: from + (withinMs ?? 0), spanMs };
      expect(judge(player, await player(play), play, JUDGED, mayLose)).toEqual(NOTHING_AMISS);
    }),
    { numRuns },
  );
}

const LOOP = [1, 2, 7, 10, 45, 60, 90];
/** The firings from the fault on. */
const firstAfter = ({ at }: Drawn, { firings }: Play) => firings.findIndex((firing) => firing.at >= FAULT_MS + at);

const twice: Fault = (_, { firings }, random) => ({
  play: { firings: firings.flatMap((one) => [one, { ...one, at: one.at + between(random, 0, 30_000) }]) },
});
const late: Fault = (one, play, random) => {
  const k = firstAfter(one, play);
  const lateMs = between(random, 1_000, 59_000);
  return { play: { firings: play.firings.map((f, n) => (n === k ? { ...f, at: f.at + lateMs } : f)) } };
};
const lostFirings =
  (inARow: number): Fault =>
  (one, play) => {
    const k = firstAfter(one, play);
    return { play: { firings: play.firings.filter((_, n) => n < k || n >= k + inARow) } };
  };
/** The rule fires before second 58 of its minutes. */
const firesEarly =
  (fault: Fault): Fault =>
  (one, play, random) => {
    const firings = firingsOf(MINUTES, one.secondMs % 58_000, random);
    const changed = fault(one, { ...play, firings }, random);
    return { ...changed, play: { firings, ...changed.play } };
  };
const stops =
  (of: "all" | "oldest"): Fault =>
  ({ at }) => ({ play: { stops: [{ at: FAULT_MS + at, of }] } });
/** Of the invocations that begin from the fault on, the first ends at any instant of its second or so. */
const endsOnce: Fault = (one, { nature }, random) => {
  let done = false;
  const livesMs = () => {
    if (done || Date.now() < MINUTE + FAULT_MS + one.at) return nature.livesMs();
    done = true;
    return between(random, 0, 1_100);
  };
  return { play: { nature: { ...nature, livesMs } } };
};
/** The first request from the fault on meets a fate. */
const onceAfter =
  (to: Asked["to"], fate: Fate): Fault =>
  (one, { nature }) => {
    let done = false;
    const fateOf = (asked: Asked) => {
      if (done || asked.to !== to || asked.at < MINUTE + FAULT_MS + one.at) return undefined;
      done = true;
      return fate;
    };
    return { play: { nature: withFate(nature, fateOf) } };
  };
const apart: Fault = (_, { nature }, random) => ({
  play: { nature: { ...nature, aheadMs: () => between(random, -1_000, 1_000) } },
});

/** Requests to `to` that begin within some time of the fault meet a fate. */
const meets =
  (to: Asked["to"], fate: Fate, forMs: (one: Drawn) => number): Fault =>
  (one, { nature }) => {
    const from = MINUTE + FAULT_MS + one.at;
    const met = (asked: Asked) => asked.to === to && asked.at >= from && asked.at < from + forMs(one);
    return { play: { nature: withFate(nature, (asked) => (met(asked) ? fate : undefined)) } };
  };
const losing =
  (fault: Fault, losesMs: (one: Drawn) => number, withinMs = losesMs): Fault =>
  (one, play, random) => ({ ...fault(one, play, random), losesMs: losesMs(one), withinMs: withinMs(one) });
const intervalMs = ({ intervalS }: Drawn) => intervalS * SECOND_MS;
/** Within this the next tick is due. */
const longest = (one: Drawn) => 2 * intervalMs(one) + SECOND_MS;
/** Until the next firing has taken over what an execution served that was ended. */
const takenOver = (one: Drawn) => 66_000 + intervalMs(one);
/** How long the fault lasts: up to five minutes. */
const lasts = ({ seed }: Drawn) => between(seededRandom(seed), 1, 300) * SECOND_MS;

describe("sfn-loop", () => {
  const loop = (fault: Fault, intervals = LOOP, numRuns?: number) => keeps(playLoop, intervals, fault, numRuns);

  test("loses nothing if nothing is amiss", () => loop(() => ({ play: {} })));

  test("loses nothing if the rule fires twice", () => loop(twice));

  test("loses nothing if a firing is up to 59 s late", () => loop(late));

  test("loses nothing if one firing does not come, at any second of the rule", () => loop(lostFirings(1)));

  test("loses nothing if one firing does not come and the rule's second is the last one of its minute", () =>
    loop(
      (one, play, random) => {
        const firings = firingsOf(MINUTES, 59_400 + (one.secondMs % 600), random);
        return lostFirings(1)(one, { ...play, firings }, random);
      },
      [1],
      2 * PLAYS,
    ));

  test("loses nothing if two firings in a row do not come and the rule fires before second 58", () =>
    loop(firesEarly(lostFirings(2))));

  test("loses what is due between the end of its horizon and the next firing if more do not come", () =>
    loop((one, play, random) => ({ ...lostFirings(5)(one, play, random), losesMs: 6 * MINUTE_MS + 3_000 })));

  test("loses at most 66 s and an interval if all executions are ended at any instant", () =>
    loop(losing(stops("all"), takenOver)));

  test("loses at most 66 s and an interval if one execution is ended at any instant", () =>
    loop(losing(stops("oldest"), takenOver, (one) => 4 * MINUTE_MS + takenOver(one))));

  test("loses what is due while the ledger refuses, and for 18 s after it", () =>
    loop(losing(meets("ledger", "refused", lasts), (one) => lasts(one) + 18_000)));

  test("loses what is due while the ledger does not answer, and for 18 s after it", () =>
    loop(losing(meets("ledger", "lost", lasts), (one) => lasts(one) + 18_000)));

  test("loses what is due while the ledger's answers are lost, and for 66 s and an interval after it", () =>
    loop(losing(meets("ledger", "unanswered", lasts), (one) => lasts(one) + takenOver(one))));

  test("loses what is due while the Iterator is away, and for 18 s after it", () =>
    loop(
      losing(
        (one, { nature }, random) => {
          const awayUntil = MINUTE + FAULT_MS + one.at + lasts(one);
          const away = () => Date.now() >= MINUTE + FAULT_MS + one.at && Date.now() < awayUntil;
          return {
            play: { nature: { ...nature, livesMs: () => (away() ? between(random, 0, 900) : nature.livesMs()) } },
          };
        },
        (one) => lasts(one) + 18_000,
      ),
    ));

  test("loses the tick that is under way if an Iterator ends at any instant, from an interval of 5 s on", () =>
    loop(
      losing(endsOnce, () => 0, longest),
      [7, 10, 45, 60, 90],
    ));

  test("loses 5 s at an interval below 5 s if an Iterator ends at any instant", () =>
    loop(
      losing(endsOnce, () => 5_000),
      [1, 2],
    ));

  test("loses one tick if the answer to one dispatch is lost, and none that arrived is missed", () =>
    loop(losing(onceAfter("target", "lost"), () => 0, longest)));

  test("loses nothing if a dispatch arrives and its answer is lost", () =>
    loop(onceAfter("target", "unanswered"), [2, 7, 10, 45, 60, 90]));

  test("loses nothing if the target refuses for less than half a second", () =>
    loop(
      meets("target", "refused", () => 450),
      [2, 7, 10, 45, 60, 90],
    ));

  test("loses nothing if the clocks of its sandboxes are up to 2 s apart", () => loop(apart, [7, 10, 45, 60, 90]));
});

describe("lambda-clock", () => {
  const lambdaClock = (fault: Fault) => keeps(playLambdaClock, [60, 120], fault);

  test("loses nothing if nothing is amiss", () => lambdaClock(() => ({ play: {} })));

  test("loses nothing if the rule fires twice", () => lambdaClock(twice));

  test("loses nothing if a firing is up to 59 s late", () => lambdaClock(late));

  test("loses nothing if one firing does not come", () => lambdaClock(lostFirings(1)));

  test("loses the ticks between if two firings in a row do not come", () =>
    lambdaClock(losing(lostFirings(2), () => 4 * MINUTE_MS)));

  test("loses one tick if all invocations are ended at any instant", () =>
    lambdaClock(losing(stops("all"), () => 0, longest)));

  test("loses nothing if the ledger refuses for 50 s", () => lambdaClock(meets("ledger", "refused", () => 50_000)));

  test("loses nothing if the ledger does not answer for 50 s", () =>
    lambdaClock(meets("ledger", "lost", () => 50_000)));

  test("loses nothing if the ledger's answers are lost for 50 s", () =>
    lambdaClock(meets("ledger", "unanswered", () => 50_000)));

  test("loses what is due while the ledger refuses for longer", () =>
    lambdaClock(losing(meets("ledger", "refused", lasts), (one) => lasts(one) + 3_000)));

  test("loses one tick if the answer to one dispatch is lost", () =>
    lambdaClock(losing(onceAfter("target", "lost"), () => 0, longest)));

  test("loses nothing if the target refuses for less than half a second", () =>
    lambdaClock(meets("target", "refused", () => 450)));

  test("loses nothing if the clocks of its sandboxes are up to 2 s apart", () => lambdaClock(apart));
});

describe("sqs-delay", () => {
  const delay = (fault: Fault, intervals = LOOP, numRuns?: number) => keeps(playSqsDelay, intervals, fault, numRuns);

  test("loses nothing if nothing is amiss", () => delay(() => ({ play: {} })));

  test("loses nothing if the rule fires twice", () => delay(twice));

  test("loses nothing if a firing is up to 59 s late", () => delay(late));

  test("loses nothing if two firings in a row do not come and the rule fires before second 58", () =>
    delay(firesEarly(lostFirings(2))));

  test("loses nothing if one firing does not come, at any second of the rule", () => delay(lostFirings(1)));

  test("loses what is due between the end of its horizon and the next firing if more do not come", () =>
    delay((one, play, random) => ({ ...lostFirings(5)(one, play, random), losesMs: 6 * MINUTE_MS + 3_000 })));

  test("loses what is left of a burst if all invocations are ended at any instant, 20 s at most", () =>
    delay(
      losing(
        stops("all"),
        () => 20_000,
        (one) => 22_000 + intervalMs(one),
      ),
    ));

  test("loses what is left of a burst if one invocation ends at any instant, 20 s at most", () =>
    delay(
      losing(
        endsOnce,
        () => 20_000,
        (one) => 80_000 + intervalMs(one),
      ),
    ));

  test("loses nothing if the queue refuses for two minutes and the rule fires before second 58", () =>
    delay(firesEarly(meets("queue", "refused", () => 115_000))));

  test("loses nothing if the queue's answers are lost for two minutes", () =>
    delay(meets("queue", "unanswered", () => 115_000)));

  test("loses what is due while the ledger refuses, and for 3 s after it", () =>
    delay(losing(meets("ledger", "refused", lasts), (one) => lasts(one) + 3_000)));

  test("loses what is due while the ledger does not answer, and for 3 s after it", () =>
    delay(losing(meets("ledger", "lost", lasts), (one) => lasts(one) + 3_000)));

  test("loses what is due while the ledger's answers are lost, and for 3 s after it", () =>
    delay(losing(meets("ledger", "unanswered", lasts), (one) => lasts(one) + 3_000)));

  test("loses one tick if the answer to one dispatch is lost, and none that arrived is missed", () =>
    delay(losing(onceAfter("target", "lost"), () => 0, longest)));

  test("loses nothing if a dispatch arrives and its answer is lost", () =>
    delay(onceAfter("target", "unanswered"), [2, 7, 10, 45, 60, 90]));

  test("loses nothing if the target refuses for less than half a second", () =>
    delay(
      meets("target", "refused", () => 450),
      [2, 7, 10, 45, 60, 90],
    ));

  test("loses nothing if the clocks of its sandboxes are up to 2 s apart", () => delay(apart, [7, 10, 45, 60, 90]));
});
