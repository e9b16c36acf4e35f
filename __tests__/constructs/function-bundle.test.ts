import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, resolve } from "node:path";
import { Script } from "node:vm";
import { bundleFunction } from "../../constructs/function-bundle";

jest.unmock("../../constructs/function-bundle");

const PROJECT_DIR = resolve(__dirname, "../..");
const FUNCTIONS = readdirSync(join(PROJECT_DIR, "functions")).filter((name) => name !== "runtime");

/** What the AWS SDK looks for and does without (asymmetric signatures, which nothing here uses). */
const OPTIONAL = ["@aws-sdk/signature-v4-crt"];

test.each(FUNCTIONS)("%s is one file of code that needs nothing but Node.js", (name) => {
  const directory = bundleFunction(name);
  expect(readdirSync(directory).sort()).toEqual(["THIRD-PARTY-NOTICES.txt", "index.js"]);
  const code = readFileSync(join(directory, "index.js"), "utf8");
  // It parses; esbuild has exported the handler; what it still requires is Node's own.
  new Script(code);
  expect(code).toMatch(/handler:\(\)=>/);
  const required = [...code.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, module]) => String(module));
  expect(required.length).toBeGreaterThan(0);
  expect(required.filter((module) => !isBuiltin(module) && !OPTIONAL.includes(module))).toEqual([]);
});

test("a bundle holds no path of the machine it was made on", () => {
  for (const name of FUNCTIONS) {
    expect(readFileSync(join(bundleFunction(name), "index.js"), "utf8")).not.toContain(PROJECT_DIR);
  }
});

test("a function is bundled once in a process", () => {
  expect(bundleFunction("sample-target")).toBe(bundleFunction("sample-target"));
});

test("a function that does not exist is an error, not an empty bundle", () => {
  expect(() => bundleFunction("no-such-function")).toThrow(/functions\/no-such-function\/index\.ts/);
});
