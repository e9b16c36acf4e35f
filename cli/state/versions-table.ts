import { iso } from "../../schedule/tick";
import { judgeState } from "./state-file";
import type { VersionEntry } from "./state-store";
import type { StoredVersion } from "./versions";

/** Names of the columns, and whether each holds figures. */
const COLUMNS = [
  ["version", false],
  ["written (UTC)", false],
  ["bytes", true],
  ["serial", true],
  ["resources", true],
  ["lineage", false],
] as const;

/**
 * The versions of a state as a table, in the order given.
 *
 * @param entries of these versions, for their sizes.
 */
export function renderVersions(versions: readonly StoredVersion[], entries: readonly VersionEntry[]): string {
  const rows = versions.map((version) => {
    const size = entries.find(({ id }) => id === version.id)?.size;
    const written = `${iso(version.writtenAt).slice(0, 19)}Z`;
    return [version.id, written, size === undefined ? "" : String(size), ...contents(version)];
  });
  const table = [COLUMNS.map(([title]) => title), ...rows];
  // The last column is as wide as it is: a damage's reason must not widen the others' rows.
  const widths = COLUMNS.map((_, k) => Math.max(...table.map((row) => (row[k] ?? "").length)));
  return table
    .map((row) =>
      row
        .map((cell, k) => (COLUMNS[k]?.[1] ? cell.padStart(widths[k] ?? 0) : cell.padEnd(widths[k] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function contents(version: StoredVersion): string[] {
  const now = version.isLatest ? " (now)" : "";
  if ("deleted" in version) return ["", "", `deleted${now}`];
  const judged = judgeState(version.text);
  if ("damage" in judged) return ["", "", `damaged: not a state (${judged.damage})${now}`];
  const { serial, resources, lineage } = judged.facts;
  return [String(serial), String(resources), `${lineage}${now}`];
}
