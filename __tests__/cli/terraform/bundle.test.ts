import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkReplaceable, filesBelow, hashFiles, replaceDirectory, writeWhole } from "../../../cli/terraform/bundle";
import { currentCommit } from "../../../cli/terraform/commit";
import { sha256 } from "../../../cli/terraform/fingerprint";
import { useCommittedLock } from "../../../cli/terraform/provider-locks";
import { readSummary } from "../../../cli/terraform/summary";

let root: string;
let directory: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "bundle-"));
  directory = join(root, "plans", "prod");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const MANIFEST = JSON.stringify({ format: 1, environment: "prod", parts: {} });

describe("a bundle's directory", () => {
  test("is created with those above it, complete, and with nothing beside it", () => {
    replaceDirectory(directory, (unfinished) => {
      expect(existsSync(directory)).toBe(false);
      writeFileSync(join(unfinished, "manifest.json"), MANIFEST);
    });
    expect(readdirSync(join(root, "plans"))).toEqual(["prod"]);
    expect(readdirSync(directory)).toEqual(["manifest.json"]);
  });

  test("replaces an earlier bundle whole, and one that holds an error", () => {
    for (const [before, after] of [
      ["manifest.json", "summary.json"],
      ["summary.json", "manifest.json"],
    ] as const) {
      rmSync(directory, { recursive: true, force: true });
      mkdirSync(directory, { recursive: true });
      writeFileSync(join(directory, before), MANIFEST);
      replaceDirectory(directory, (unfinished) => writeFileSync(join(unfinished, after), "{}"));
      expect(readdirSync(directory)).toEqual([after]);
    }
  });

  test("stays as it was where writing fails", () => {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "manifest.json"), MANIFEST);
    const failing = () =>
      replaceDirectory(directory, (unfinished) => {
        writeFileSync(join(unfinished, "plan.tfplan"), "half");
        throw new Error("disk full");
      });
    expect(failing).toThrow("disk full");
    expect(readdirSync(directory)).toEqual(["manifest.json"]);
    expect(readdirSync(join(root, "plans"))).toEqual(["prod"]);
  });

  test.each([
    ["something else", { "letter.txt": "dear" }],
    ["a manifest of something else", { "manifest.json": "{}", "index.html": "" }],
  ])("with %s is never overwritten", (_, files) => {
    mkdirSync(directory, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    expect(() => replaceDirectory(directory, () => undefined)).toThrow(/is no bundle: it would be overwritten/);
    expect(readdirSync(directory).sort()).toEqual(Object.keys(files).sort());
  });

  test("that is a file is never overwritten; an empty one and none are free", () => {
    mkdirSync(join(root, "empty"));
    writeFileSync(join(root, "file"), "");
    expect(() => checkReplaceable(join(root, "file"))).toThrow("is no bundle");
    expect(() => checkReplaceable(join(root, "empty"))).not.toThrow();
    expect(() => checkReplaceable(join(root, "none"))).not.toThrow();
  });
});

test("files below a directory are found and hashed by their paths", () => {
  mkdirSync(join(root, "assets", "a"), { recursive: true });
  writeFileSync(join(root, "assets", "a", "index.js"), "code");
  writeFileSync(join(root, "b"), "b");
  expect(filesBelow(root)).toEqual(["assets/a/index.js", "b"]);
  expect(hashFiles(root, filesBelow(root))).toEqual({ "assets/a/index.js": sha256("code"), b: sha256("b") });
});

test("a file is written in one step, and leaves nothing beside it", () => {
  writeWhole(join(root, "new"), "drift.md", "text");
  expect(readdirSync(join(root, "new"))).toEqual(["drift.md"]);
});

test("outside a git checkout there is no commit", () => {
  expect(currentCommit(root)).toBeNull();
});

describe("the lock file of the providers", () => {
  const STACK = { stack: "metronome-prod", environment: "prod", embedded: false };

  test("that is committed is put in place, and is read-only", () => {
    const committed = join(root, "committed.hcl");
    writeFileSync(committed, "the lock");
    expect(useCommittedLock(STACK, root, committed)).toEqual({ readonlyLock: true });
    expect(readFileSync(join(root, ".terraform.lock.hcl"), "utf8")).toBe("the lock");
    expect(useCommittedLock({ ...STACK, embedded: true }, root, committed)).toEqual({ readonlyLock: false });
  });

  test("that is not committed is asked for by the command that writes it", () => {
    const { readonlyLock, note } = useCommittedLock(STACK, root, join(root, "none.hcl"));
    expect(readonlyLock).toBe(false);
    expect(note).toContain("npx metronome lock prod");
  });
});

describe("a bundle's summary", () => {
  const section = (digest: string | null) => ({
    environment: "prod",
    commit: "no commit",
    bundle: digest === null ? null : { sha256: digest, serial: 3 },
    outcome: { kind: "error", message: "the state is locked" },
  });

  test("is read where it belongs to the manifest beside it", () => {
    writeFileSync(join(root, "summary.json"), JSON.stringify(section(null)));
    expect(readSummary(root)).toEqual(section(null));
  });

  test("of another plan, or none, is refused", () => {
    expect(() => readSummary(root)).toThrow("has no summary.json");
    const [firstParts, otherParts] = [{}, { a: sha256("a") }].map((extra) => ({
      "plan.tfplan": sha256("p"),
      "cdk.tf.json": sha256("{}"),
      ...extra,
    }));
    const manifest = (parts: object) =>
      JSON.stringify({
        format: 1,
        environment: "prod",
        stack: "metronome-prod",
        createdAt: "2026-11-22T22:58:03.123Z",
        changes: true,
        commit: null,
        tools: { terraform: "1.11.4", platform: "linux_amd64", node: "v22", cdktf: "0.21.0", providers: {} },
        backend: { bucket: "b", key: "k", region: "r" },
        state: null,
        config: { sha256: sha256("c"), fields: {} },
        code: { sha256: sha256("c"), parts: {} },
        parts,
      });
    const first = manifest(firstParts as object);
    writeFileSync(join(root, "manifest.json"), first);
    writeFileSync(join(root, "summary.json"), JSON.stringify(section(sha256(first))));
    expect(readSummary(root).bundle?.serial).toBe(3);
    writeFileSync(join(root, "manifest.json"), manifest(otherParts as object));
    expect(() => readSummary(root)).toThrow("is of another plan");
    // What the workflows keep for reviewers has no manifest.
    rmSync(join(root, "manifest.json"));
    expect(readSummary(root).bundle?.sha256).toBe(sha256(first));
  });
});
