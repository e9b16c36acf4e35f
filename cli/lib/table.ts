import Table from "cli-table3";

/** A cell's text; or one text across several columns. */
export type Cell = string | { readonly colSpan: number; readonly content: string };

/** How the columns of a table look. */
export interface Columns {
  /** Widths in characters, with one space on either side; longer text is wrapped. @default as wide as the text */
  readonly widths?: readonly number[];
  /** Whether the columns after the first are figures, which are aligned to the right. @default false */
  readonly figures?: boolean;
  /** Whether lines separate the rows. @default true */
  readonly ruled?: boolean;
}

/** A table for a terminal, with a frame. Text may have ANSI colours and line feeds. */
export function terminalTable(
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
