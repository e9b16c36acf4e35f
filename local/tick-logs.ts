import { scheduleSpec } from "../config/schedule-spec";
import type { EnvironmentConfig } from "../config/types";
import { functionLogGroup, physicalName } from "../constructs/naming";
import type { ScheduleTiming } from "../schedule/outcome";
import type { StrategyKind } from "../schedule/tick";

/** The functions of each strategy that log ticks, by their role. */
const TICK_LOGGERS: Readonly<Record<StrategyKind, readonly string[]>> = {
  "sfn-loop": ["iterator", "sample-target"],
  "lambda-clock": ["LambdaClock", "latency-analyser", "sample-target"],
};

/** The log groups in which an environment's ticks are found. */
export function tickLogGroups(name: string, { strategy }: EnvironmentConfig): string[] {
  return TICK_LOGGERS[strategy.kind].map((role) => functionLogGroup(physicalName(name, role)));
}

/** An environment's schedules as a report judges them. */
export function scheduleTimings({ strategy, schedules }: EnvironmentConfig): ScheduleTiming[] {
  const pacing = strategy.kind === "sfn-loop" ? (strategy.pacing ?? "clock") : "clock";
  return schedules.map((schedule) => ({ ...scheduleSpec(schedule, strategy.kind), pacing }));
}
