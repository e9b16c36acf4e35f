import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { SOURCE_FOLDERS } from "./source-folders";

const PROJECT_DIR = resolve(__dirname, "..");
const SOURCES = ["main.ts", "cdktf.json", "tsconfig.json", ...SOURCE_FOLDERS];

const base = mkdtempSync(join(tmpdir(), "metronome-clones-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** Synthesizes a copy of the checkout at a path of its own. */
function synthesizeCopy(directory: string, variables: Record<string, string> = {}): ReadonlyMap<string, string> {
  const copy = join(base, directory);
  mkdirSync(copy, { recursive: true });
  for (const source of SOURCES) cpSync(join(PROJECT_DIR, source), join(copy, source), { recursive: true });
  symlinkSync(join(PROJECT_DIR, "node_modules"), join(copy, "node_modules"));
  const { status, stderr } = spawnSync(process.execPath, ["--import", "tsx", "main.ts"], {
    cwd: copy,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...variables },
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return filesIn(join(copy, "cdktf.out"));
}

function filesIn(directory: string): ReadonlyMap<string, string> {
  const paths = readdirSync(directory, { recursive: true, encoding: "utf8" }).map((path) => join(directory, path));
  const files = paths.filter((path) => statSync(path).isFile()).sort();
  return new Map(files.map((path) => [relative(directory, path), readFileSync(path, "utf8")]));
}

const first = synthesizeCopy("one");
// Another depth, time zone, language and user.
const second = synthesizeCopy("two/and deeper", { TZ: "Asia/Tokyo", LANG: "tr_TR.UTF-8", USER: "somebody" });

test("two clones at different paths synthesize the same files", () => {
  expect([...second.keys()]).toEqual([...first.keys()]);
  expect([...first.keys()].filter((path) => path.endsWith("cdk.tf.json"))).toHaveLength(6);
  expect([...first.keys()].filter((path) => path.endsWith("index.js")).length).toBeGreaterThan(5);
});

test("byte for byte: the Terraform of every stack, the code of every function, and the manifest", () => {
  const different = [...first].filter(([path, content]) => second.get(path) !== content).map(([path]) => path);
  expect(different).toEqual([]);
});

test("no file knows where it was made", () => {
  for (const [path, content] of [...first, ...second]) {
    for (const place of [base, PROJECT_DIR, tmpdir(), String(process.env.HOME)]) {
      expect([path, content.includes(`${place}/`)]).toEqual([path, false]);
    }
  }
});

test("every path in the Terraform is relative, but for the names of log groups", () => {
  for (const [path, content] of first) {
    if (!path.endsWith(".json")) continue;
    const absolute = [...content.matchAll(/"(\/(?!\/)[^"\s]+)"/g)].map(([, text]) => text);
    expect([path, absolute.filter((text) => !text?.startsWith("/aws/"))]).toEqual([path, []]);
  }
});
