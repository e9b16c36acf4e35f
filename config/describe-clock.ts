import type { ClockDescription } from "../schedule/clock";
import type { Schedule } from "../schedule/schedule";
import { isTopic } from "../schedule/target";
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
    schedules: schedules.map(({ targets, payload: _, ...same }) => ({ ...same, targets: countTargets(targets) })),
    tracing,
    monitoring: { metrics, alarms, dashboard },
  };
}

function countTargets(targets: Schedule["targets"]) {
  const topics = targets?.filter(isTopic).length ?? 0;
  return { functions: targets ? targets.length - topics : 1, topics };
}
