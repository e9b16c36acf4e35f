import { isTopic } from "../schedule/arn";
import type { ClockDescription, ScheduleDescription, Settings, WatchedWith } from "../schedule/clock";
import { durationToMs } from "../schedule/duration";
import { strategyOf } from "../strategies";
import { monitoringSettings } from "./monitoring";
import { tracedForFree } from "./tracing";
import type { EnvironmentConfig, ScheduleConfig, StrategyConfig } from "./types";

/** A strategy with its defaults. @throws ZodError for fields that are wrong. */
export function strategySettings(strategy: StrategyConfig): Settings {
  return strategyOf(strategy).schema.parse(strategy);
}

/** Whether an environment's functions are traced: as it says, or where that costs nothing. */
export function isTraced({ tracing, schedules }: Pick<EnvironmentConfig, "tracing" | "schedules">): boolean {
  return tracing ?? tracedForFree(schedules.map(({ interval }) => interval));
}

/** Why a schedule is paused, by itself or with its whole environment; `null` where it ticks. */
export function pauseOf(
  environment: Pick<EnvironmentConfig, "enabled" | "note">,
  schedule: Pick<ScheduleConfig, "enabled" | "note">,
): string | null {
  if (schedule.enabled === false) return schedule.note ?? "";
  return environment.enabled === false ? (environment.note ?? "") : null;
}

/** An environment in the domain's words. @param name the environment's. */
export function describeClock(name: string, environment: EnvironmentConfig): ClockDescription {
  return {
    environment: name,
    region: environment.region,
    strategy: strategySettings(environment.strategy),
    retiring: environment.retiring ? strategySettings(environment.retiring) : null,
    schedules: environment.schedules.map((schedule) => describeSchedule(environment, schedule)),
    tracing: isTraced(environment),
    monitoring: watchedWith(environment),
  };
}

/** No address is among it: whoever reads a plan needs none. */
function watchedWith(environment: EnvironmentConfig): WatchedWith {
  const { metrics, alarms, dashboard } = monitoringSettings(environment);
  return { metrics, alarms, dashboard };
}

function describeSchedule(environment: EnvironmentConfig, schedule: ScheduleConfig): ScheduleDescription {
  const topics = schedule.targets?.filter(isTopic).length ?? 0;
  return {
    name: schedule.name,
    intervalMs: durationToMs(schedule.interval) ?? 0,
    phaseMs: durationToMs(schedule.phase ?? "0s") ?? 0,
    catchUpMs: durationToMs(schedule.catchUpWindow ?? schedule.interval) ?? 0,
    overdue: schedule.overdue ?? "skip",
    targets: { functions: schedule.targets ? schedule.targets.length - topics : 1, topics },
    paused: pauseOf(environment, schedule),
  };
}
