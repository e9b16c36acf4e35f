import { painter } from "../lib/colour";
import { framed } from "../lib/table";
import type { Finding, Verification } from "./findings";

/** Widths of the columns, so that the table is 100 columns wide. */
const WIDTHS = [52, 6, 8, 8, 8, 11];

/** What was measured of AWS, beside what the documentation says, as a table for a terminal. */
export function renderFindings(
  { assumptions, embedded }: Verification,
  { colour }: { readonly colour: boolean },
): string {
  const paint = painter(colour);
  const verdictOf = ({ holds }: Finding) => {
    if (holds === null) return paint("dim", "not seen");
    return holds ? paint("green", "✓ holds") : paint("red", "✗ differs");
  };
  const rows = assumptions.map((finding) => {
    const { claim, measured } = finding;
    const figures = measured
      ? [measured.count, measured.p50, measured.p99, measured.max].map(String)
      : ["0", "", "", ""];
    return [claim, ...figures, verdictOf(finding)];
  });
  const table = framed(["assumed of AWS (ms; firings are counted)", "n", "p50", "p99", "max", ""], rows, {
    widths: WIDTHS,
    figures: true,
  });
  const note = embedded
    ? ["This is an embedded AWS: the figures say that the measuring works, and nothing of AWS."]
    : [];
  return [table, ...note.map((text) => paint("yellow", `Note: ${text}`))].join("\n");
}
