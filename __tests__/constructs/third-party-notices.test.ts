import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { thirdPartyNotices } from "../../constructs/third-party-notices";

let project: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "metronome-notices-"));
});
afterEach(() => rmSync(project, { recursive: true }));

/** Installs a package with these files. @returns the path of its code. */
function install(path: string, license: string, files: Readonly<Record<string, string>> = {}): string {
  const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
  const all = { "package.json": JSON.stringify({ name, version: "1.0.0", license }), ...files };
  for (const [file, text] of Object.entries(all)) {
    const target = join(project, path, file);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
  return `${path}/dist/index.js`;
}

const notices = (...files: readonly string[]) => thirdPartyNotices(files, project);

test("each package is named over its text, and packages of one text stand over it together", () => {
  const text = { LICENSE: "MIT License\r\n\r\nCopyright A\r\n" };
  const files = [
    install("node_modules/b", "MIT", text),
    install("node_modules/@a/a", "MIT", { "licence.md": "MIT License\n\nCopyright A" }),
    install("node_modules/b/node_modules/c", "ISC", { "LICENSE.txt": "ISC of C", NOTICE: "Made by C" }),
  ];
  expect(notices("functions/mine/index.ts", ...files).split(/\n-+\n/)).toEqual([
    "This function has code of these packages, each under its own licence.\n",
    "@a/a 1.0.0 (MIT)\nb 1.0.0 (MIT)\n\nMIT License\n\nCopyright A\n",
    "c 1.0.0 (ISC)\n\nISC of C\n\nMade by C\n",
  ]);
});

test("the order of the files changes nothing", () => {
  const files = ["a", "b", "c"].map((name) => install(`node_modules/${name}`, "MIT", { LICENSE: `MIT of ${name}` }));
  expect(notices(...files)).toBe(notices(...files.slice().reverse(), files[0] as string));
});

test("a package of the Apache licence that brings no text has another's", () => {
  const without = install("node_modules/a", "Apache-2.0");
  const other = install("node_modules/b", "Apache-2.0", { LICENSE: "Apache License" });
  expect(notices(without, other)).toContain("a 1.0.0 (Apache-2.0)\nb 1.0.0 (Apache-2.0)\n\nApache License\n");
});

test("a licence that asks for no notice needs no text", () => {
  expect(notices(install("node_modules/a", "MIT-0"))).toMatch(/\na 1\.0\.0 \(MIT-0\)\n$/);
});

test.each(["MIT", "Apache-2.0"])("a package under %s without any text is an error, with the remedy", (license) => {
  const file = install("node_modules/a", license);
  expect(() => notices(file)).toThrow(
    `a 1.0.0 is under ${license} and brings no text of it, which a bundle must have. Use another version or package.`,
  );
});
