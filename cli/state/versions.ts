import { iso } from "../../schedule/tick";
import { columns } from "../lib/table";
import { visibleLine } from "../lib/visible";
import { type Judged, judgeState } from "./state-file";

/** A place in the list of versions, without what was written. */
export interface VersionEntry {
  readonly id: string;
  /** When it was written, epoch ms. */
  readonly writtenAt: number;
  /** Whether it is what Terraform reads now. */
  readonly isLatest: boolean;
  /** Bytes; absent for a delete marker. */
  readonly size?: number;
}

/** One version of the state's object in its bucket: a text, or a delete marker. */
export type StoredVersion = VersionEntry &
  ({ readonly text: string; readonly etag?: string } | { readonly deleted: true });

/** A version that Terraform could go on from. */
export type GoodVersion = Extract<Judged, { readonly facts: unknown }> & { readonly id: string; readonly text: string };

/** The versions that are states, in the given order. */
export function goodVersions(versions: readonly StoredVersion[]): GoodVersion[] {
  return versions.flatMap((version) => {
    if ("deleted" in version) return [];
    const judged = judgeState(version.text);
    return "facts" in judged ? [{ id: version.id, text: version.text, ...judged }] : [];
  });
}

const HEAD = ["version", "written (UTC)", "bytes", "serial", "resources", "lineage"];

/** The versions of a state as a table, in the order given. */
export function renderVersions(versions: readonly StoredVersion[]): string {
  const rows = versions.map((version) => {
    const written = `${iso(version.writtenAt).slice(0, 19)}Z`;
    return [version.id, written, String(version.size ?? ""), ...contents(version)];
  });
  return columns([HEAD, ...rows], ["left", "left", "right", "right", "right", "left"]);
}

function contents(version: StoredVersion): string[] {
  const now = version.isLatest ? " (now)" : "";
  if ("deleted" in version) return ["", "", `deleted${now}`];
  const judged = judgeState(version.text);
  if ("damage" in judged) return ["", "", `damaged: not a state (${visibleLine(judged.damage)})${now}`];
  const { serial, resources, lineage } = judged.facts;
  return [String(serial), String(resources), `${visibleLine(lineage)}${now}`];
}
