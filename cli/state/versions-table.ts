import { iso } from "../../schedule/tick";
import { columns } from "../lib/table";
import { judgeState } from "./state-file";
import type { VersionEntry } from "./state-store";
import type { StoredVersion } from "./versions";

const HEAD = ["version", "written (UTC)", "bytes", "serial", "resources", "lineage"];

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
  return columns([HEAD, ...rows], ["left", "left", "right", "right", "right", "left"]);
}

function contents(version: StoredVersion): string[] {
  const now = version.isLatest ? " (now)" : "";
  if ("deleted" in version) return ["", "", `deleted${now}`];
  const judged = judgeState(version.text);
  if ("damage" in judged) return ["", "", `damaged: not a state (${judged.damage})${now}`];
  const { serial, resources, lineage } = judged.facts;
  return [String(serial), String(resources), `${lineage}${now}`];
}
