import { createColors } from "picocolors";
import { framed } from "../lib/table";
import type { Statistics } from "../report/schedule-report";
import { signed } from "../report/words";
import { type BenchFile, loadText } from "./bench-file";
import { FAULTS_TEXT } from "./faults";
import type { BenchRun } from "./figures";

/** The benchmark's table: a column for each run, a row for each figure. The first column is text, the others are figures. */
export interface BenchTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The cell of a figure that a run does not have. */
const NONE = "–";

/** A row: its name, and the text of a run's cell. */
type Row = readonly [name: string, cell: (run: BenchRun) => string];

const ROWS: readonly Row[] = [
  ["a tick every", ({ intervalMs }) => `${intervalMs / 1_000} s`],
  ["ticks due", ({ ticks }) => String(ticks)],
  ["on time", ({ onTime }) => String(onTime)],
  ["late, over 500 ms", ({ late }) => String(late)],
  ["missed", ({ missed }) => String(missed)],
  ["duplicate", ({ duplicate }) => String(duplicate)],
  ...skewRows("dispatch skew", ({ dispatchSkewMs }) => dispatchSkewMs),
  ...skewRows("start skew", ({ startSkewMs }) => startSkewMs),
  // A benchmark that was recorded before it was measured has none.
  ["processor time to the last byte, ms: p50", ({ processorMs }) => processorMs?.p50.toFixed(2) ?? NONE],
  ["drift, ms a tick", ({ driftPerTickMs }) => change(driftPerTickMs)],
  ["jump at the minute's edge, ms", ({ edgeJumpMs }) => change(edgeJumpMs)],
  ["invocations a minute", ({ counted }) => rate(counted.invocationsPerMinute)],
  ["… by the model", ({ modelled }) => rate(modelled.invocationsPerMinute)],
  ["transitions a minute", ({ counted }) => rate(counted.transitionsPerMinute)],
  ["… by the model", ({ modelled }) => rate(modelled.transitionsPerMinute)],
  ["US$ a month, by the model", ({ usdPerMonth: { usd } }) => usd.toFixed(2)],
  ["… least / most", ({ usdPerMonth: { lowUsd, highUsd } }) => `${lowUsd.toFixed(2)} / ${highUsd.toFixed(2)}`],
];

/** The table of these runs. */
export function benchTable(runs: readonly BenchRun[]): BenchTable {
  return {
    head: ["", ...runs.map(({ title }) => title)],
    rows: ROWS.map(([name, cell]) => [name, ...runs.map(cell)]),
  };
}

/**
 * The benchmark as text for a terminal, at most 120 columns wide.
 *
 * @param options.colour whether to write ANSI colours.
 */
export function renderBench({ environment, load, runs }: BenchFile, { colour }: { readonly colour: boolean }): string {
  const { bold, dim } = createColors(colour);
  const rendered = (some: readonly BenchRun[]) => {
    const { head, rows } = benchTable(some);
    const titles = head.map((title) => bold(title.replaceAll(", ", ",\n")));
    return framed(titles, rows, { figures: true, ruled: false });
  };
  const usual = runs.filter(({ faults }) => !faults);
  const faulty = runs.filter(({ faults }) => faults);
  return [
    dim(environment),
    `${bold("Undisturbed")}, ${loadText(load.usual)}`,
    rendered(usual),
    ...(load.faults ? [`${bold("With faults")}: ${FAULTS_TEXT}; ${loadText(load.faults)}`, rendered(faulty)] : []),
    "",
  ].join("\n");
}

function skewRows(name: string, of: (run: BenchRun) => Statistics | null): Row[] {
  const row = (what: string, text: (statistics: Statistics) => string): Row => [
    what,
    (run) => {
      const statistics = of(run);
      return statistics ? text(statistics) : NONE;
    },
  ];
  const whole = (...figures: number[]) => figures.map((ms) => signed(ms, 0)).join(" / ");
  return [
    row(`${name}, ms: mean / SD`, ({ mean, sd }) => `${signed(mean)} / ${sd.toFixed(1)}`),
    row("… p50 / p95 / p99", ({ p50, p95, p99 }) => whole(p50, p95, p99)),
    row("… min / max", ({ min, max }) => whole(min, max)),
    row("… of ticks", ({ count }) => String(count)),
  ];
}

function change(ms: number | null): string {
  return ms === null ? NONE : signed(ms);
}

function rate(perMinute: number | null): string {
  return perMinute === null ? NONE : String(Number(perMinute.toFixed(1)));
}
