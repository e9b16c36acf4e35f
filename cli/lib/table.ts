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

/** Cells that a table without lines needs none of. */
const NO_LINES = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
} as const;

/** Rows as columns without lines. @param colAligns a column's alignment. @default left */
export function columns(rows: readonly (readonly string[])[], colAligns: ("left" | "right")[] = []): string {
  const table = new Table({
    chars: NO_LINES,
    colAligns,
    style: { border: [], head: [], "padding-left": 0, "padding-right": 0 },
  });
  for (const row of rows) table.push([...row]);
  return table.toString().replace(/ +$/gm, "");
}
