import type { ClockDescription } from "../schedule/clock";
import type { Schedule } from "../schedule/schedule";
import { isFunction, isQueue, isTopic } from "../schedule/target";
import type { Environment } from "./environment";

/** An environment in the domain's words. It has no address and no ARN: a reader of a plan needs none. */
export function describeClock({
  environment,
  region,
  strategy,
  retiring,
  schedules,
  tracing,
  monitoring: { metrics, alarms, dashboard },
}: Environment): ClockDescription {
  return {
    environment,
    region,
    strategy,
    retiring,
    schedules: schedules.map(({ targets, payload: _, ...same }) => ({ ...same, targets: countKinds(targets) })),
    tracing,
    monitoring: { metrics, alarms, dashboard },
  };
}

function countKinds(targets: Schedule["targets"]) {
  if (!targets) return { functions: 1, topics: 0, queues: 0 };
  const count = (is: (arn: string) => boolean) => targets.filter(is).length;
  return { functions: count(isFunction), topics: count(isTopic), queues: count(isQueue) };
}
