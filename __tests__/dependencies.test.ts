import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bundleFunction } from "../constructs/function-bundle";
import { PROJECT_DIR } from "../host/work-dir";

/** A package in `package-lock.json`, for every platform. */
interface LockedPackage {
  readonly version: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly inBundle?: boolean;
}

const readJson = (path: string) => JSON.parse(readFileSync(join(PROJECT_DIR, path), "utf8"));

/** By path below the project; without the project itself. */
const LOCKED: readonly (readonly [path: string, locked: LockedPackage])[] = Object.entries(
  readJson("package-lock.json").packages as Record<string, LockedPackage>,
).filter(([path]) => path !== "");

/** Licences of what is deployed: they ask for no more than a notice. */
const DEPLOYED = ["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0"];

/**
 * Licences of what is installed to build, run and test. MPL-2.0 asks for the source of files that are changed, and none is.
 * CC-BY-4.0 is of data on browsers.
 */
const INSTALLED = [...DEPLOYED, "BlueOak-1.0.0", "CC-BY-4.0", "CC0-1.0", "MPL-2.0", "Unlicense"];

/** Packages whose licence is no SPDX expression, by path, with what it says. */
const NAMED: Readonly<Record<string, string>> = { "node_modules/cdktf/node_modules/jsonify": "Public Domain" };

/** Whether an SPDX expression of these licences can be met: of an OR, by one; of an AND, by all. */
function isMetBy(expression: string, allowed: readonly string[]): boolean {
  const inner = expression.replace(/^\((.*)\)$/, "$1");
  if (/[()]| WITH /.test(inner)) throw new Error(`an expression that is not evaluated here: ${expression}`);
  return inner.split(" OR ").some((all) => all.split(" AND ").every((one) => allowed.includes(one)));
}

test.each([
  ["MIT", true],
  ["AGPL-3.0-or-later", false],
  ["(MIT OR GPL-3.0-or-later)", true],
  ["Apache-2.0 AND MIT", true],
  ["Apache-2.0 AND GPL-2.0-only", false],
  ["GPL-2.0-only OR LGPL-3.0-only", false],
  ["UNLICENSED", false],
])("the licence %s: %s", (expression, met) => {
  expect(isMetBy(expression, INSTALLED)).toBe(met);
});

test("a licence that cannot be read is an error", () => {
  expect(() => isMetBy("MIT OR (Apache-2.0 AND ISC)", INSTALLED)).toThrow("not evaluated here");
});

test("every locked package, on every platform, has a licence that the project may use", () => {
  expect(LOCKED.length).toBeGreaterThan(500);
  const refused = LOCKED.filter(
    ([path, { license }]) => license === undefined || !(isMetBy(license, INSTALLED) || NAMED[path] === license),
  );
  expect(refused.map(([path, { license }]) => `${path}: ${license}`)).toEqual([]);
});

test("what is installed has the licence that is locked", () => {
  const differing = LOCKED.flatMap(([path, { license }]) => {
    const installed = licenceOf(path);
    return installed === undefined || installed === license ? [] : [`${path}: ${license}, installed ${installed}`];
  });
  expect(differing).toEqual([]);
});

/** The licence in a package's own words; undefined if it is not installed, as packages for other platforms are not. */
function licenceOf(path: string): string | undefined {
  try {
    const { license = "none", version } = readJson(join(path, "package.json"));
    return version === undefined ? undefined : license;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

test("every locked package that npm downloads has the hash of its content, and no registry's address", () => {
  const downloaded = LOCKED.filter(([, { link, inBundle }]) => !link && !inBundle);
  expect(downloaded.length).toBeGreaterThan(500);
  const unhashed = downloaded.filter(([, { integrity }]) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? ""));
  expect(unhashed.map(([path]) => path)).toEqual([]);
  expect(LOCKED.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
});

const FUNCTIONS = readdirSync(join(PROJECT_DIR, "functions")).filter((name) => name !== "runtime");

describe.each(FUNCTIONS)("the deployed function %s", (name) => {
  const directory = bundleFunction(name);
  const notices = readFileSync(join(directory, "THIRD-PARTY-NOTICES.txt"), "utf8");
  const named = [...notices.matchAll(/^(\S+) (\d\S+) \((.+)\)$/gm)].map(([, ...parts]) => parts as string[]);

  test("names each package that it has code of, as it is locked", () => {
    expect(named.length).toBeGreaterThan(3);
    for (const [of, version, license] of named) {
      expect(LOCKED).toContainEqual([
        expect.stringMatching(new RegExp(`(^|/)node_modules/${of}$`)),
        expect.objectContaining({ version, license }),
      ]);
    }
  });

  test("has packages only whose licences ask for a notice at most, and gives it", () => {
    expect(named.filter(([, , license]) => !isMetBy(license as string, DEPLOYED))).toEqual([]);
    const licences = new Set(named.map(([, , license]) => license));
    expect(notices.includes("Apache License\n")).toBe(licences.has("Apache-2.0"));
    expect(notices.includes("Permission is hereby granted, free of charge")).toBe(licences.has("MIT"));
  });
});
