import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { kinds } from "../../strategies";

const ROOT = resolve(__dirname, "..", "..");

/** Where a kind may be named; and what is not this project's source. */
const EXEMPT = [
  ...kinds().map((kind) => join("strategies", kind)),
  "functions",
  "__tests__",
  "docs",
  "node_modules",
  "cdktf.out",
];

function sources(directory: string): string[] {
  return readdirSync(join(ROOT, directory), { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return entry.name.startsWith(".") || EXEMPT.includes(path) ? [] : sources(path);
    return /\.(ts|mjs|js)$/.test(entry.name) ? [path] : [];
  });
}

/** A file's code without its comments. */
function code(path: string): string {
  return readFileSync(join(ROOT, path), "utf8").replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, "");
}

const names = (some: readonly string[]) => new RegExp(`\\b(${some.join("|")})\\b`);

test("no kind of a strategy is named outside its folder, the registries, the functions and what a user edits", () => {
  const naming = sources(".").filter((path) => names(kinds()).test(code(path)));
  const registries = ["clocks.ts", "index.ts"].map((file) => join("strategies", file));
  expect(naming.sort()).toEqual([join("config", "environments.ts"), ...registries]);
});

test.each(kinds())("the folder of %s names no other kind", (kind) => {
  const others = names(kinds().filter((other) => other !== kind));
  const files = sources(join("strategies", kind));
  expect(files).not.toEqual([]);
  expect(files.filter((path) => others.test(code(path)))).toEqual([]);
});
