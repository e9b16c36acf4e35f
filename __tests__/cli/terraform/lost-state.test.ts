import { lostState } from "../../../cli/terraform/lost-state";

const state = (resources: number) =>
  JSON.stringify({
    version: 4,
    serial: 7,
    lineage: "a",
    resources: Array.from({ length: resources }, (_, k) => ({
      mode: "managed",
      type: "t",
      name: `n${k}`,
      instances: [{}],
    })),
  });

const version = (content: { text: string } | { deleted: true }, k = 0) => ({
  id: `v${k}`,
  writtenAt: -k,
  isLatest: k === 0,
  ...content,
});

test("a state that was deleted, or written over with nothing, is lost if it had resources", () => {
  for (const newest of [{ deleted: true } as const, { text: "" }, { text: "garbage" }]) {
    const message = lostState("prod", [version(newest), version({ text: state(3) }, 1)]);
    expect(message).toContain('The state of "prod" is empty, but its last version has 3 resources.');
    expect(message).toContain("npx metronome state restore prod latest-good");
  }
});

test("one that never was, or whose resources were destroyed, is not", () => {
  expect(lostState("prod", [])).toBeUndefined();
  expect(lostState("prod", [version({ deleted: true }), version({ text: state(0) }, 1)])).toBeUndefined();
});
