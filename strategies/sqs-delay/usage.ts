import { type Burst, type BurstSchedule, burstsOfMinute, shardOf, slotsOfMinute } from "../../schedule/bursts";
import { type ClockDescription, countTargets, type ScheduleDescription } from "../../schedule/clock";
import { commonMultiple } from "../../schedule/divisors";
import { MINUTE_MS, SECOND_MS } from "../../schedule/duration";
import { type Hours, partsOfWeek } from "../../schedule/hours";
import { instantsOfMinute } from "../../schedule/minute";
import { longestLead } from "../../schedule/tick";
import {
  ASSUMED,
  gbSeconds,
  logGb,
  MINUTE_S,
  type PartUsage,
  pauseUsage,
  sendingUsage,
  shortestLeadS,
  ticksPerMinute,
  usageOf,
} from "../usage";
import { burstSchedules, mostAtOnce } from "./capacity";
import type { SqsDelaySettings } from "./settings";

/** Memory of the planner in MB: ten thousand schedules take some 170 MB. */
export const PLANNER_MEMORY = 512;

/** Assumed values. */
const BURSTS = {
  /** How long before its first instant a pacer starts, in s: its message is visible 1 to 2 s before it. */
  waitS: 1.5,
  /** How long after its last dispatch a pacer ends, in s: until the answer. */
  answerS: 0.05,
  /**
   * Requests to SQS a minute that find nothing: Lambda reads a queue with 5 long polls of 20 s (Lambda Developer Guide,
   * "Using Lambda with Amazon SQS").
   */
  emptyPolls: 15,
  /** Messages that one request of the planner sends. */
  batch: 10,
} as const;

/** Minutes of a day, after which every interval's pattern of minutes is as long as it can be. */
const DAY = 24 * 60;

/** Ticks of all schedules that are laid out to find the average minute, at most. */
const LAID_OUT_TICKS = 2_000_000;

/** Parts of a week with different open windows that are laid out, at most. */
const LAID_OUT_PARTS = 24;

/** What an average minute of these schedules takes of the queue and of pacers. */
export interface AverageMinute {
  readonly bursts: number;
  /** Requests that send them. */
  readonly sends: number;
  /** From the first to the last instants of the bursts, added up, in s. */
  readonly spanS: number;
  /** Claims: of ticks, or of instants and slots. */
  readonly claims: number;
  /** Instants of the bursts, added up. */
  readonly instants: number;
}

/**
 * Averages over the minutes after which the pattern of all grids repeats, or over as many of a day as can be laid out. If
 * schedules have hours, it is the mean of a usual week's parts in which the same intervals hold, by the time that each takes.
 */
export function averageMinute(
  schedules: readonly BurstSchedule[],
  settings: Pick<SqsDelaySettings, "pacerMemory" | "claims">,
): AverageMinute {
  const sum = { bursts: 0, sends: 0, spanS: 0, claims: 0, instants: 0 };
  const rates = [
    ...new Map(schedules.flatMap(({ hours }) => (hours ? [[ratesText(hours), hours] as const] : []))).values(),
  ];
  // With more windows the shorter parts are left out: each part has all schedules laid out.
  const longest = [...partsOfWeek(rates)].sort((a, b) => b.share - a.share).slice(0, LAID_OUT_PARTS);
  const total = longest.reduce((all, { share }) => all + share, 0);
  for (const { share, intervals } of longest) {
    const held = new Map(rates.map((hours, k) => [ratesText(hours), intervals[k]]));
    const holding = schedules.flatMap(({ hours, ...one }) => {
      const intervalMs = hours ? held.get(ratesText(hours)) : one.intervalMs;
      return intervalMs === undefined ? [] : [{ ...one, intervalMs }];
    });
    const part = averageOfGrids(holding, settings);
    for (const key of Object.keys(sum) as (keyof AverageMinute)[]) sum[key] += (share / total) * part[key];
  }
  return sum;
}

function ratesText({ rates }: Hours): string {
  return JSON.stringify(rates);
}

function averageOfGrids(
  schedules: readonly BurstSchedule[],
  { pacerMemory, claims }: Pick<SqsDelaySettings, "pacerMemory" | "claims">,
): AverageMinute {
  const atOnce = mostAtOnce(pacerMemory);
  const repeats = Math.min(DAY, schedules.map(({ intervalMs }) => intervalMs / SECOND_MS).reduce(minutesTogether, 1));
  const perMinute = schedules.reduce((sum, { intervalMs }) => sum + MINUTE_MS / intervalMs, 0);
  const minutes = Math.max(
    1,
    Math.min(repeats, Math.floor(LAID_OUT_TICKS / Math.max(1, perMinute + schedules.length))),
  );
  // Spread over the whole pattern, if it cannot be laid out in full.
  const sum = { bursts: 0, sends: 0, spanS: 0, claims: 0, instants: 0 };
  for (let k = 0; k < minutes; k++) {
    const minute = Math.floor((k * repeats) / minutes);
    const slots = claims === "instants" ? slotsOfMinute(schedules, minute, atOnce) : 0;
    const bursts = burstsOfMinute(schedules, minute, atOnce, { slots });
    sum.bursts += bursts.length;
    sum.sends += Math.ceil(bursts.length / BURSTS.batch);
    sum.spanS += bursts.reduce((s, { from, to }) => s + (to - from) / SECOND_MS, 0);
    if (slots > 0) sum.claims += instantsOfParts(schedules, minute, slots).size;
    sum.instants += instantsOfBursts(schedules, minute, bursts);
  }
  const { bursts, sends, spanS, instants } = sum;
  const ofTicks = claims === "ticks" ? perMinute : sum.claims / minutes;
  return {
    bursts: bursts / minutes,
    sends: sends / minutes,
    spanS: spanS / minutes,
    claims: ofTicks,
    instants: instants / minutes,
  };
}

