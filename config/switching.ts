import type { Settings } from "../schedule/clock";
import { findStrategy, sameClock, strategyOf } from "../strategies";
import type { Problem } from "./combinations";
import { strategySettings } from "./describe-clock";
import type { EnvironmentConfig, ScheduleConfig, StrategyConfig } from "./types";

const isKnown = (strategy: StrategyConfig | undefined) =>
  strategy !== undefined && findStrategy(strategy?.kind)?.schema.safeParse(strategy).success;
const isRelative = (settings: Settings) => !strategyOf(settings).timing(settings).grid;
const strategyName = (settings: Settings) => strategyOf(settings).name(settings);

/** What is wrong with a handover: the two clocks of `strategy` and `retiring`. */
export function handoverProblems({ strategy, retiring }: EnvironmentConfig): Problem[] {
  // What is wrong on its own is told by the schema.
  if (!retiring || !isKnown(strategy) || !isKnown(retiring)) return [];
  const [next, old] = [strategySettings(strategy), strategySettings(retiring)];
  const relative = [...(isRelative(old) ? ["retiring"] : []), ...(isRelative(next) ? ["strategy"] : [])].map(
    (field) => ({
      path: [field],
      message:
        'has relative pacing, whose ticks have no grid: two clocks could not tell that they run the same tick. Leave "retiring" out, for a direct switch with a pause.',
    }),
  );
  if (relative.length > 0 || !sameClock(next, old)) return relative;
  return [
    {
      path: ["retiring"],
      message: `is the clock that "strategy" is, ${strategyName(next)}, which is changed in place. Leave it out.`,
    },
  ];
}

/** What is wrong with a pause: a note belongs to it, and to nothing else. */
export function pauseProblems(environment: EnvironmentConfig): Problem[] {
  const schedules = Array.isArray(environment.schedules) ? environment.schedules : [];
  return [
    ...noteProblems(environment, []),
    ...schedules.flatMap((schedule: ScheduleConfig, k) => noteProblems(schedule ?? {}, ["schedules", k])),
  ];
}

function noteProblems(
  { enabled, note }: Pick<ScheduleConfig, "enabled" | "note">,
  at: readonly (string | number)[],
): Problem[] {
  const path = [...at, "note"];
  if (enabled === false && note === undefined) {
    return [{ path, message: 'is no reason for the pause. Write why, such as note: "database migration".' }];
  }
  if (enabled !== false && note !== undefined) {
    return [
      { path, message: "belongs to a pause, and nothing is paused here. Leave it out, or write enabled: false." },
    ];
  }
  return [];
}
