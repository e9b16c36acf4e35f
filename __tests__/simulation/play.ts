import type { LoopSchedule } from "../../functions/iterator/iterate";
import { publishMinutes } from "../../functions/lambda-clock/publish";
import { claimLead } from "../../functions/runtime/handover";
import { MINUTE_MS, SECOND_MS } from "../../schedule/duration";
import type { DueTick, ScheduleTiming, Span } from "../../schedule/outcome";
import { iso } from "../../schedule/tick";
import { LoopMachine } from "../asl/loop-machine";
import { BurstClock } from "./burst-clock";
import { clockOf, MINUTE } from "./schedules";
import { between, seededRandom } from "./seeded-random";
import { simulatedRunner } from "./simulated-runner";
import { installAsGlobalTime, VirtualTime } from "./virtual-time";
import { type Fate, type Nature, World } from "./world";

/** What the stack gives the functions as their time-outs, in ms: the Iterator, and LambdaClock with a horizon of 2. */
const ITERATOR_TIMEOUT_MS = 15 * SECOND_MS;
const LAMBDA_CLOCK_TIMEOUT_MS = (2 * 60 + 75) * SECOND_MS;

/** A firing of the rule. Instants in ms after MINUTE. */
export interface Firing {
  /** When it comes. */
  readonly at: number;
  /** The minute that its event bears, from which LambdaClock knows its own. */
  readonly minute: number;
}

/** One play of a clock. Instants in ms after MINUTE. */
export interface Play {
  readonly schedule: LoopSchedule;
  readonly firings: readonly Firing[];
  readonly nature: Nature;
  readonly seed: number;
  /** When executions are ended from outside, and of how many that run: all, or the oldest alone. */
  readonly stops?: readonly { readonly at: number; readonly of: "all" | "oldest" }[];
  /** When the schedule is paused by hand, and until when. @default never */
  readonly paused?: Span;
  readonly endsAt: number;
}

/** A clock that plays. */
export type Player = (play: Play) => Promise<World>;

type Begin = (play: Play, time: VirtualTime, world: World, random: () => number, role: string) => void;

const beginLoop: Begin = ({ schedule, firings, stops = [] }, time, world, random, role) => {
  const machine = new LoopMachine({
    runner: simulatedRunner(time),
    schedule,
    transitionMs: () => between(random, 10, 300),
    sandbox: () => world.sandbox("iterator", claimLead(role), ITERATOR_TIMEOUT_MS),
  });
  for (const { at } of firings) time.at(MINUTE + at, () => void machine.start());
  for (const { at, of } of stops) {
    time.at(MINUTE + at, () => {
      const running = machine.executions.filter(({ arn }) => machine.running.has(arn));
      for (const execution of of === "all" ? running : running.slice(0, 1)) execution.stop();
    });
  }
};

let calls = 0;

/** Its rules invoke it once an event, and never again if it fails. */
const beginLambdaClock: Begin = ({ firings, schedule, stops = [] }, time, world, random, role) => {
  const clock = clockOf(schedule.intervalMs / MINUTE_MS, {
    catchUpMs: schedule.catchUpMs,
    leadMs: schedule.leadMs,
    hours: schedule.hours,
  });
  for (const { at, minute } of firings) {
    time.at(MINUTE + at + between(random, 50, 500), () => {
      const { runner, ended, release } = world.sandbox("lambda-clock", claimLead(role), LAMBDA_CLOCK_TIMEOUT_MS);
      const work = publishMinutes(runner, [clock], 2, iso(MINUTE + minute * MINUTE_MS), `event-${++calls}`);
      void Promise.race([work, ended]).then(release, release);
    });
  }
  for (const { at } of stops) time.at(MINUTE + at, () => world.endAll());
};