/** The instants of a minute at which each part of the schedules has ticks, if they are divided into `of` parts: one number each. */
function instantsOfParts(schedules: readonly BurstSchedule[], minute: number, of: number): Set<number> {
  const found = new Set<number>();
  for (const schedule of schedules) {
    const part = shardOf(schedule.name, of);
    for (const at of instantsOfMinute(schedule, minute)) found.add((at / SECOND_MS) * of + part);
  }
  return found;
}

/** The instants of the bursts of a minute, added up. */
function instantsOfBursts(schedules: readonly BurstSchedule[], minute: number, bursts: readonly Burst[]): number {
  const parts = new Map(
    [...new Set(bursts.map(({ of }) => of))].map((of) => [of, instantsOfParts(schedules, minute, of)]),
  );
  let instants = 0;
  for (const { from, to, of, shard } of bursts) {
    for (let at = from; at <= to; at += SECOND_MS) if (parts.get(of)?.has((at / SECOND_MS) * of + shard)) instants++;
  }
  return instants;
}

/** The minutes after which two patterns repeat together; a day at most. @param intervalS s. */
function minutesTogether(minutes: number, intervalS: number): number {
  return Math.min(DAY, commonMultiple(minutes, commonMultiple(intervalS, MINUTE_S) / MINUTE_S));
}

/** What all schedules together use: the rule, the planner, the queue and the pacers' time. */
export function sharedUsage(
  settings: SqsDelaySettings,
  { schedules, tracing }: Pick<ClockDescription, "schedules" | "tracing">,
): PartUsage[] {
  const use = usageOf(null);
  const loads = burstSchedules(schedules, ({ targets }) => countTargets(targets));
  const { horizon, pacerMemory } = settings;
  const { bursts, sends, spanS, claims, instants } = averageMinute(loads, settings);
  const paused = schedules.length - loads.length;
  const ticking = loads.length > 0 ? 1 : 0;
  const pacersAwake = schedules.filter((one) => one.paused === null);
  // A pacer starts for the longest lead, and ends with its last tick, which may have the shortest.
  const leadsS = ticking ? longestLead(pacersAwake) / SECOND_MS - shortestLeadS(pacersAwake) : 0;
  const awakeS = spanS + bursts * (BURSTS.waitS + BURSTS.answerS + leadsS);
  return [
    use("rule", "ruleFiring", "firings", 1),
    use("planner", "lambdaRequest", "one a firing", 1),
    use("planner", "lambdaGbSecond", "its invocations", gbSeconds(ASSUMED.callS, PLANNER_MEMORY)),
    use("planner", "logGb", "one line a firing and a paused schedule, and the platform's", logGb(1, ticking + paused)),
    use("planner", "ledgerRead", "which minutes are planned", horizon * ticking),
    use("planner", "ledgerWrite", "two for the minute that it plans", 2 * ticking),
    ...(settings.claims === "instants" ? [use("ledger", "ledgerWrite", "claims on instants", claims)] : []),
    pauseUsage(use, "an instant of a burst", instants),
    use(
      "queue",
      "queueRequest",
      "batches sent, bursts received and deleted, and polls that find none",
      [sends, 2 * bursts, BURSTS.emptyPolls].reduce((sum, one) => sum + one),
    ),
    use("pacer", "lambdaRequest", "one a burst", bursts),
    use("pacer", "lambdaGbSecond", "awake through its bursts, from 1.5 s before each", gbSeconds(awakeS, pacerMemory)),
    use("pacer", "logGb", "the platform's lines", logGb(bursts, 0)),
    ...(tracing ? [use("planner and pacer", "trace", "one an invocation", 1 + bursts)] : []),
  ];
}

/** What the ticks of one schedule add. */
export function tickUsage({ claims }: SqsDelaySettings, schedule: ScheduleDescription): PartUsage[] {
  const use = usageOf(schedule.name);
  const n = ticksPerMinute(schedule);
  const passedOver = schedule.paused !== null && schedule.overdue === "latest" ? 1 : 0;
  return [
    use("ledger", "ledgerWrite", "claims on ticks", claims === "ticks" ? n + passedOver : 0),
    use("pacer", "logGb", "one line a tick", logGb(0, n)),
    ...sendingUsage(use, n, schedule.targets),
  ];
}
