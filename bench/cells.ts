import type { Statistics } from "../report/statistics";
import { signed } from "../report/words";
import type { BenchRun } from "./figures";

/** One table of the benchmark: its head, and a row a run. The first column is text, the others are figures. */
export interface BenchTable {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Where there is nothing to say. */
const NONE = "–";

/** The tables over some runs: what came, both skews, and what it took. */
export function tablesOf(runs: readonly BenchRun[]): BenchTable[] {
  return [ticksTable(runs), skewTable(runs, "dispatch"), skewTable(runs, "start"), usageTable(runs)];
}

function ticksTable(runs: readonly BenchRun[]): BenchTable {
  return {
    title: "Ticks",
    head: ["", "every", "due", "on time", "late", "missed", "duplicate", "drift, ms a tick", "jump at the minute, ms"],
    rows: runs.map((run) => [
      run.title,
      `${run.intervalMs / 1_000} s`,
      ...[run.ticks, run.onTime, run.late, run.missed, run.duplicate].map(String),
      change(run.driftPerTickMs),
      change(run.edgeJumpMs),
    ]),
  };
}

function skewTable(runs: readonly BenchRun[], of: "dispatch" | "start"): BenchTable {
  return {
    title: of === "dispatch" ? "Dispatch skew, ms" : "Start skew, ms",
    head: ["", "n", "mean", "SD", "p50", "p95", "p99", "min", "max"],
    rows: runs.map((run) => [run.title, ...skewCells(of === "dispatch" ? run.dispatchSkewMs : run.startSkewMs)]),
  };
}

function skewCells(statistics: Statistics | null): string[] {
  if (!statistics) return ["0", ...Array<string>(7).fill(NONE)];
  const { count, mean, sd, p50, p95, p99, min, max } = statistics;
  return [String(count), signed(mean), sd.toFixed(1), ...[p50, p95, p99, min, max].map((ms) => signed(ms, 0))];
}

function usageTable(runs: readonly BenchRun[]): BenchTable {
  return {
    title: "What it took, and what a month costs",
    head: ["", "invocations a minute", "modelled", "transitions a minute", "modelled", "US$ a month", "from … to"],
    rows: runs.map(({ title, counted, modelled, usdPerMonth: { usd, lowUsd, highUsd } }) => [
      title,
      rate(counted.invocationsPerMinute),
      rate(modelled.invocationsPerMinute),
      rate(counted.transitionsPerMinute),
      rate(modelled.transitionsPerMinute),
      usd.toFixed(2),
      highUsd - lowUsd < 0.005 ? NONE : `${lowUsd.toFixed(2)} … ${highUsd.toFixed(2)}`,
    ]),
  };
}

function change(ms: number | null): string {
  return ms === null ? NONE : signed(ms);
}

function rate(perMinute: number | null): string {
  return perMinute === null ? NONE : String(Number(perMinute.toFixed(1)));
}
