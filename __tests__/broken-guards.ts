import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT_DIR } from "../host/work-dir";
import { GUARDS, type Guard } from "./guards";
import { SOURCE_FOLDERS } from "./source-folders";

/** What the tests of the guards import. */
const FOLDERS = ["__tests__", "cli", "emulator", ...SOURCE_FOLDERS];
const FILES = ["jest.config.js", "package.json", "tsconfig.json"];

/**
 * Breaks each guard of a tick, one at a time, in a copy of the project, and runs the tests that hold it. A guard whose
 * tests pass all the same is held by none.
 *
 * @returns a line for each guard that is not held.
 * @throws Error if a guard's text is not in its file exactly once, or its tests fail with every guard whole.
 */
function brokenGuards(guards: readonly Guard[], report: (line: string) => void): string[] {
  const copy = mkdtempSync(join(tmpdir(), "metronome-guards-"));
  try {
    for (const folder of FOLDERS) {
      cpSync(join(PROJECT_DIR, folder), join(copy, folder), {
        recursive: true,
        filter: (path) => !path.includes("/e2e/"),
      });
    }
    for (const file of FILES) cpSync(join(PROJECT_DIR, file), join(copy, file));
    symlinkSync(join(PROJECT_DIR, "node_modules"), join(copy, "node_modules"));
    writeFileSync(join(copy, "jest.guards.js"), JEST_CONFIG);
    const broken = guards.map((guard) => breakGuard(copy, guard));
    const all = [...new Set(guards.flatMap(({ tests }) => tests))];
    if (!passes(copy, { tests: all }))
      throw new Error(`the tests of the guards fail with every guard whole: ${all.join(" ")}`);
    return broken.flatMap(({ guard, whole, text }) => {
      const file = join(copy, guard.file);
      writeFileSync(file, text);
      const held = !passes(copy, guard);
      writeFileSync(file, whole);
      const line = `${guard.file}: ${guard.why}`;
      report(`${held ? "✓" : "✗"} ${line}`);
      return held ? [] : [line];
    });
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** The fast tests without the bundles, which none of these tests reads. */
const JEST_CONFIG = `const { globalSetup, displayName, ...fast } = require("./jest.config.js").projects[0];
module.exports = fast;
`;

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

function passes(copy: string, { tests, named }: Pick<Guard, "tests" | "named">): boolean {
  const which = [...(named ? ["--testNamePattern", named] : []), "--runTestsByPath", ...tests];
  const args = ["--config", "jest.guards.js", "--ci", "--bail", "--silent", "--maxWorkers=2", ...which];
  const { status, error } = spawnSync(join(copy, "node_modules", ".bin", "jest"), args, {
    cwd: copy,
    stdio: "ignore",
    // The fast tests draw fewer clocks: a broken guard must be met for certain.
    env: { ...process.env, METRONOME_TEST_PLAYS: "25" },
  });
  if (error) throw error;
  return status === 0;
}

const unheld = brokenGuards(GUARDS, console.log);
console.log(`${GUARDS.length - unheld.length} of ${GUARDS.length} guards are held by a test`);
process.exitCode = unheld.length > 0 ? 1 : 0;
