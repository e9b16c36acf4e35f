import { renderVersions } from "../../../cli/state/versions";
import { LINEAGE, OTHER_LINEAGE, ROLE, stateText, versionsOf } from "./states";

test("each version has a line: what it holds, that it is damaged, or that the state was deleted", () => {
  const versions = versionsOf(
    null,
    "garbage",
    stateText(12, { resources: [ROLE] }),
    stateText(3, { lineage: OTHER_LINEAGE }),
  );
  const sizes = [undefined, 7, 16791, 250];
  expect(renderVersions(versions.map((version, k) => ({ ...version, size: sizes[k] })))).toBe(
    [
      "version  written (UTC)         bytes  serial  resources  lineage",
      "v4       1970-01-01T00:04:00Z                            deleted (now)",
      "v3       1970-01-01T00:03:00Z      7                     damaged: not a state (not JSON)",
      `v2       1970-01-01T00:02:00Z  16791      12          1  ${LINEAGE}`,
      `v1       1970-01-01T00:01:00Z    250       3          0  ${OTHER_LINEAGE}`,
    ].join("\n"),
  );
});
