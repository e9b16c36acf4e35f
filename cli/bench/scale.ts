import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeClock } from "../../config/describe-clock";
import type { Environment } from "../../config/environment";
import { ConfigError, parseEnvironments } from "../../config/parse";
import type { EnvironmentConfig, Environments, ScheduleConfig } from "../../config/schema";
import { childEnvironment } from "../../host/child-environment";
import { PROJECT_DIR } from "../../host/work-dir";
import { burstsOfMinute } from "../../schedule/bursts";
import { MINUTE_MS } from "../../schedule/duration";
import { minuteOf } from "../../schedule/minute";
import { STRATEGIES, strategyOf } from "../../strategies";
import type { Variant } from "../../strategies/strategy";
import type { Resource } from "../../strategies/usage";
import { clockUsage } from "../cost/clock-usage";
import { estimateMonthlyCost } from "../cost/cost";
import type { Context } from "../lib/context";
import { dollars, wholeNumber } from "../lib/numbers";
import { framed } from "../lib/table";
import { table } from "../terraform/markdown";

/** How many schedules are measured. */
const COUNTS = [1, 10, 100, 1_000, 10_000] as const;

/** Dispatches at one instant that one pacer serves, as a planner with the default memory has it. */
const MOST_AT_ONCE = 13;

/** Requests to AWS that a clock makes or that are made for it; dispatches to functions are among the targets' own. */
const REQUESTS: readonly Resource[] = [
  "expressRequest",
  "lambdaRequest",
  "ledgerRead",
  "ledgerWrite",
  "queueRequest",
  "topicRequest",
];

/** What `stacks/measure-synth.ts` prints: time in ms, memory in MiB, Terraform resources of the clock's stack. */
interface SynthFigures {
  readonly synthMs: number;
  readonly maxRssMb: number;
  readonly resources: number;
}

/** What is measured: so many schedules at an interval on a strategy. */
interface ScaleCase {
  readonly strategy: Variant["strategy"];
  readonly schedules: number;
  readonly interval: ScheduleConfig["interval"];
}

/** An environment with many schedules that are spread over their interval, and without monitoring. */
function scaleEnvironment({ strategy, schedules, interval }: ScaleCase): EnvironmentConfig {
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
export function benchScale(
  { interval, record }: Pick<ScaleCase, "interval"> & { readonly record: boolean },
  { env }: Pick<Context, "env">,
): void {
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
      const figures = measure({ strategy, schedules, interval }, env);
      rows.push([title, wholeNumber(schedules), ...(figures ?? ["refused", ...head.slice(3).map(() => "")])]);
      // Beyond the first number that a strategy refuses there are only more.
      if (!figures) break;
    }
  }
  console.log(framed(head, rows, { figures: true, ruled: false }));
  if (record)
    writePage(`Every ${interval}, spread by \`phase: "auto"\`, one function as the target.\n\n${table(head, rows)}`);
}

/** The cells of a case behind its strategy and number; undefined if the strategy refuses it. */
function measure(one: ScaleCase, env: NodeJS.ProcessEnv): string[] | undefined {
  const environments = { scale: scaleEnvironment(one) };
  const environment = parsed(environments);
  if (!environment) return undefined;
  const { synthMs, maxRssMb, resources } = synthesized(environments, env);
  const { strategy, schedules } = environment;
  const clock = describeClock(environment);
  const grids = schedules.map(({ name, intervalMs, phaseMs }) => ({ name, intervalMs, phaseMs, dispatches: 1 }));
  const begun = performance.now();
  burstsOfMinute(grids, minuteOf(Date.now()), MOST_AT_ONCE);
  const planMs = performance.now() - begun;
  const requests = clockUsage(clock).filter(({ resource }) => REQUESTS.includes(resource));
  return [
    (synthMs / 1_000).toFixed(1),
    wholeNumber(Math.round(maxRssMb)),
    wholeNumber(resources),
    planMs.toFixed(0),
    wholeNumber(schedules.reduce((sum, { intervalMs }) => sum + MINUTE_MS / intervalMs, 0)),
    wholeNumber(Math.round(requests.reduce((sum, { perMinute }) => sum + perMinute, 0))),
    wholeNumber(strategyOf(strategy).concurrency(strategy, schedules)),
    dollars(estimateMonthlyCost(clock).totalUsd),
  ];
}

function parsed(environments: Environments): Environment | undefined {
  try {
    return parseEnvironments(environments).scale;
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

/** Synthesizes in a process of its own, so that the memory is its own. */
function synthesized(environments: Environments, env: NodeJS.ProcessEnv): SynthFigures {
  const output = execFileSync(process.execPath, ["-r", "tsx/cjs", join("stacks", "measure-synth.ts")], {
    cwd: PROJECT_DIR,
    env: childEnvironment("app", env),
    encoding: "utf8",
    input: JSON.stringify(environments),
    stdio: ["pipe", "pipe", "inherit"],
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
