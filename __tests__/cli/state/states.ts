import * as fc from "fast-check";
import type { StoredVersion } from "../../../cli/state/versions";

export const LINEAGE = "09e0bedf-4413-be5b-22a2-fb571f8e3e00";
export const OTHER_LINEAGE = "11111111-2222-3333-4444-555555555555";

/** A state as Terraform writes one. */
export function stateText(serial: number, { lineage = LINEAGE, resources = [] as readonly unknown[] } = {}): string {
  const fields = {
    version: 4,
    terraform_version: "1.11.4",
    serial,
    lineage,
    outputs: {},
    resources,
    check_results: null,
  };
  return `${JSON.stringify(fields, null, 2)}\n`;
}

export const ROLE = { mode: "managed", type: "aws_iam_role", name: "loop_role", instances: [] };
export const ARCHIVE = { mode: "data", type: "archive_file", name: "loop_archive", instances: [] };

/** Versions from texts, newest first; null for a deletion. The first is the one that Terraform reads. */
export function versionsOf(...texts: readonly (string | null)[]): StoredVersion[] {
  return texts.map((text, k) => {
    const place = { id: `v${texts.length - k}`, writtenAt: (texts.length - k) * 60_000, isLatest: k === 0 };
    return text === null ? { ...place, deleted: true } : { ...place, text };
  });
}

/** States with contents that try to look like a serial: keys, texts and nested objects of that name. */
export const anyState = fc
  .record({
    serial: fc.nat(),
    lineage: fc.constantFrom(LINEAGE, OTHER_LINEAGE),
    outputs: fc.dictionary(fc.constantFrom("serial", '"serial": 7', "a\\"), fc.jsonValue()),
    resources: fc.array(
      fc.record({ mode: fc.constantFrom("managed", "data"), serial: fc.nat(), attributes: fc.jsonValue() }),
    ),
    before: fc.boolean(),
    indent: fc.constantFrom(0, 2),
  })
  .map(({ serial, lineage, outputs, resources, before, indent }) => {
    const rest = { lineage, outputs, resources };
    const fields = before ? { version: 4, serial, ...rest } : { ...rest, version: 4, serial };
    return JSON.stringify(fields, null, indent);
  });
