import { Command, InvalidArgumentError, Option } from "commander";
import type { Environment } from "../../config/environment";
import type { EnvironmentConfig, ScheduleConfig, StrategyConfig } from "../../config/schema";
import { type Duration, durationToMs, msToDuration } from "../../schedule/duration";
import type { Schedule } from "../../schedule/schedule";
import { kinds, STRATEGIES, strategyOf } from "../../strategies";
import type { LocalFields } from "./session";

/** What `npm start` was asked for. */
export interface StartOptions {
  readonly strategy?: string;
  readonly interval?: Duration;
  readonly pacing?: string;
  /** Span that is followed, counted from the first tick; ms. */
  readonly forMs: number;
  /** Directory for `ticks.jsonl`, `report.json` and `report.html`. */
  readonly out: string;
  /** Whether the embedded AWS goes on afterwards. */
  readonly keep: boolean;
}

/** Span that is followed by default. */
const DEFAULT_FOR = "2m";

/**
 * Reads the command line of `npm start`.
 *
 * @throws CommanderError for a wrong one, and for `--help`, after it has been printed.
 */
export function readStartOptions(args: readonly string[]): StartOptions {
  const command = new Command("npm start --")
    .description("Deploys the local environment to an embedded AWS with cdktf deploy, follows its ticks, and reports.")
    .addOption(new Option("--strategy <kind>", "how the clock keeps time").choices(kinds()))
    .option("--interval <duration>", "distance of two ticks, such as 10s, 45s or 5m", duration)
    .addOption(new Option("--pacing <pacing>", `of ${paced().join(" or ")}`).choices(pacings()))
    .option("--for <duration>", "how long to follow, counted from the first tick", duration, DEFAULT_FOR)
    .option("--out <dir>", "where ticks.jsonl, report.json and report.html go", ".metronome/report")
    .option("--keep", "leave the embedded AWS running (npm stop ends it)", false)
    .helpOption("--help", "print this")
    .allowExcessArguments(false)
    .exitOverride();
  const { for: span, ...options } = command.parse(args, { from: "user" }).opts();
  return { ...options, forMs: durationToMs(span) } as StartOptions;
}

function duration(text: string): string {
  if (!durationToMs(text))
    throw new InvalidArgumentError('Write whole seconds, minutes or hours, like "10s", "3m" or "1h".');
  return text;
}

/** The kinds of strategies that have a pacing. */
function paced(): string[] {
  return kinds().filter((kind) => STRATEGIES[kind]?.pacings.length);
}

function pacings(): string[] {
  return [...new Set(Object.values(STRATEGIES).flatMap((strategy) => strategy.pacings))];
}

/**
 * The fields of the local environment that these options ask for, and sentences on what follows from them.
 *
 * @param config the local environment as the configuration writes it.
 * @param configured the same, resolved.
 * @throws RangeError if a pacing is asked of a strategy that has none.
 */
export function fieldsFor(
  options: StartOptions,
  config: EnvironmentConfig,
  configured: Pick<Environment, "schedules">,
): { fields: LocalFields; notes: string[] } {
  const strategy = strategyFor(options, config.strategy);
  const { pacings, serve } = strategyOf(strategy);
  if (options.pacing && !pacings.includes(options.pacing)) {
    const kinds = paced().join(" or ");
    throw new RangeError(
      `--pacing ${options.pacing} is for ${kinds}, and the strategy is ${strategy.kind}. Leave it out, or add --strategy ${kinds}.`,
    );
  }
  const notes: string[] = [];
  const schedules = config.schedules.map((schedule, k): ScheduleConfig => {
    if (options.interval) return withInterval(schedule, options.interval);
    const { intervalMs, note } = serve(configured.schedules[k] as Schedule);
    if (note === null) return schedule;
    notes.push(note);
    return withInterval(schedule, msToDuration(intervalMs) as Duration);
  });
  return { fields: { strategy, schedules }, notes };
}

/** The configuration's strategy if its kind is asked for, so that its settings are kept; else the kind with its defaults. */
function strategyFor({ strategy: kind, pacing }: StartOptions, configured: StrategyConfig): StrategyConfig {
  const strategy = kind === undefined || kind === configured.kind ? configured : ({ kind } as StrategyConfig);
  return pacing ? ({ ...strategy, pacing } as StrategyConfig) : strategy;
}

/** The schedule with another interval; what was measured against the old one goes back to its default. */
function withInterval({ phase, catchUpWindow, ...schedule }: ScheduleConfig, interval: Duration): ScheduleConfig {
  return { ...schedule, interval };
}
