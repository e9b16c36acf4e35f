import Table from "cli-table3";
import { type Paint, painter } from "../report/paint";
import type { BenchFile } from "./bench-file";
import { type BenchTable, tablesOf } from "./cells";
import { FAULTS_TEXT } from "./faults";
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
    ...tablesOf(usual).map((one) => rendered(one, paint)),
    ...(broken.length > 0 && load.faults
      ? [
          `${paint("bold", "With faults")}: ${FAULTS_TEXT}; ${loadText(load.faults)}`,
          ...tablesOf(broken).map((one) => rendered(one, paint)),
        ]
      : []),
    "",
  ].join("\n");
}

function rendered({ title, head, rows }: BenchTable, paint: Paint): string {
  const [, ...figures] = head;
  const table = new Table({
    head: [paint("bold", title), ...figures.map((text) => text.replace(/ (?=a |at )|(?<=,) /g, "\n"))],
    colAligns: head.map((_, k) => (k === 0 ? "left" : "right")),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) table.push([...row]);
  return table.toString();
}
