import type { Command } from "commander";
import type { Context } from "../lib/context";
import { guide, wholeMinutes } from "../lib/options";

/** Options of `metronome bench`. */
export interface BenchOptions {
  /** Clock minutes for which the undisturbed clocks are observed. */
  readonly for: number;
  /** Whether they are observed again while their rules fail. */
  readonly faults: boolean;
  /** Directory for `bench.json` and `bench.md`. */
  readonly out: string;
  /** Whether the run is also written to `docs/`, which `compare` reads. */
  readonly record: boolean;
  /** Whether there is no run: `docs/benchmarks.md` is made from `docs/benchmarks.json`. */
  readonly render: boolean;
}

/** `metronome bench`. */
export function addBench(program: Command, context: Context): void {
  const command = program
    .command("bench")
    .summary("strategies side by side, measured")
    .description(
      "Deploys the strategies side by side on one embedded AWS, and measures their ticks, also while rules fail.",
    )
    .option("--for <duration>", "how long to observe, in whole minutes, such as 5m or 1h", wholeMinutes, 5)
    .option("--no-faults", "do not observe them while their rules fire twice, late and not at all")
    .option("--out <dir>", "where bench.json and bench.md go", ".metronome/bench")
    .option("--record", "write docs/benchmarks.json and docs/benchmarks.md as well", false)
    .option("--render", "no run: make docs/benchmarks.md from docs/benchmarks.json", false)
    .action(async (options: BenchOptions) => {
      const { bench } = require("../bench/bench") as typeof import("../bench/bench");
      await bench(options, context);
    });
  guide(command, {
    examples: [["bench"], ["bench --for 2m --no-faults", "shorter"]],
    exits: { 0: "measured" },
  });
}
