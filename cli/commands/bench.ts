import { type Command, Option } from "commander";
import type { Duration } from "../../schedule/duration";
import type { BenchOptions } from "../bench/bench";
import type { Context } from "../lib/context";
import { durationOfADay, guide, wholeMinutes } from "../lib/options";

/** `metronome bench`. */
export function addBench(program: Command, context: Context): void {
  const command = program
    .command("bench")
    .summary("strategies side by side, measured")
    .description(
      "Deploys the strategies side by side on one embedded AWS, and measures their ticks, also while rules fail.",
    )
    .addOption(
      new Option("--for <duration>", "how long to observe, in whole minutes, such as 5m or 1h")
        .argParser(wholeMinutes)
        .default(5, "5m"),
    )
    .option("--no-faults", "do not observe them while their rules fire twice, late and not at all")
    .option("--out <dir>", "directory for bench.json and bench.md", ".metronome/bench")
    .option("--record", "write docs/benchmarks.json and docs/benchmarks.md (scale: docs/scale.md) as well", false)
    .addOption(
      new Option("--processor-share", "give each function the share of a processor that its memory buys on AWS")
        .default(false)
        .conflicts("record"),
    )
    .option("--render", "no run: make the figures of docs/benchmarks.md from docs/benchmarks.json", false)
    .action(async (options: BenchOptions) => {
      const { bench }: typeof import("../bench/bench") = require("../bench/bench");
      await bench(options, context);
    });
  const scale = command
    .command("scale")
    .summary("how a clock grows with its schedules, by calculation")
    .description(
      "Validates and synthesizes 1 to 10,000 schedules on each strategy, and measures time, memory, resources, planning, requests and cost.",
    )
    .option("--interval <duration>", "distance of two ticks, such as 10s or 5m", durationOfADay, "10s" as const)
    .action(({ interval }: { interval: Duration }, own: Command) => {
      const { benchScale }: typeof import("../bench/scale") = require("../bench/scale");
      // The option is the parent command's.
      benchScale({ interval, record: own.optsWithGlobals().record }, context);
    });
  guide(scale, { examples: [["bench scale"], ["bench scale --interval 1m", "slower"]], exits: { 0: "measured" } });
  guide(command, {
    examples: [["bench"], ["bench --for 2m --no-faults", "shorter"]],
    exits: { 0: "measured" },
  });
}
