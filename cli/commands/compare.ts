import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { PROJECT_DIR } from "../../host/work-dir";
import type { Duration } from "../../schedule/duration";
import type { Benchmark } from "../compare/benchmark";
import type { Context } from "../lib/context";
import { durationOfADay, guide } from "../lib/options";

/** File of the recorded benchmark, from the project's directory. */
const BENCHMARK = "docs/benchmarks.json";

/** `metronome compare`. */
export function addCompare(program: Command, { terminal }: Context): void {
  const command = program
    .command("compare")
    .summary("strategies side by side, by calculation")
    .description("Compares the strategies for one interval: precision, cost a month, what goes wrong, limits.")
    .option("--interval <duration>", "distance of two ticks, such as 10s, 45s or 5m", durationOfADay, "10s" as const)
    .option("--json", "print JSON, with each line of the cost", false)
    .action(({ interval, json }: { interval: Duration; json: boolean }) => {
      const { compareStrategies }: typeof import("../compare/comparison") = require("../compare/comparison");
      const { renderComparison }: typeof import("../compare/table") = require("../compare/table");
      const comparison = compareStrategies(interval, recordedBenchmark());
      console.log(json ? JSON.stringify(comparison, null, 2) : renderComparison(comparison, terminal));
    });
  guide(command, {
    examples: [["compare --interval 10s"], ["compare --interval 1m --json", "for programs"]],
    exits: { 0: "compared", 1: "error, as when docs/benchmarks.json cannot be read" },
  });
}

function recordedBenchmark(): Benchmark | null {
  const { readBenchmark }: typeof import("../compare/benchmark") = require("../compare/benchmark");
  try {
    return readBenchmark(readFileSync(join(PROJECT_DIR, BENCHMARK), "utf8"), BENCHMARK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
