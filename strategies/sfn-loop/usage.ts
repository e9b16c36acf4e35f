import type { ClockDescription, ScheduleDescription } from "../../schedule/clock";
import { greatestCommonDivisor } from "../../schedule/divisors";
import { MINUTE_MS, SECOND_MS } from "../../schedule/duration";
import { rateShares } from "../../schedule/hours";
import { TAKEOVER_GRACE_MS, wakeAt } from "../../schedule/plan";
import { dispatchAt } from "../../schedule/tick";
import {
  ASSUMED,
  gbSeconds,
  logGb,
  MB_PER_GB,
  MINUTE_S,
  type PartUsage,
  pauseUsage,
  sendingUsage,
  ticksPerMinute,
  usageOf,
} from "../usage";
import type { SfnLoopSettings } from "./settings";

/** Memory of the duplicate check in MB. */
export const DUPLICATE_CHECK_MEMORY = 256;

/** An Express execution is billed in chunks of this many MB; a loop stays within the first. */
const EXPRESS_CHUNK_MB = 64;
const S_PER_HOUR = 3_600;

/** Assumed durations in s. */
const LOOP = {
  /** A turn of the relative loop without its Wait: the drift in published logs. */
  relativeTurnS: 0.1,
  /** The duplicate check: a page of ListExecutions. */
  duplicateCheckS: 0.1,
  /** An Express execution that finds nothing to do; durations are billed in steps of 0.1 s. */
  emptyRunS: 0.1,
} as const;

type Use = ReturnType<typeof usageOf>;

/**
 * One schedule on its loop: a rule, one execution a minute, its invocations of the Iterator. During a pause each
 * execution ends after one invocation.
 */
export function loopUsage(
  strategy: SfnLoopSettings,
  schedule: ScheduleDescription,
  { tracing }: Pick<ClockDescription, "tracing">,
  firingSecond: number,
): PartUsage[] {
  const use = usageOf(schedule.name);
  const relative = strategy.pacing === "relative";
  const n = ticksPerMinute(schedule);
  // Under clock pacing one invocation plans. Under relative pacing there is such an invocation only during a pause.
  const plans = relative && schedule.paused === null ? 0 : 1;
  const calls = n + plans;
  const callS = n * (relative ? ASSUMED.callS : awakeMs(schedule) / SECOND_MS) + plans * ASSUMED.callS;
  const checks = strategy.duplicateCheck ? 1 : 0;
  return [
    use("rule", "ruleFiring", "firings", 1),
    ...machineUsage(use, strategy, schedule, firingSecond),
    ...(checks > 0 ? checkUsage(use) : []),
    use("Iterator", "lambdaRequest", plans ? "one a tick, one that plans" : "one a tick", calls),
    use("Iterator", "lambdaGbSecond", "its invocations", gbSeconds(callS, strategy.iteratorMemory)),
    use("Iterator", "logGb", "one line an invocation, and the platform's", logGb(calls, calls)),
    // What a traced execution invokes is in its trace.
    ...(tracing ? [use("state machine", "trace", "one an execution", 1)] : []),
    ...(relative ? [] : [claimUsage(use, strategy.horizon, schedule)]),
    pauseUsage(use, "a tick", n),
    // A relative tick is dispatched at once.
    ...sendingUsage(use, n, schedule.targets, !relative),
  ];
}

/** How long an invocation waits for its tick, in ms: it begins with a whole second. */
function awakeMs(schedule: ScheduleDescription): number {
  return dispatchAt(schedule, 0) - wakeAt(schedule, 0);
}

/** The state machine itself: by transition, or by execution and duration. */
function machineUsage(
  use: Use,
  strategy: SfnLoopSettings,
  schedule: ScheduleDescription,
  firingSecond: number,
): PartUsage[] {
  if (strategy.machineType === "STANDARD") return [transitions(use, strategy, schedule)];
  const runS =
    strategy.pacing === "relative" ? relativeRunS(schedule) : clockRunS(strategy.horizon, schedule, firingSecond);
  const gbHours = (runS * EXPRESS_CHUNK_MB) / MB_PER_GB / S_PER_HOUR;
  return [
    use("state machine", "expressRequest", "one a firing", 1),
    use("state machine", "expressGbHour", "duration, in chunks of 64 MB", gbHours),
  ];
}

