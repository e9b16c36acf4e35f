import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { CommanderError } from "commander";
import { type Benchmark, readBenchmark } from "../compare/benchmark";
import { readCompareOptions } from "../compare/compare-options";
import { compareStrategies } from "../compare/comparison";
import { renderComparison } from "../compare/table";

/** Where a benchmark is recorded, from the checkout's root. */
const BENCHMARK = "docs/benchmarks.json";

/** `npm run compare [-- --interval 10s] [--json]`. Exit code 2 for a wrong command line, 1 for a benchmark that cannot be read. */
function main(): void {
  const { interval, json } = readCompareOptions(process.argv.slice(2));
  const comparison = compareStrategies(interval, recordedBenchmark());
  const colour = process.stdout.isTTY === true && !process.env.NO_COLOR;
  console.log(json ? JSON.stringify(comparison, null, 2) : renderComparison(comparison, { colour }));
}

function recordedBenchmark(): Benchmark | null {
  try {
    return readBenchmark(readFileSync(resolve(__dirname, "..", "..", BENCHMARK), "utf8"), BENCHMARK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

try {
  main();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
