import { type Amount, amount, minus, times } from "../../cli/cost/amount";
import type { Resource } from "../../cli/cost/prices";
import type { ScheduleDescription, WatchedWith } from "../../schedule/clock";
import { ASSUMED, gbSeconds, logGb, MINUTE_S, type Part, type PartUsage, pausedClaims, ticksPerMinute } from "../usage";
import { ANALYSER } from "./functions";
import type { LambdaClockSettings } from "./settings";

/** LambdaClock's rules and its waiting, which all schedules share. Where all are paused it ends at once. */
export function wakingUsage(
  strategy: LambdaClockSettings,
  schedules: readonly ScheduleDescription[],
  tracing: boolean,
  firingSecond: number,
): PartUsage[] {
  const shared = (part: Part, resource: Resource, what: string, perMinute: Amount): PartUsage => ({
    schedule: null,
    part,
    resource,
    what,
    perMinute,
  });
  const ticking = schedules.some(({ paused }) => paused === null);
  const waits = ticking ? minus(times(MINUTE_S, strategy.horizon), firingSecond) : amount(ASSUMED.callS);
  const one = amount(1);
  return [
    shared("rule", "ruleFiring", "firings of the five", one),
    shared("LambdaClock", "lambdaRequest", "one a firing", one),
    shared(
      "LambdaClock",
      "lambdaGbSecond",
      "waiting to the end of its horizon",
      gbSeconds(waits, strategy.clockMemory),
    ),
    shared("LambdaClock", "logGb", "the platform's lines", logGb(one, amount(0))),
    ...(tracing ? [shared("LambdaClock", "trace", "one a firing", one)] : []),
  ];
}

/** What the ticks of one schedule add. A tick is claimed by each firing that serves its minute, and published by one. */
export function publishingUsage(
  strategy: LambdaClockSettings,
  schedule: ScheduleDescription,
  watched: WatchedWith,
): PartUsage[] {
  const own = (part: Part, resource: Resource, what: string, perMinute: Amount): PartUsage => ({
    schedule: schedule.name,
    part,
    resource,
    what,
    perMinute,
  });
  const n = ticksPerMinute(schedule);
  const served = times(n, strategy.horizon);
  const { topics, functions } = schedule.targets;
  return [
    schedule.paused === null
      ? own("ledger", "ledgerWrite", "claims on ticks, refused ones too", served)
      : own("ledger", "ledgerWrite", "claims that count paused ticks", pausedClaims(schedule, watched)),
    schedule.paused === null
      ? own("LambdaClock", "logGb", "a line a claim", logGb(amount(0), served))
      : own("LambdaClock", "logGb", "a line a firing says that it is paused", logGb(amount(0), amount(1))),
    own("topics", "topicRequest", "a publish, and a request that opens the connection", times(2, n, 1 + topics)),
    own("topics", "topicDelivery", "to functions, and to the analyser", times(n, 1 + functions)),
    own("analyser", "lambdaRequest", "one a tick", n),
    own("analyser", "lambdaGbSecond", "its calls", gbSeconds(times(n, ASSUMED.callS), ANALYSER.memory)),
    own("analyser", "logGb", "a line a tick, and the platform's", logGb(n, n)),
  ];
}
