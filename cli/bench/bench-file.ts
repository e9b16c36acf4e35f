import type { BenchRun } from "./figures";
import { environmentLine, type Load, type Machine } from "./machine";

/** `bench.json` and `docs/benchmarks.json`: what `npm run compare` reads, and more. */
export interface BenchFile {
  readonly schemaVersion: 1;
  /** ISO 8601, UTC, ms. */
  readonly recordedAt: string;
  /** {@link environmentLine} of the machine. */
  readonly environment: string;
  readonly machine: Machine;
  /** Of the observation without faults, and of that with them; `null` where there was none. */
  readonly load: { readonly usual: Load; readonly faults: Load | null };
  /** What to write to repeat it. */
  readonly command: string;
  /** In the order of the contestants, those without faults first. */
  readonly runs: readonly BenchRun[];
}

/** Digits behind the point: a thousandth of a ms, of an invocation, of a dollar. */
const PRECISION = 1_000;

/** A run as JSON, its figures rounded to three digits behind the point: {@link BenchFile}. */
export function toBenchJson(about: Omit<BenchFile, "schemaVersion" | "environment">): string {
  const { recordedAt, ...rest } = about;
  const file: BenchFile = { schemaVersion: 1, recordedAt, environment: environmentLine(about.machine), ...rest };
  const rounded = (_: string, value: unknown) =>
    typeof value === "number" ? Math.round(value * PRECISION) / PRECISION : value;
  return `${JSON.stringify(file, rounded, 2)}\n`;
}
