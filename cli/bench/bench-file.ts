import type { BenchRun } from "./figures";
import { environmentLine, type Load, type Machine } from "./machine";

/** `bench.json` and `docs/benchmarks.json`. `npm run compare` reads a part of it. */
export interface BenchFile {
  readonly schemaVersion: 1;
  /** ISO 8601, UTC, ms. */
  readonly recordedAt: string;
  /** The machine in one line: {@link environmentLine}. */
  readonly environment: string;
  readonly machine: Machine;
  /** Of the observation without faults, and of the one with faults; `null` if there was none with faults. */
  readonly load: { readonly usual: Load; readonly faults: Load | null };
  /** The command that repeats it. */
  readonly command: string;
  /** In the order of the variants, those without faults first. */
  readonly runs: readonly BenchRun[];
}

/** Figures are rounded to a thousandth of a ms, an invocation or a dollar. */
const PRECISION = 1_000;

/** A {@link BenchFile} as JSON, with its figures rounded. */
export function toBenchJson(about: Omit<BenchFile, "schemaVersion" | "environment">): string {
  const { recordedAt, ...rest } = about;
  const file: BenchFile = { schemaVersion: 1, recordedAt, environment: environmentLine(about.machine), ...rest };
  const rounded = (_: string, value: unknown) =>
    typeof value === "number" ? Math.round(value * PRECISION) / PRECISION : value;
  return `${JSON.stringify(file, rounded, 2)}\n`;
}
