import { MINUTE_MS } from "../../schedule/duration";
import { table } from "../terraform/markdown";
import { type BenchFile, loadText } from "./bench-file";
import { FAULTS_TEXT } from "./faults";
import type { BenchRun } from "./figures";
import { benchTable } from "./table";

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
    "## Closest to the published figures",
    usual.flatMap(closest).join("\n"),
  ].join("\n\n")}\n`;
}

/** The page `docs/benchmarks.md` with the figures of a run between its two marks. */
export function benchmarksPage(page: string, file: BenchFile): string {
  return page.replace(/(?<=<!-- figures -->\n\n).*(?=\n<!-- end of figures -->)/s, () => benchMarkdown(file));
}

/** The figures of a run that are measured as a published article measured its own. */
function closest({ title, publishToStartMs, driftPerTickMs, edgeJumpMs }: BenchRun): string[] {
  return [
    ...(publishToStartMs?.average != null && publishToStartMs.standardDeviation != null
      ? [
          `- ${title}: publish to start, measured as in the article, mean ${publishToStartMs.average.toFixed(2)} ms, ` +
            `SD ${publishToStartMs.standardDeviation.toFixed(2)} ms, n = ${publishToStartMs.count}.`,
        ]
      : []),
    ...(driftPerTickMs !== null && edgeJumpMs !== null
      ? [`- ${title}: ${driftPerTickMs.toFixed(1)} ms a tick within a minute, ${edgeJumpMs.toFixed(1)} ms at its edge.`]
      : []),
  ];
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
