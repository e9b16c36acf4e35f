import { Command, InvalidArgumentError } from "commander";
import { durationToMs, MINUTE_MS } from "../../schedule/duration";
import { FAULTS_TAKE_MINUTES } from "./faults";

/** The options of `npm run bench`. */
export interface BenchOptions {
  /** Clock minutes to observe the clocks for, without faults. */
  readonly minutes: number;
  /** Clock minutes to observe them for while their rules fail; 0 for none. */
  readonly faultMinutes: number;
  /** Directory for `bench.json` and `bench.md`. */
  readonly out: string;
  /** Whether to write the run to `docs/` as well, where `npm run compare` reads it. */
  readonly record: boolean;
  /** Whether only to write `docs/benchmarks.md` from `docs/benchmarks.json`, without a run. */
  readonly render: boolean;
}

/** The longest observation. */
const LONGEST_MS = 24 * 60 * MINUTE_MS;

/**
 * Reads the command line of `npm run bench`.
 *
 * @throws CommanderError for a wrong one, and for `--help`, after it has been printed.
 */
export function readBenchOptions(args: readonly string[]): BenchOptions {
  const {
    for: minutes,
    faults,
    out,
    record,
    render,
  } = new Command("npm run bench --")
    .description(
      "Deploys the strategies side by side on one embedded AWS, observes their ticks, and again while their rules fail.",
    )
    .option("--for <duration>", "how long to observe, in whole minutes, such as 5m or 1h", wholeMinutes, 5)
    .option("--no-faults", "do not observe them while their rules fire twice, late and not at all")
    .option("--out <dir>", "directory for bench.json and bench.md", ".metronome/bench")
    .option("--record", "write docs/benchmarks.json and docs/benchmarks.md as well", false)
    .option("--render", "write docs/benchmarks.md from docs/benchmarks.json, without a run", false)
    .helpOption("--help", "print this")
    .allowExcessArguments(false)
    .exitOverride()
    .parse(args, { from: "user" })
    .opts<{ for: number; faults: boolean; out: string; record: boolean; render: boolean }>();
  return { minutes, faultMinutes: faults ? Math.max(minutes, FAULTS_TAKE_MINUTES) : 0, out, record, render };
}

function wholeMinutes(text: string): number {
  const ms = durationToMs(text);
  if (!ms || ms % MINUTE_MS !== 0 || ms > LONGEST_MS) {
    throw new InvalidArgumentError('Write whole minutes or hours, at most 24h, like "5m" or "1h".');
  }
  return ms / MINUTE_MS;
}
