import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT_DIR } from "../host/work-dir";
import { GUARDS, type Guard } from "./guards";
import { SOURCE_FOLDERS } from "./source-folders";

/** What the tests of the guards import. */
const FOLDERS = ["__tests__", "cli", "emulator", ...SOURCE_FOLDERS];
const FILES = ["jest.config.js", "package.json", "tsconfig.json"];

/** Copies of the project in which guards are broken side by side. */
const COPIES = 2;

/**
 * Breaks each guard of a tick, one at a time, in a copy of the project, and runs the tests that hold it. A guard whose
 * tests pass all the same is held by none.
 *
 * @returns a line for each guard that is not held.
 * @throws Error if a guard's text is not in its file exactly once, or its tests fail with every guard whole.
 */
async function brokenGuards(guards: readonly Guard[], report: (line: string) => void): Promise<string[]> {
  const copies = Array.from({ length: COPIES }, () => mkdtempSync(join(tmpdir(), "metronome-guards-")));
  try {
    for (const copy of copies) copyProject(copy);
    const broken = guards.map((guard) => breakGuard(copies[0] as string, guard));
    const all = [...new Set(guards.flatMap(({ tests }) => tests))];
    // These tests pass, so what they print is what is wrong if they do not.
    if (!(await passes(copies[0] as string, { tests: all }, { maxWorkers: COPIES, stdio: "inherit" })))
      throw new Error(`the tests of the guards fail with every guard whole: ${all.join(" ")}`);
    const unheld: string[] = [];
    const next = broken.values();
    const breakNext = async (copy: string) => {
      // The copies take turns at one iterator, so each guard is broken once.
      for (const { guard, whole, text } of next) {
        const file = join(copy, guard.file);
        writeFileSync(file, text);
        const held = !(await passes(copy, guard, { maxWorkers: 1, stdio: "ignore" }));
        writeFileSync(file, whole);
        const line = `${guard.file}: ${guard.why}`;
        report(`${held ? "✓" : "✗"} ${line}`);
        if (!held) unheld.push(line);
      }
    };
    await Promise.all(copies.map(breakNext));
    return unheld;
  } finally {
    for (const copy of copies) rmSync(copy, { recursive: true, force: true });
  }
}

/** The fast tests without the bundles, which none of these tests reads. */
const JEST_CONFIG = `const { globalSetup, displayName, ...fast } = require("./jest.config.js").projects[0];
module.exports = fast;
`;

function copyProject(copy: string): void {
  for (const folder of FOLDERS) {
    cpSync(join(PROJECT_DIR, folder), join(copy, folder), {
      recursive: true,
      filter: (path) => !path.includes("/e2e/"),
    });
  }
  for (const file of FILES) cpSync(join(PROJECT_DIR, file), join(copy, file));
  symlinkSync(join(PROJECT_DIR, "node_modules"), join(copy, "node_modules"));
  writeFileSync(join(copy, "jest.guards.js"), JEST_CONFIG);
}

function breakGuard(copy: string, guard: Guard) {
  const whole = readFileSync(join(copy, guard.file), "utf8");
  const found = whole.split(guard.search).length - 1;
  if (found !== 1) {
    throw new Error(
      `${guard.file} has the guard's text ${found} times: ${JSON.stringify(guard.search)}. Write it in __tests__/guards.ts as it is now.`,
    );
  }
  return { guard, whole, text: whole.replace(guard.search, () => guard.replace) };
}

function passes(
  copy: string,
  { tests, named }: Pick<Guard, "tests" | "named">,
  { maxWorkers, stdio }: { readonly maxWorkers: number; readonly stdio: "inherit" | "ignore" },
): Promise<boolean> {
  const which = [...(named ? ["--testNamePattern", named] : []), "--runTestsByPath", ...tests];
  const args = ["--config", "jest.guards.js", "--ci", "--bail", "--silent", `--maxWorkers=${maxWorkers}`, ...which];
  const jest = spawn(join(copy, "node_modules", ".bin", "jest"), args, {
    cwd: copy,
    stdio: ["ignore", stdio, stdio],
    // The fast tests draw fewer clocks: a broken guard must be met for certain.
    env: { ...process.env, METRONOME_TEST_PLAYS: "25" },
  });
  return new Promise((resolve, reject) => {
    jest.once("error", reject);
    jest.once("close", (code) => resolve(code === 0));
  });
}

brokenGuards(GUARDS, console.log).then(
  (unheld) => {
    console.log(`${GUARDS.length - unheld.length} of ${GUARDS.length} guards are held by a test`);
    process.exitCode = unheld.length > 0 ? 1 : 0;
  },
  (error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
);
