import { type Amount, amount, minus, plus, ratio, times } from "../../cli/cost/amount";
import type { Resource } from "../../cli/cost/prices";
import type { ClockDescription, ScheduleDescription, WatchedWith } from "../../schedule/clock";
import { SECOND_MS } from "../../schedule/duration";
import { LEAD_MS } from "../../schedule/lead";
import {
  ASSUMED,
  gbSeconds,
  logGb,
  MB_PER_GB,
  MINUTE_S,
  type Part,
  type PartUsage,
  pausedClaims,
  ticksPerMinute,
} from "../usage";
import { DUPLICATE_CHECK } from "./functions";
import type { SfnLoopSettings } from "./settings";

/** How long the Iterator waits for a tick, in s. */
export const ITERATOR_WAIT_S = LEAD_MS / SECOND_MS;

/** An Express run is billed in chunks of this many MB; a loop stays within the first. */
const EXPRESS_CHUNK_MB = 64;
const S_PER_HOUR = 3_600;

type Use = (part: Part, resource: Resource, what: string, perMinute: Amount) => PartUsage;

/** One schedule on its loop: a rule, a run a minute, its calls of the Iterator. In a pause each run ends after one call. */
export function loopUsage(
  strategy: SfnLoopSettings,
  schedule: ScheduleDescription,
  { tracing, monitoring }: Pick<ClockDescription, "tracing" | "monitoring">,
  firingSecond: number,
): PartUsage[] {
  const use: Use = (part, resource, what, perMinute) => ({
    schedule: schedule.name,
    part,
    resource,
    what,
    perMinute,
  });
  const relative = strategy.pacing === "relative";
  const n = ticksPerMinute(schedule);
  const { topics } = schedule.targets;
  // Clock pacing plans in a call of its own; a relative run has one only to hear that it is paused.
  const plans = relative && schedule.paused === null ? 0 : 1;
  const calls = plus(n, plans);
  const callS = plus(times(n, relative ? ASSUMED.callS : ITERATOR_WAIT_S), times(plans, ASSUMED.callS));
  const checks = strategy.duplicateCheck ? 1 : 0;
  return [
    use("rule", "ruleFiring", "firings", amount(1)),
    ...machineUsage(use, strategy, schedule, firingSecond),
    ...(checks > 0 ? checkUsage(use) : []),
    use("Iterator", "lambdaRequest", plans ? "one a tick, one that plans" : "one a tick", calls),
    use("Iterator", "lambdaGbSecond", "its calls", gbSeconds(callS, strategy.iteratorMemory)),
    use("Iterator", "logGb", "a line a call, and the platform's", logGb(calls, calls)),
    ...(tracing ? [use("Iterator", "trace", "one a call of a function", plus(calls, checks))] : []),
    ...(relative ? [] : [claimUsage(use, strategy.horizon, schedule, monitoring)]),
    ...(topics > 0
      ? [
          // A relative tick is dispatched at once, so no connection is opened ahead of it.
          relative
            ? use("topics", "topicRequest", "publishes", times(n, topics))
            : use("topics", "topicRequest", "a publish, and a request that opens the connection", times(2, n, topics)),
        ]
      : []),
  ];
}

/** The state machine itself: by transition, or by run and duration. */
function machineUsage(
  use: Use,
  strategy: SfnLoopSettings,
  schedule: ScheduleDescription,
  firingSecond: number,
): PartUsage[] {
  const runS =
    strategy.pacing === "relative" ? relativeRunS(schedule) : clockRunS(strategy.horizon, schedule, firingSecond);
  switch (strategy.machineType) {
    case "STANDARD":
      return [transitions(use, strategy, schedule)];
    case "EXPRESS":
      return [
        use("state machine", "expressRequest", "one a firing", amount(1)),
        use(
          "state machine",
          "expressGbHour",
          "duration, in chunks of 64 MB",
          times(runS, ratio(EXPRESS_CHUNK_MB, MB_PER_GB), ratio(1, S_PER_HOUR)),
        ),
      ];
  }
}

/**
 * Three a tick (Iterator, IsCountReached, Wait). A run besides has ConfigureCount and Done but no last Wait, and the three
 * of the call that plans; the duplicate check has two (CheckRunning, IsAlreadyRunning).
 */
function transitions(use: Use, { pacing, duplicateCheck }: SfnLoopSettings, schedule: ScheduleDescription): PartUsage {
  const perRun = pacing === "relative" && schedule.paused === null ? 1 : 4;
  const what = `3 a tick, ${perRun} a run${duplicateCheck ? ", 2 its duplicate check" : ""}`;
  const perMinute = plus(times(3, ticksPerMinute(schedule)), perRun, duplicateCheck ? 2 : 0);
  return use("state machine", "transition", what, perMinute);
}

/**
 * A plan claims its minutes, another call its tick. In a pause a run claims what it counts and, where overdue ticks are
 * caught up, the newest.
 */
function claimUsage(use: Use, horizon: number, schedule: ScheduleDescription, watched: WatchedWith): PartUsage {
  const perMinute =
    schedule.paused === null
      ? plus(ticksPerMinute(schedule), horizon)
      : plus(pausedClaims(schedule, watched), schedule.overdue === "latest" ? 1 : 0);
  return use("ledger", "ledgerWrite", "claims on minutes and ticks, refused ones too", perMinute);
}

function checkUsage(use: Use): PartUsage[] {
  const one = amount(1);
  return [
    use("duplicate check", "lambdaRequest", "one a run", one),
    use(
      "duplicate check",
      "lambdaGbSecond",
      "its calls",
      gbSeconds(amount(ASSUMED.duplicateCheckS), DUPLICATE_CHECK.memory),
    ),
    use("duplicate check", "logGb", "a line a call, and the platform's", logGb(one, one)),
  ];
}

/**
 * How long a run lasts on average, in s: from its firing to the last tick of the last minute of its horizon, for in
 * steady state it is that minute it claims. A minute without a tick ends at once.
 */
function clockRunS(horizon: number, schedule: ScheduleDescription, firingSecond: number): Amount {
  if (schedule.paused !== null) return amount(ASSUMED.emptyRunS);
  const interval = schedule.intervalMs / SECOND_MS;
  // The grid meets a minute at every `step` seconds, in the long run each equally often.
  const step = greatestCommonDivisor(interval, MINUTE_S);
  const beforeTheEnd = minus(ratio(Math.min(interval, MINUTE_S) + step, 2), (schedule.phaseMs / SECOND_MS) % step);
  const run = minus(times(MINUTE_S, horizon), firingSecond, beforeTheEnd);
  if (interval <= MINUTE_S) return run;
  const withTick = ratio(MINUTE_S, interval);
  return plus(times(withTick, run), times(minus(1, withTick), ASSUMED.emptyRunS));
}

/** How long a run of the published loop lasts, in s: its waits, and its turns. */
function relativeRunS(schedule: ScheduleDescription): Amount {
  if (schedule.paused !== null) return amount(ASSUMED.emptyRunS);
  return plus(minus(MINUTE_S, schedule.intervalMs / SECOND_MS), times(ticksPerMinute(schedule), ASSUMED.relativeTurnS));
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
