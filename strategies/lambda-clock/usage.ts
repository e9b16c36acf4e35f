import type { ScheduleDescription } from "../../schedule/clock";
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
import type { LambdaClockSettings } from "./settings";

/** Memory of the analyser in MB. */
export const ANALYSER_MEMORY = 128;

/** The rules and the waiting of LambdaClock, which all schedules share. If all are paused, it ends at once. */
export function wakingUsage(
  strategy: LambdaClockSettings,
  schedules: readonly ScheduleDescription[],
  tracing: boolean,
  firingSecond: number,
): PartUsage[] {
  const shared = usageOf(null);
  const ticking = schedules.filter(({ paused }) => paused === null);
  // It ends with the last tick of its last minute, the one with the shortest lead.
  const waitS =
    ticking.length > 0 ? MINUTE_S * strategy.horizon - firingSecond - shortestLeadS(ticking) : ASSUMED.callS;
  return [
    shared("rule", "ruleFiring", "firings of the five rules", 1),
    shared("LambdaClock", "lambdaRequest", "one a firing", 1),
    shared(
      "LambdaClock",
      "lambdaGbSecond",
      "waiting to the end of its horizon",
      gbSeconds(waitS, strategy.clockMemory),
    ),
    shared("LambdaClock", "logGb", "the platform's lines", logGb(1, 0)),
    ...(tracing ? [shared("LambdaClock", "trace", "one a firing", 1)] : []),
  ];
}

/**
 * A data key encrypts the messages of a topic for up to so many minutes, and takes two requests to KMS (SNS Developer
 * Guide, "Estimating AWS KMS costs").
 */
const DATA_KEY_MINUTES = 5;
const REQUESTS_A_DATA_KEY = 2;

/** What the ticks of one schedule add. Each firing that serves a tick's minute claims it; one of them publishes it. */
export function publishingUsage(strategy: LambdaClockSettings, schedule: ScheduleDescription): PartUsage[] {
  const own = usageOf(schedule.name);
  const n = ticksPerMinute(schedule);
  const claims = n * strategy.horizon;
  const { topics, queues, functions } = schedule.targets;
  return [
    own("ledger", "ledgerWrite", "claims on ticks, including refused ones", claims),
    schedule.paused === null
      ? own("LambdaClock", "logGb", "one line a claim", logGb(0, claims))
      : own("LambdaClock", "logGb", "one line a firing, which says that it is paused", logGb(0, 1)),
    // An upper bound: the ticks of one minute share a read.
    pauseUsage(own, "a tick", n),
    ...sendingUsage(own, n, { topics: topics + (functions > 0 ? 1 : 0), queues }),
    ...(functions > 0 ? ownTopicUsage(own, n, functions) : []),
  ];
}

/** What a schedule's own topic adds, to which its functions and the analyser are subscribed. @param n ticks a minute. */
function ownTopicUsage(own: ReturnType<typeof usageOf>, n: number, functions: number): PartUsage[] {
  const dataKeys = Math.min(n, 1 / DATA_KEY_MINUTES);
  return [
    own("topics", "topicDelivery", "to the functions and the analyser", n * (1 + functions)),
    own("topics", "keyRequest", "for the data keys of the schedule's own topic", REQUESTS_A_DATA_KEY * dataKeys),
    own("analyser", "lambdaRequest", "one a tick", n),
    own("analyser", "lambdaGbSecond", "its invocations", gbSeconds(n * ASSUMED.callS, ANALYSER_MEMORY)),
    own("analyser", "logGb", "one line a tick, and the platform's", logGb(n, n)),
  ];
}
