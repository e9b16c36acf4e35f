import { Command, InvalidArgumentError } from "commander";
import { durationToMs, MINUTE_MS } from "../../schedule/duration";
import { FAULTS_TAKE_MINUTES } from "./faults";

/** What `npm run bench` was asked for. */
export interface BenchOptions {
  /** Clock minutes that the undisturbed clocks are observed for. */
  readonly minutes: number;
  /** Clock minutes that they are observed for while their rules fail; 0 where they are not to. */
  readonly faultMinutes: number;
  /** Directory for `bench.json` and `bench.md`. */
  readonly out: string;
  /** Whether the run is also written to `docs/`, which `npm run compare` reads. */
  readonly record: boolean;
  /** Whether there is to be no run: `docs/benchmarks.md` is made anew from `docs/benchmarks.json`. */
  readonly render: boolean;
}

/** Longest observation. */
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
    .option("--out <dir>", "where bench.json and bench.md go", ".metronome/bench")
    .option("--record", "write docs/benchmarks.json and docs/benchmarks.md as well", false)
    .option("--render", "no run: make docs/benchmarks.md anew from docs/benchmarks.json", false)
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