const beginBursts =
  (claims: "ticks" | "instants"): Begin =>
  ({ firings, schedule, stops = [] }, time, world, random, role) => {
    const { targets, overdue, horizon } = schedule;
    const filed = { ...schedule, targets, overdue: claims === "ticks" ? overdue : ("skip" as const), paused: false };
    const clock = new BurstClock(world, time, random, {
      schedules: [filed],
      claimLeadMs: claimLead(role),
      horizon,
      claims,
    });
    for (const { at } of firings) time.at(MINUTE + at + between(random, 20, 200), () => clock.fire());
    for (const { at } of stops) time.at(MINUTE + at, () => world.endAll());
  };

const beginSqsDelay = beginBursts("ticks");

/** The Step Functions loop: its real definition in an interpreter, and the real Iterator. */
export const playLoop: Player = (play) => inVirtualTime(play, (...begun) => beginLoop(play, ...begun, "serving"));

/** LambdaClock with a horizon of 2. */
export const playLambdaClock: Player = (play) =>
  inVirtualTime(play, (...begun) => beginLambdaClock(play, ...begun, "serving"));

/** Delayed bursts: the real planner and pacer, and a queue that delivers one message of ten twice. */
export const playSqsDelay: Player = (play) =>
  inVirtualTime(play, (...begun) => beginSqsDelay(play, ...begun, "serving"));

/** The same with one claim for all ticks of an instant. */
export const playSqsDelayByInstants: Player = (play) =>
  inVirtualTime(play, (...begun) => beginBursts("instants")(play, ...begun, "serving"));

/** A handover for as long as it plays: one clock serves, and the other stands by. */
const handover =
  (serving: Begin, retiring: Begin): Player =>
  (play) =>
    inVirtualTime(play, (...begun) => {
      retiring(play, ...begun, "retiring");
      serving(play, ...begun, "serving");
    });

export const playHandover = handover(beginLambdaClock, beginLoop);
export const playHandoverLoopToDelay = handover(beginSqsDelay, beginLoop);
export const playHandoverDelayToLoop = handover(beginLoop, beginSqsDelay);
export const playHandoverLambdaToDelay = handover(beginSqsDelay, beginLambdaClock);
export const playHandoverDelayToLambda = handover(beginLambdaClock, beginSqsDelay);

/** The clocks that log their plans. */
const LOGS_PLANS = new Set<Player>([playLoop, playSqsDelay, playSqsDelayByInstants]);

async function inVirtualTime(
  { nature, seed, schedule, paused, endsAt }: Play,
  begin: (time: VirtualTime, world: World, random: () => number) => void,
): Promise<World> {
  const time = new VirtualTime(MINUTE);
  const random = seededRandom(seed);
  const world = new World(time, nature, schedule.intervalMs);
  const restore = installAsGlobalTime(time);
  // The interpreter draws the jitter of retries.
  const drawn = jest.spyOn(Math, "random").mockImplementation(random);
  try {
    begin(time, world, random);
    if (paused) time.at(MINUTE + paused.from, () => world.pauseByHand(schedule.name, MINUTE + paused.to));
    await time.passUntil(MINUTE + endsAt);
  } finally {
    drawn.mockRestore();
    restore();
  }
  return world;
}

/** A network without a fault. */
export function clean(random: () => number): Nature {
  const ms = () => between(random, 2, 40);
  return { fate: () => ({ fate: "answered", ms: ms() }), livesMs: () => Number.POSITIVE_INFINITY, aheadMs: () => 0 };
}

/** Firings of a rule at its own second of each minute, with some jitter. */
export function firingsOf(minutes: number, secondMs: number, random: () => number): Firing[] {
  return Array.from({ length: minutes }, (_, minute) => {
    return { minute, at: minute * MINUTE_MS + Math.max(0, secondMs + between(random, -300, 300)) };
  });
}

/** The ticks that a play may lose: those due in a stretch (ms after MINUTE), the last at most `spanMs` after the first. */
export interface Losses extends Span {
  readonly spanMs: number;
}

/** What is wrong with a play: nothing, if it kept what the clock guarantees. */
export interface Amiss {
  /** Ticks that the target got twice. */
  readonly doubled: readonly string[];
  /** Ticks that were lost beyond those that may be. */
  readonly lost: readonly string[];
  /** Ticks that were missed for another reason than the report says. */
  readonly misjudged: readonly string[];
}

