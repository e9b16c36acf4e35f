import type { ScheduleDescription, TargetCounts } from "../schedule/clock";
import { SECOND_MS } from "../schedule/duration";
import { ticksPerMinute as ticksOfGrid } from "../schedule/grid";
import { FUNCTION_ALARMS } from "../schedule/metrics";
import { HOLDING_TARGET_MB } from "./assumptions";

/** What AWS bills, as far as a clock uses it. `cli/cost/prices.ts` has a price for each. */
export type Resource =
  | "transition"
  | "expressRequest"
  | "expressGbHour"
  | "lambdaRequest"
  | "lambdaGbSecond"
  | "ledgerRead"
  | "ledgerWrite"
  | "topicRequest"
  | "topicDelivery"
  | "keyRequest"
  | "queueRequest"
  | "ruleFiring"
  | "logGb"
  | "trace"
  | "metric"
  | "alarm"
  | "dashboard";

/** What one part of a clock uses of one billed thing, on average over many minutes in steady state. */
export interface PartUsage {
  /** The schedule it is used for; `null` if all schedules share it. */
  readonly schedule: string | null;
  /** The part of the clock, such as `Iterator`. */
  readonly part: string;
  readonly resource: Resource;
  /** What is counted, in words. */
  readonly what: string;
  readonly perMinute: number;
}

/** Makes the usages of one schedule's part of a clock, or of the part that all schedules share (`null`). */
export function usageOf(schedule: string | null) {
  return (part: string, resource: Resource, what: string, perMinute: number): PartUsage => ({
    schedule,
    part,
    resource,
    what,
    perMinute,
  });
}

/**
 * Assumed values. Durations in s, sizes in bytes. The sizes are those of log lines on the emulator, with a margin for
 * longer names and for the fields that only AWS writes.
 */
export const ASSUMED = {
  /** The second of the minute at which a rule fires: any from 0 to 59, and the same each minute. */
  firingSecond: 30,
  /** An invocation that does not wait for an instant: a plan, a dispatch under relative pacing, the analyser. */
  callS: 0.05,
  /** The platform's log lines of one invocation: its start and its report. */
  platformLogBytes: 500,
  /** One log line of this project's functions. */
  logLineBytes: 500,
} as const;

/** Seconds of a clock minute. */
export const MINUTE_S = 60;
/** MB in a GB, as Lambda and Step Functions bill memory. */
export const MB_PER_GB = 1_024;
/** Bytes in a GB, as CloudWatch Logs bills them. */
export const BYTES_PER_GB = 1_000_000_000;

/** Alarms on each of a clock's functions that dispatches ticks. */
export const ALARMS_PER_FUNCTION = Object.keys(FUNCTION_ALARMS).length;

/** Ticks of a schedule in an average minute: 0 while it is paused. */
export function ticksPerMinute(schedule: ScheduleDescription): number {
  return schedule.paused === null ? ticksOfGrid(schedule) : 0;
}

/**
 * What the ticks of a schedule take of topics and queues: each is a request.
 *
 * @param n ticks a minute.
 * @param ahead whether a request opens the connection before each; not if a tick is dispatched at once.
 */
export function sendingUsage(
  use: ReturnType<typeof usageOf>,
  n: number,
  { topics, queues }: Pick<TargetCounts, "topics" | "queues">,
  ahead = true,
): PartUsage[] {
  const [times, also] = ahead ? [2, ", and one request that opens the connection"] : [1, ""];
  return [
    ...(topics > 0 ? [use("topics", "topicRequest", `one publish${also}`, times * n * topics)] : []),
    ...(queues > 0 ? [use("target queues", "queueRequest", `one message${also}`, times * n * queues)] : []),
  ];
}

/**
 * What it takes to look whether schedules are paused by hand. Each read is half of one that is billed, because it may be a
 * second old (DynamoDB, "Read consistency").
 *
 * @param reads a minute.
 */
export function pauseUsage(use: ReturnType<typeof usageOf>, what: string, reads: number): PartUsage {
  return use("ledger", "ledgerRead", `whether somebody has paused it: half a read ${what}`, reads / 2);
}

/** The shortest lead of schedules, in s. @param schedules at least one. */
export function shortestLeadS(schedules: readonly ScheduleDescription[]): number {
  return Math.min(...schedules.map(({ leadMs = 0 }) => leadMs)) / SECOND_MS;
}

/**
 * What the functions of a schedule with a lead are billed for holding its ticks; none without a lead. It is an upper bound: a
 * function starts 100 to 300 ms after its dispatch, and holds for the rest.
 */
export function holdingUsage(schedule: ScheduleDescription): PartUsage[] {
  const { leadMs, targets, name } = schedule;
  if (!leadMs) return [];
  const heldS = (ticksPerMinute(schedule) * targets.functions * leadMs) / SECOND_MS;
  const what = `the target's: it holds each tick through its lead, at ${HOLDING_TARGET_MB} MB`;
  return [usageOf(name)("target", "lambdaGbSecond", what, gbSeconds(heldS, HOLDING_TARGET_MB))];
}

/** GB of log for this many invocations and lines of this project's functions. */
export function logGb(invocations: number, lines: number): number {
  return (invocations * ASSUMED.platformLogBytes + lines * ASSUMED.logLineBytes) / BYTES_PER_GB;
}

/** GB-seconds of a function. @param durationS s in all. @param memory MB. */
export function gbSeconds(durationS: number, memory: number): number {
  return (durationS * memory) / MB_PER_GB;
}
