import Table from "cli-table3";
import { type Paint, painter } from "../lib/colour";
import type { BenchFile } from "./bench-file";
import { benchTable } from "./cells";
import { FAULTS_TEXT } from "./faults";
import type { BenchRun } from "./figures";
import { loadText } from "./machine";

/**
 * The benchmark as text for a terminal, at most 120 columns wide.
 *
 * @param options.colour whether to paint with ANSI escapes.
 */
export function renderBench({ environment, load, runs }: BenchFile, { colour }: { readonly colour: boolean }): string {
  const paint = painter(colour);
  const usual = runs.filter(({ faults }) => !faults);
  const broken = runs.filter(({ faults }) => faults);
  return [
    paint("dim", environment),
    `${paint("bold", "Undisturbed")}, ${loadText(load.usual)}`,
    rendered(usual, paint),
    ...(broken.length > 0 && load.faults
      ? [`${paint("bold", "With faults")}: ${FAULTS_TEXT}; ${loadText(load.faults)}`, rendered(broken, paint)]
      : []),
    "",
  ].join("\n");
}

function rendered(runs: readonly BenchRun[], paint: Paint): string {
  const { head, rows } = benchTable(runs);
  const table = new Table({
    head: head.map((title) => paint("bold", title.replaceAll(", ", ",\n"))),
    colAligns: head.map((_, k) => (k === 0 ? "left" : "right")),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) table.push([...row]);
  return table.toString();
}
