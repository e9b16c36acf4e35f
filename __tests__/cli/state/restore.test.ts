import * as fc from "fast-check";
import { LATEST_GOOD, planRestore, RestoreError } from "../../../cli/state/restore";
import { judgeState } from "../../../cli/state/state-file";
import { goodVersions } from "../../../cli/state/versions";
import { anyState, LINEAGE, OTHER_LINEAGE, stateText, versionsOf } from "./states";

test("latest-good is the newest version that is a state, under a serial above all", () => {
  const versions = versionsOf(null, "garbage", stateText(5), stateText(9), stateText(4));
  const { from, serial, text } = planRestore(versions, LATEST_GOOD);
  expect(from.id).toBe("v3");
  expect(serial).toBe(10);
  expect(text).toBe(stateText(10));
});

test("an older version is restored by its id", () => {
  expect(planRestore(versionsOf(stateText(5), stateText(4)), "v1")).toMatchObject({ from: { id: "v1" }, serial: 6 });
});

test.each([
  ["the state now", versionsOf(stateText(5), stateText(4)), LATEST_GOOD, "version v2 is the state now (serial 5)"],
  ["a damaged version", versionsOf("x", stateText(4)), "v2", "version v2 is damaged (not JSON). Restore another"],
  ["a deletion", versionsOf(null, stateText(4)), "v2", "marks that the state was deleted"],
  ["an unknown version", versionsOf(null, stateText(4)), "v9", "there is no version v9 of this state"],
  ["nothing at all", versionsOf(), LATEST_GOOD, "there is no state, and no version of one"],
  ["nothing good", versionsOf("x", null), LATEST_GOOD, "none of its 2 versions is a state"],
])("%s is not restored", (_, versions, wanted, message) => {
  expect(() => planRestore(versions, wanted)).toThrow(RestoreError);
  expect(() => planRestore(versions, wanted)).toThrow(message);
});

test("a version of another lineage than the newest good one is restored only if that lineage is named", () => {
  const versions = versionsOf(stateText(1), stateText(30, { lineage: OTHER_LINEAGE }));
  expect(() => planRestore(versions, "v1")).toThrow(
    `version v1 is of lineage ${OTHER_LINEAGE}, and the newest good version, v2, is of ${LINEAGE}`,
  );
  for (const wanted of ["v1", LATEST_GOOD]) {
    const { from, text } = planRestore(versions, wanted, OTHER_LINEAGE);
    expect(from.id).toBe("v1");
    expect(judgeState(text)).toEqual({ facts: { serial: 31, lineage: OTHER_LINEAGE, resources: 0 } });
  }
  expect(() => planRestore(versions, "v2", OTHER_LINEAGE)).toThrow("version v2 is the state now");
  expect(() => planRestore(versions, LATEST_GOOD, "none")).toThrow("no version is of lineage none");
});

test("after every restore the serial is above every version's, the lineage is kept, and the rest is identical", () => {
  const contents = fc.array(fc.oneof(anyState, fc.constantFrom("", "garbage", "{}", null)), { maxLength: 6 });
  let restored = 0;
  fc.assert(
    fc.property(contents, fc.nat(6), fc.boolean(), (texts, k, byId) => {
      const versions = versionsOf(null, ...texts);
      const good = goodVersions(versions);
      const wanted = byId ? `v${k}` : LATEST_GOOD;
      const sought = good.find(({ id }) => !byId || id === wanted);
      if (!sought || sought.facts.lineage !== good[0]?.facts.lineage) {
        expect(() => planRestore(versions, wanted)).toThrow(RestoreError);
        return;
      }
      restored++;
      const { from, text, serial } = planRestore(versions, wanted);
      expect(from).toEqual(sought);
      for (const { facts } of good) expect(serial).toBeGreaterThan(facts.serial);
      expect(JSON.parse(text)).toEqual({ ...JSON.parse(from.text), serial });
      expect(judgeState(text)).toEqual({ facts: { ...from.facts, serial } });
    }),
  );
  expect(restored).toBeGreaterThan(0);
});
