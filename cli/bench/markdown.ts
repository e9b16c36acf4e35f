import { MINUTE_MS } from "../../schedule/duration";
import { table } from "../terraform/markdown";
import type { BenchFile } from "./bench-file";
import { benchTable } from "./cells";
import { FAULTS_TEXT } from "./faults";
import type { BenchRun } from "./figures";
import { loadText } from "./machine";
import { PUBLISHED } from "./published";

/** `bench.md`: the run's figures, under headings of the second level and below. */
export function benchMarkdown(file: BenchFile): string {
  const { environment, recordedAt, load, runs, command } = file;
  const usual = runs.filter(({ faults }) => !faults);
  const broken = runs.filter(({ faults }) => faults);
  return `${[
    `**Recorded ${minuteUtc(recordedAt)} on ${environment}.**`,
    `Repeat it with \`${command}\`. All ran side by side on one emulator; each dispatches at a second of its own.`,
    ...busyText(file),
    "## Undisturbed",
    `${spanText(usual)}; ${loadText(load.usual)}.`,
    section(usual),
    ...(broken.length > 0 && load.faults
      ? ["## With faults", `${spanText(broken)}: ${FAULTS_TEXT}; ${loadText(load.faults)}.`, section(broken)]
      : []),
  ].join("\n\n")}\n`;
}

/** `docs/benchmarks.md`: what the figures are, the run, and what others have published beside it. */
export function benchmarksPage(file: BenchFile): string {
  return `${[
    "# Benchmarks",
    "Written by `npm run bench -- --record` with [benchmarks.json](benchmarks.json), which `npm run compare` reads. Do not edit it.",
    "**These are the emulator's figures, not AWS's.** They show what the code adds of its own, that it keeps its grid, and " +
      "what each strategy does when its rule fails. What AWS adds (a function's start, SNS, a transition) is not in them; " +
      "[strategies.md](strategies.md#precision) says what is known of that.",
    benchMarkdown(file).trimEnd(),
    "## How to read it",
    HOW_TO_READ.map((line) => `- ${line}`).join("\n"),
    "## What the articles published",
    ...PUBLISHED.map(
      ({ what, figure, source, butOurs }) => `**${what}:** ${figure} (${source}). *Not the same thing:* ${butOurs}`,
    ),
    beside(file),
  ].join("\n\n")}\n`;
}

const HOW_TO_READ: readonly string[] = [
  "Skew is signed: early is negative. Dispatch skew is the instant the tick was handed over against its instant on the grid; " +
    "start skew is the instant its target began.",
  "Under relative pacing there is no grid: the skew is against the tick before plus the interval, so it is what one turn of " +
    "the loop drifts. The first tick of a run has nothing to be measured against. A gap between runs shows as missed ticks.",
  "Drift is the median excess of the gaps within a minute, the jump the median at the minute's edge.",
  "p99 of fewer than 100 ticks is the largest, or nearly.",
  "Invocations and transitions are counted in the logs and histories, the targets' own left out; the model is " +
    "`cli/cost/` for a clock without faults. EXPRESS and lambda-clock are not billed by transition.",
  "US$ a month is the model's, 30 days, list prices, before free tiers, the rules firing at second 30; least and " +
    "most: at second 59 and at second 0.",
  "The load average counts all that the machine did, this benchmark too.",
];

/** Our figures that stand nearest to the published ones. */
function beside({ runs }: BenchFile): string {
  const usual = runs.filter(({ faults }) => !faults);
  const lines = usual.flatMap(({ title, publishToStartMs, driftPerTickMs, edgeJumpMs }) => [
    ...(publishToStartMs?.average != null && publishToStartMs.standardDeviation != null
      ? [
          `${title}: publish to start, as the article describes its measure, mean ${publishToStartMs.average.toFixed(2)} ms, ` +
            `SD ${publishToStartMs.standardDeviation.toFixed(2)} ms, n = ${publishToStartMs.count}.`,
        ]
      : []),
    ...(driftPerTickMs !== null && edgeJumpMs !== null
      ? [`${title}: ${driftPerTickMs.toFixed(1)} ms a tick within a minute, ${edgeJumpMs.toFixed(1)} ms at its edge.`]
      : []),
  ]);
  return [`Ours, on the emulator, nearest to them:`, lines.map((line) => `- ${line}`).join("\n")].join("\n\n");
}

function section(runs: readonly BenchRun[]): string {
  const { head, rows } = benchTable(runs);
  return table(head, rows);
}

/** What to make of the figures where there was more to run than the machine has cores. */
function busyText({ machine: { cores }, load }: BenchFile): string[] {
  const loads = [load.usual, ...(load.faults ? [load.faults] : [])].flatMap(({ start, end }) => [start, end]);
  if (Math.max(...loads) <= cores) return [];
  return [
    `**Other work ran beside it:** the load average was above the ${cores} cores, and the largest skews may be that work's. ` +
      "A quiet machine tells more.",
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