export const NOTHING_AMISS: Amiss = { doubled: [], lost: [], misjudged: [] };

/** How a schedule is judged. */
function timingOf(schedule: LoopSchedule, logsPlans: boolean): ScheduleTiming {
  return { ...schedule, pacing: "clock", logsPlans };
}

/**
 * Judges a play by the report of its log.
 *
 * @param span what is judged, in ms after MINUTE.
 * @param mayLose what may be lost: nothing if it is not given.
 */
export function judge(player: Player, world: World, { schedule }: Play, span: Span, mayLose?: Losses): Amiss {
  const ticks = outcomes(player, world, schedule, span);
  const seen = new Set<string>();
  const doubled = world.arrivals.filter(({ id }) => seen.has(id) || !seen.add(id));
  const missed = ticks.filter(({ outcome }) => outcome.kind === "missed");
  const firstMissed = missed[0]?.expectedAt ?? 0;
  const lost = missed.filter(({ expectedAt }) => {
    const at = expectedAt - MINUTE;
    return !mayLose || at < mayLose.from || at > mayLose.to || expectedAt - firstMissed > mayLose.spanMs;
  });
  return {
    doubled: doubled.map(({ id, at }) => `${id} at ${at - MINUTE}`),
    lost: lost.map(({ expectedAt, outcome }) => `${expectedAt - MINUTE} ${JSON.stringify(outcome)}`).slice(0, 5),
    misjudged: ticks.flatMap(misjudgements(world)).slice(0, 5),
  };
}

/** The outcomes of the ticks due in a span (ms after MINUTE), as a report has them. */
export function outcomes(player: Player, world: World, schedule: LoopSchedule, { from, to }: Span): DueTick[] {
  return world.verdicts(timingOf(schedule, LOGS_PLANS.has(player)), { from: MINUTE + from, to: MINUTE + to });
}

/** Compares the reasons that a report gives with what happened. */
function misjudgements(world: World): (tick: DueTick) => string[] {
  const fatesOf = new Map<string, Fate[]>();
  for (const { id, fate } of world.dispatches) fatesOf.set(id, [...(fatesOf.get(id) ?? []), fate]);
  const arrivals = new Set(world.arrivals.map(({ id }) => id));
  const minutes = new Set(world.events.flatMap((event) => ("minutes" in event ? event.minutes : [])));
  return (tick) => {
    const id = tick.id as string;
    return misjudgement(world, tick, fatesOf.get(id) ?? [], arrivals.has(id), minutes) ?? [];
  };
}

function misjudgement(
  { rows, ended }: World,
  { id, minute, expectedAt, outcome }: DueTick,
  fates: readonly Fate[],
  arrived: boolean,
  plannedMinutes: ReadonlySet<number>,
): string[] | undefined {
  // A clock that claims instants has one slot for its one schedule.
  const row = rows.get(`tick#${id}`) ?? rows.get(`tick#0/1@${expectedAt / SECOND_MS}`);
  const claimantEnded = row !== undefined && ended.has(row.claimant);
  const wrong = (why: string) => [`${id}: ${JSON.stringify(outcome)}, but ${why} (${fates.join()})`];
  if (outcome.kind === "paused") return arrived ? wrong("it arrived") : undefined;
  if (outcome.kind !== "missed") return arrived ? undefined : wrong("it never arrived");
  if (arrived) return wrong("it arrived");
  const right: Record<typeof outcome.reason, boolean> = {
    expired: fates.length === 0 || claimantEnded,
    overtaken: fates.length === 0 || claimantEnded,
    "dispatch-failed": fates.length > 0 && fates.every((fate) => fate === "refused"),
    "dispatch-unknown": fates.some((fate) => fate !== "refused"),
    "claimant-lost": claimantEnded,
    "not-planned": !plannedMinutes.has(minute),
    "not-seen": fates.length === 0 || claimantEnded,
  };
  return right[outcome.reason] ? undefined : wrong("that is not why");
}