/**
 * Three a tick (Iterator, IsCountReached, Wait). Each execution also has ConfigureCount, Done and the three of the
 * invocation that plans, and lacks the last Wait. The duplicate check has two (CheckRunning, IsAlreadyRunning).
 */
function transitions(use: Use, { pacing, duplicateCheck }: SfnLoopSettings, schedule: ScheduleDescription): PartUsage {
  const perRun = pacing === "relative" && schedule.paused === null ? 1 : 4;
  const what = `3 a tick, ${perRun} an execution${duplicateCheck ? ", 2 of its duplicate check" : ""}`;
  return use("state machine", "transition", what, 3 * ticksPerMinute(schedule) + perRun + (duplicateCheck ? 2 : 0));
}

/**
 * A plan claims its minutes, and each tick is claimed. A plan also tries to claim the newest tick that came due since
 * another execution claimed its minute, a horizon before, and is refused. A paused execution claims the newest overdue
 * tick if the policy is `latest`.
 */
function claimUsage(use: Use, horizon: number, schedule: ScheduleDescription): PartUsage {
  const paused = schedule.overdue === "latest" ? 1 : 0;
  const heldMs = (horizon - 1) * MINUTE_MS - TAKEOVER_GRACE_MS;
  const tried = Math.min(1, heldMs / schedule.intervalMs);
  const claims = schedule.paused === null ? ticksPerMinute(schedule) + horizon + tried : paused;
  return use("ledger", "ledgerWrite", "claims on minutes and ticks, including refused ones", claims);
}

function checkUsage(use: Use): PartUsage[] {
  const durationS = LOOP.duplicateCheckS;
  return [
    use("duplicate check", "lambdaRequest", "one an execution", 1),
    use("duplicate check", "lambdaGbSecond", "its invocations", gbSeconds(durationS, DUPLICATE_CHECK_MEMORY)),
    use("duplicate check", "logGb", "one line an invocation, and the platform's", logGb(1, 1)),
  ];
}

/**
 * Mean duration of an execution in s: from its firing to the dispatch of the last tick of the last minute of its horizon, because in
 * steady state it claims that minute. An execution whose minute has no tick ends at once.
 */
function clockRunS(horizon: number, schedule: ScheduleDescription, firingSecond: number): number {
  const { hours, paused } = schedule;
  if (paused !== null) return LOOP.emptyRunS;
  if (hours) {
    const rates = [...rateShares(hours)];
    const always = (intervalMs: number) =>
      clockRunS(horizon, { ...schedule, intervalMs, hours: undefined }, firingSecond);
    const idle = 1 - rates.reduce((sum, [, share]) => sum + share, 0);
    return rates.reduce((sum, [intervalMs, share]) => sum + share * always(intervalMs), idle * LOOP.emptyRunS);
  }
  const interval = schedule.intervalMs / SECOND_MS;
  // The grid meets a minute at every `step` seconds, in the long run each equally often.
  const step = greatestCommonDivisor(interval, MINUTE_S);
  const beforeTheEnd = (Math.min(interval, MINUTE_S) + step) / 2 - ((schedule.phaseMs / SECOND_MS) % step);
  const leadS = (schedule.leadMs ?? 0) / SECOND_MS;
  const runS = MINUTE_S * horizon - firingSecond - beforeTheEnd - leadS;
  const withTick = Math.min(1, MINUTE_S / interval);
  return withTick * runS + (1 - withTick) * LOOP.emptyRunS;
}

/** Duration of an execution of the published loop in s: its waits and its turns. */
function relativeRunS(schedule: ScheduleDescription): number {
  if (schedule.paused !== null) return LOOP.emptyRunS;
  return MINUTE_S - schedule.intervalMs / SECOND_MS + ticksPerMinute(schedule) * LOOP.relativeTurnS;
}
