import Table from "cli-table3";

/** A cell's text; or one text across several columns. */
export type Cell = string | { readonly colSpan: number; readonly content: string };

/** How the columns of a framed table look. */
export interface Columns {
  /** Widths in characters, with one space on either side; longer text is wrapped. @default as wide as the text */
  readonly widths?: readonly number[];
  /** Whether the columns after the first are figures, which are aligned to the right. @default false */
  readonly figures?: boolean;
  /** Whether lines separate the rows. @default true */
  readonly ruled?: boolean;
}

/** A table with a frame. Text may have ANSI colours and line feeds. */
export function framed(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  { widths, figures = false, ruled = true }: Columns = {},
): string {
  const table = new Table({
    head: [...head],
    ...(widths && { colWidths: [...widths], wordWrap: true }),
    colAligns: head.map((_, k) => (figures && k > 0 ? "right" : "left")),
    style: { head: [], border: [], compact: !ruled },
  });
  for (const row of rows) table.push([...row]);
  return table.toString();
}

/** Rows of equally many cells as columns without lines. @param alignments a column's alignment. @default left */
export function columns(rows: readonly (readonly string[])[], alignments: ("left" | "right")[] = []): string {
  const widths = (rows[0] ?? []).map((_, k) => Math.max(...rows.map((row) => row[k]?.length ?? 0)));
  const lines = rows.map((row) =>
    widths.map((width, k) => (alignments[k] === "right" ? row[k]?.padStart(width) : row[k]?.padEnd(width))),
  );
  return lines.map((cells) => cells.join("  ").trimEnd()).join("\n");
}
