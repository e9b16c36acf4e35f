import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { PROJECT_DIR } from "../../host/work-dir";
import type { BenchRun } from "./figures";

/** The machine that the benchmark ran on; memory in GiB. */
export type Machine = Readonly<ReturnType<typeof thisMachine>>;

/** The load average of one minute, at the beginning and the end of an observation. */
export interface Load {
  readonly start: number;
  readonly end: number;
}

const GIB = 2 ** 30;

/** This machine. @param terraform the version of Terraform. */
export function thisMachine(terraform: string) {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() || "unknown CPU",
    cores: all.length,
    memory: Math.round(totalmem() / GIB),
    os: `${type()} ${release()}`,
    node: process.version,
    terraform,
    emulator: `MiniStack ${emulatorVersion()}`,
  };
}

/** The load average of one minute. */
export function loadNow(): number {
  return Number((loadavg()[0] ?? Number.NaN).toFixed(2));
}

/** The version of the embedded AWS. @throws Error if its requirements do not pin one. */
function emulatorVersion(): string {
  const requirements = readFileSync(join(PROJECT_DIR, "emulator", "launcher", "requirements.txt"), "utf8");
  const version = /^ministack==(\S+)/m.exec(requirements)?.[1];
  if (version === undefined) throw new Error("emulator/launcher/requirements.txt does not pin ministack to a version");
  return version;
}

/** The machine in one line, which begins with: not AWS. */
function environmentLine({ cpu, cores, memory, os, node, terraform, emulator }: Machine): string {
  return (
    `embedded AWS (${emulator}), not AWS: ${cpu}, ${cores} cores, ${memory} GiB, ${os}, ` +
    `Node.js ${node}, Terraform ${terraform}`
  );
}

/** The load in words. */
export function loadText({ start, end }: Load): string {
  return `load average ${start.toFixed(2)} at the start, ${end.toFixed(2)} at the end`;
}

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
