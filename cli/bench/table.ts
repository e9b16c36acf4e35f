import { createColors } from "picocolors";
import { framed } from "../lib/table";
import type { BenchFile } from "./bench-file";
import { benchTable } from "./cells";
import { FAULTS_TEXT } from "./faults";
import type { BenchRun } from "./figures";
import { loadText } from "./machine";

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
