import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EnvironmentConfig, ScheduleConfig } from "../../config/schema";
import { PROJECT_DIR } from "../../host/work-dir";
import { STRATEGIES } from "../../strategies";
import type { Variant } from "../../strategies/strategy";
import type { Resource } from "../../strategies/usage";
import { dollars, wholeNumber } from "../lib/numbers";
import { framed } from "../lib/table";
import { table } from "../terraform/markdown";

/** How many schedules are measured. */
const COUNTS = [1, 10, 100, 1_000, 10_000] as const;

/** Requests to AWS that a clock makes or that are made for it; dispatches to functions are among the targets' own. */
export const REQUESTS: readonly Resource[] = [
  "expressRequest",
  "lambdaRequest",
  "ledgerRead",
  "ledgerWrite",
  "queueRequest",
  "topicRequest",
];

/** What is measured: so many schedules at an interval on a strategy. */
export interface ScaleCase {
  readonly strategy: Variant["strategy"];
  readonly schedules: number;
  readonly interval: ScheduleConfig["interval"];
}

/** What one case takes. Times in ms, memory in MiB, amounts in US$ a month. */
export interface ScaleFigures {
  /** To validate the configuration; and to validate and synthesize it. */
  readonly validatedMs: number;
  readonly synthMs: number;
  readonly maxRssMb: number;
  /** Terraform resources of the clock's stack. */
  readonly resources: number;
  /** To lay out one minute as bursts. */
  readonly planMs: number;
  readonly ticksPerMinute: number;
  readonly requestsPerMinute: number;
  /** Concurrent executions of the clock's functions, if none is late. */
  readonly concurrency: number;
  readonly usd: number;
}

/** An environment with many schedules that are spread over their interval, and without monitoring. */
export function scaleEnvironment({ strategy, schedules, interval }: ScaleCase): EnvironmentConfig {
  return {
    account: "111111111111",
    region: "us-east-1",
    strategy: strategy as EnvironmentConfig["strategy"],
    schedules: Array.from({ length: schedules }, (_, k) => ({
      name: `tenant-${k}`,
      interval,
      phase: "auto" as const,
      targets: ["arn:aws:lambda:us-east-1:111111111111:function:tenants"],
    })),
    backend: { bucket: "metronome-state-111111111111" },
    tracing: false,
    monitoring: { metrics: false, queries: false },
  };
}

/** The page that holds the recorded table, from the project's directory. */
const PAGE = join("docs", "scale.md");

/** `metronome bench scale`: how synthesis, planning, requests and costs grow with the number of schedules. */
export function benchScale({ interval, record }: Pick<ScaleCase, "interval"> & { readonly record: boolean }): void {
  const variants = Object.values(STRATEGIES).flatMap((one) => one.variants);
  const rows: string[][] = [];
  const head = [
    "strategy",
    "schedules",
    "synth, s",
    "memory, MB",
    "resources",
    "plan, ms",
    "ticks a minute",
    "requests a minute",
    "concurrency",
    "US$ a month",
  ];
  for (const { title, strategy } of variants) {
    for (const schedules of COUNTS) {
      const { refused, figures } = measure({ strategy, schedules, interval });
      // Beyond the first number that a strategy refuses there are only more.
      if (refused !== null || !figures) {
        rows.push([title, wholeNumber(schedules), "refused", ...head.slice(3).map(() => "")]);
        break;
      }
      rows.push([
        title,
        wholeNumber(schedules),
        (figures.synthMs / 1_000).toFixed(1),
        wholeNumber(Math.round(figures.maxRssMb)),
        wholeNumber(figures.resources),
        figures.planMs.toFixed(0),
        wholeNumber(figures.ticksPerMinute),
        wholeNumber(Math.round(figures.requestsPerMinute)),
        wholeNumber(figures.concurrency),
        dollars(figures.usd),
      ]);
    }
  }
  console.log(framed(head, rows, { figures: true, ruled: false }));
  if (record)
    writePage(`Every ${interval}, spread by \`phase: "auto"\`, one function as the target.\n\n${table(head, rows)}`);
}

function measure(one: ScaleCase): { readonly refused: string | null; readonly figures: ScaleFigures | null } {
  const args = ["-r", "tsx/cjs", join(PROJECT_DIR, "cli", "bench", "scale-one.ts"), JSON.stringify(one)];
  const output = execFileSync(process.execPath, args, {
    cwd: PROJECT_DIR,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(output.trim().split("\n").at(-1) as string);
}

/** Writes the table between the page's two marks. */
function writePage(figures: string): void {
  const path = join(PROJECT_DIR, PAGE);
  const page = readFileSync(path, "utf8");
  writeFileSync(
    path,
    page.replace(/(?<=<!-- figures -->\n\n).*(?=\n<!-- end of figures -->)/s, () => `${figures}\n`),
  );
}
