import { type Amount, amount, plus, ratio, times } from "../cli/cost/amount";
import type { Resource } from "../cli/cost/prices";
import type { ScheduleDescription, WatchedWith } from "../schedule/clock";
import { SECOND_MS } from "../schedule/duration";

/** Which of a clock's parts uses something. */
export type Part =
  | "rule"
  | "state machine"
  | "Iterator"
  | "duplicate check"
  | "LambdaClock"
  | "analyser"
  | "ledger"
  | "topics"
  | "failure queue";

/** What one part of a clock uses of one billed thing, on average over many minutes in steady state. */
export interface Usage {
  /** The clock it belongs to; during a handover there are two. */
  readonly clock: "strategy" | "retiring";
  /** The schedule it is used for; `null` where all share it. */
  readonly schedule: string | null;
  readonly part: Part;
  readonly resource: Resource;
  /** What is counted, in words. */
  readonly what: string;
  readonly perMinute: Amount;
}

/** The usage of one strategy, whichever of a handover's two it is. */
export type PartUsage = Omit<Usage, "clock">;

/**
 * What is not known but assumed. Durations in s, sizes in bytes; the sizes are what log lines take on the emulator, with
 * room for longer names and for what AWS's own lines have besides.
 */
export const ASSUMED = {
  /** The second of the minute at which a rule fires: anywhere from 0 to 59, and the same each minute. */
  firingSecond: 30,
  /** A call that does not wait for an instant: a plan, a dispatch under relative pacing, the analyser. */
  callS: 0.05,
  /** A turn of the relative loop beside its Wait: what published logs show it drift by. */
  relativeTurnS: 0.1,
  /** The duplicate check: a page of ListExecutions. */
  duplicateCheckS: 0.1,
  /** An Express run that finds nothing to do; durations are billed in steps of 0.1 s. */
  emptyRunS: 0.1,
  /** What the platform logs of each invocation: its start and its report. */
  platformLogBytes: 500,
  /** A line of ours. */
  logLineBytes: 500,
} as const;

/** Seconds of a clock minute. */
export const MINUTE_S = 60;
/** As Lambda and Step Functions bill memory. */
export const MB_PER_GB = 1_024;
const BYTES_PER_GB = 1_000_000_000;

/** Ticks of a schedule in an average minute: 0 while it is paused. */
export function ticksPerMinute(schedule: ScheduleDescription): Amount {
  return schedule.paused === null ? instantsPerMinute(schedule) : ratio(0, 1);
}

/** Instants of a schedule's grid in an average minute, also while it is paused. */
export function instantsPerMinute({ intervalMs }: Pick<ScheduleDescription, "intervalMs">): Amount {
  return ratio(MINUTE_S, intervalMs / SECOND_MS);
}

/**
 * What a paused schedule claims in an average minute to count its ticks: the minute, and each tick in it. Nothing where
 * there are no metrics to count them in.
 */
export function pausedClaims(schedule: ScheduleDescription, { metrics }: Pick<WatchedWith, "metrics">): Amount {
  return metrics ? plus(instantsPerMinute(schedule), 1) : amount(0);
}

/** GB of log for this many invocations and lines of ours; 1 GB is taken as 10⁹ bytes, as the price is. */
export function logGb(invocations: Amount, lines: Amount): Amount {
  const bytes = plus(times(invocations, ASSUMED.platformLogBytes), times(lines, ASSUMED.logLineBytes));
  return times(bytes, ratio(1, BYTES_PER_GB));
}

/** GB-seconds of a function that runs for `duration` s in all. @param memory MB. */
export function gbSeconds(duration: Amount, memory: number): Amount {
  return times(duration, ratio(memory, MB_PER_GB));
}
