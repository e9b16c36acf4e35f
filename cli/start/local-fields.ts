import type { EnvironmentConfig, ScheduleConfig, StrategyConfig } from "../../config/schema";
import { type Duration, durationToMs, type FineDuration, msToDuration } from "../../schedule/duration";
import { strategyOf } from "../../strategies";
import { UsageError } from "../lib/exit";
import type { LocalFields } from "./session";

/** The clock that `start` is asked for. @default each as the configuration says */
export interface ClockOptions {
  readonly strategy?: string;
  readonly interval?: Duration;
  readonly pacing?: string;
  readonly lead?: FineDuration;
  /** When it ticks, each day in UTC. */
  readonly active?: { readonly from: string; readonly to: string };
  /** The interval at other times. @default it does not tick then */
  readonly otherwise?: Duration;
}

/**
 * The fields of the local environment that these options ask for, and sentences on what follows from them.
 *
 * @param config the local environment as the configuration writes it.
 * @throws UsageError if the strategy does not have the pacing, or if an interval is given for other times than none.
 */
export function fieldsFor(
  options: ClockOptions,
  config: Pick<EnvironmentConfig, "strategy" | "schedules">,
): { fields: LocalFields; notes: string[] } {
  const strategy = strategyFor(options, config.strategy);
  if (options.pacing && !strategyOf(strategy).pacings.includes(options.pacing)) {
    throw new UsageError(
      `the strategy ${strategy.kind} has no pacing ${options.pacing}: leave out --pacing, or choose another --strategy.`,
    );
  }
  if (options.otherwise && !options.active) {
    throw new UsageError("--otherwise is for the times outside of a window: give --active too, such as 14:05-14:07.");
  }
  const notes: string[] = [];
  const schedules = config.schedules.map((schedule): ScheduleConfig => {
    if (options.interval) return withInterval(schedule, options.interval);
    const { intervalMs, note } = strategyOf(strategy).serve({
      name: schedule.name,
      intervalMs: Math.min(...intervalsOf(schedule)),
    });
    if (note === null) return schedule;
    notes.push(note);
    return withInterval(schedule, msToDuration(intervalMs) as Duration);
  });
  const { lead } = options;
  const timed = schedules.map((one) => ({ ...withWindow(one, options), ...(lead && { lead }) }));
  return { fields: { strategy, schedules: timed }, notes };
}

/** The intervals that a schedule is written with, in ms. */
function intervalsOf({ interval }: ScheduleConfig): number[] {
  const all = typeof interval === "string" ? [interval] : interval.map((rate) => rate.interval);
  return all.map((one) => durationToMs(one) as number);
}

/** The schedule with a window and, if there is one, another interval outside of it. */
function withWindow(schedule: ScheduleConfig, { active: window, otherwise }: ClockOptions): ScheduleConfig {
  if (!window) return schedule;
  const { active: _, ...same } = schedule;
  const interval = msToDuration(Math.min(...intervalsOf(schedule))) as Duration;
  if (!otherwise) return { ...same, interval, active: [window] };
  return { ...same, interval: [{ active: [window], interval }, { interval: otherwise }] };
}

/** The configuration's strategy if its kind is asked for, with its settings; else the kind with its defaults. */
function strategyFor({ strategy: kind, pacing }: ClockOptions, configured: StrategyConfig): StrategyConfig {
  const strategy = kind === undefined || kind === configured.kind ? configured : ({ kind } as StrategyConfig);
  return pacing ? ({ ...strategy, pacing } as StrategyConfig) : strategy;
}

/** The schedule with another interval. What depends on the old one goes back to its default. */
function withInterval({ phase, catchUpWindow, ...schedule }: ScheduleConfig, interval: Duration): ScheduleConfig {
  return { ...schedule, interval };
}
