import Table from "cli-table3";

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
