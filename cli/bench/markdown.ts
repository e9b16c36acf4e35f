import { MINUTE_MS } from "../../schedule/duration";
import { table } from "../terraform/markdown";
import type { BenchFile } from "./bench-file";
import { benchTable } from "./cells";
import { FAULTS_TEXT } from "./faults";
import type { BenchRun } from "./figures";
import { loadText } from "./machine";
import { PUBLISHED } from "./published";

/** `bench.md`: the run's figures, under headings of the second level. */
export function benchMarkdown(file: BenchFile): string {
  const { environment, recordedAt, load, runs, command } = file;
  const usual = runs.filter(({ faults }) => !faults);
  const broken = runs.filter(({ faults }) => faults);
  return `${[
    `**Recorded ${minuteUtc(recordedAt)} on ${environment}.**`,
    `Repeat it with \`${command}\`. All clocks ran side by side on one embedded AWS, each dispatching at a second of its own.`,
    ...busyText(file),
    "## Undisturbed",
    `${spanText(usual)}; ${loadText(load.usual)}.`,
    section(usual),
    ...(broken.length > 0 && load.faults
      ? ["## With faults", `${spanText(broken)}: ${FAULTS_TEXT}; ${loadText(load.faults)}.`, section(broken)]
      : []),
  ].join("\n\n")}\n`;
}

/** `docs/benchmarks.md`: the run, how to read its figures, and the published ones. */
export function benchmarksPage(file: BenchFile): string {
  return `${[
    "# Benchmarks",
    "Written by `npm run bench -- --record` with [benchmarks.json](benchmarks.json), which `npm run compare` reads. Do not edit it.",
    "**These figures are of the embedded AWS, not of AWS.** They show what the code itself adds, that it keeps its grid, and " +
      "what each strategy does when its rule fails. They do not contain what AWS adds (a function's start, SNS, a transition): " +
      "see [strategies.md](strategies.md#precision).",
    benchMarkdown(file).trimEnd(),
    "## How to read it",
    HOW_TO_READ.map((line) => `- ${line}`).join("\n"),
    "## What the articles published",
    ...PUBLISHED.map(
      ({ what, figure, source, butOurs }) => `**${what}:** ${figure} (${source}). *The difference:* ${butOurs}`,
    ),
    beside(file),
  ].join("\n\n")}\n`;
}

const HOW_TO_READ: readonly string[] = [
  "Skew is signed: early is negative. Dispatch skew is the instant of the dispatch minus the tick's instant on the grid; " +
    "start skew is the instant its target began minus that instant.",
  "Relative pacing has no grid. Its skew is measured from the previous tick plus the interval, so it is the drift of one turn of " +
    "the loop. The first tick of an execution has no skew. A gap between executions shows as missed ticks.",
  "Drift is the median excess of the gaps within a minute; the jump is the median at the edge of the minute.",
  "p99 of fewer than 100 ticks is the largest value or close to it.",
  "Invocations (without the targets') and transitions are counted in logs and histories; the model is " +
    "`cli/cost/`, for a clock without faults. Only STANDARD state machines are billed by transition.",
  "US$ a month is the model's: 30 days, list prices, before free tiers, rules firing at second 30; least and " +
    "most: at second 59 and at second 0.",
  "The load average includes all work on the machine, this benchmark too.",
];

/** This project's figures that are closest to the published ones. */
function beside({ runs }: BenchFile): string {
  const usual = runs.filter(({ faults }) => !faults);
  const lines = usual.flatMap(({ title, publishToStartMs, driftPerTickMs, edgeJumpMs }) => [
    ...(publishToStartMs?.average != null && publishToStartMs.standardDeviation != null
      ? [
          `${title}: publish to start, measured as in the article, mean ${publishToStartMs.average.toFixed(2)} ms, ` +
            `SD ${publishToStartMs.standardDeviation.toFixed(2)} ms, n = ${publishToStartMs.count}.`,
        ]
      : []),
    ...(driftPerTickMs !== null && edgeJumpMs !== null
      ? [`${title}: ${driftPerTickMs.toFixed(1)} ms a tick within a minute, ${edgeJumpMs.toFixed(1)} ms at its edge.`]
      : []),
  ]);
  return ["This project's closest figures, on the embedded AWS:", lines.map((line) => `- ${line}`).join("\n")].join(
    "\n\n",
  );
}

function section(runs: readonly BenchRun[]): string {
  const { head, rows } = benchTable(runs);
  return table(head, rows);
}

/** A warning if the load was above the number of cores. */
function busyText({ machine: { cores }, load }: BenchFile): string[] {
  const loads = [load.usual, ...(load.faults ? [load.faults] : [])].flatMap(({ start, end }) => [start, end]);
  if (Math.max(...loads) <= cores) return [];
  return [
    `**Other work ran beside it:** the load average was above the ${cores} cores, so the largest skews may be that work's. ` +
      "Repeat it on an idle machine.",
  ];
}

function spanText([first]: readonly BenchRun[]): string {
  if (!first) return "Nothing was observed";
  const { from, to } = first.span;
  return `${(Date.parse(to) - Date.parse(from)) / MINUTE_MS} minutes, ${from.slice(11, 19)} to ${to.slice(11, 19)} UTC`;
}

function minuteUtc(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`;
}
