import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { kinds } from "../../strategies";

const ROOT = resolve(__dirname, "..", "..");

/** Where a kind may be named; and what is not this project's source. */
const EXEMPT = ["strategies", "functions", "__tests__", "docs", "node_modules", "cdktf.out"];

function sources(directory: string): string[] {
  return readdirSync(join(ROOT, directory), { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return entry.name.startsWith(".") || EXEMPT.includes(path) ? [] : sources(path);
    return /\.(ts|mjs|js)$/.test(entry.name) ? [path] : [];
  });
}

test("no kind of a strategy is named outside its folder, the functions and what a user edits", () => {
  const literal = new RegExp(`["'\`](${kinds().join("|")})["'\`]`);
  const naming = sources(".").filter((path) => literal.test(readFileSync(join(ROOT, path), "utf8")));
  expect(naming).toEqual([join("config", "environments.ts")]);
});
