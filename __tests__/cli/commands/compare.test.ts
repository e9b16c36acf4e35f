import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { allVariants, type Comparison } from "../../../cli/compare/comparison";

const PROJECT_DIR = join(__dirname, "..", "..", "..");

/** Runs the command as its npm script does, without the set-up that comes before. */
function compare(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--require", "tsx/cjs", join(PROJECT_DIR, "cli", "commands", "compare.ts"), ...args],
    { cwd: PROJECT_DIR, encoding: "utf8", env: { PATH: process.env.PATH } },
  );
  return { status, stdout, stderr };
}

test("prints tables, for 10 s where nothing else is asked", () => {
  const { status, stdout, stderr } = compare();
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^Strategies for a tick every 10s\n/);
});

test("prints JSON and nothing else with --json", () => {
  const { status, stdout } = compare("--interval", "1m", "--json");
  expect(status).toBe(0);
  const comparison = JSON.parse(stdout) as Comparison;
  expect(comparison).toMatchObject({ schemaVersion: 1, interval: "1m" });
  expect(comparison.variants.map(({ id }) => id)).toEqual(allVariants().map(({ id }) => id));
});

test.each([
  [["--interval", "0s"], "'0s' is invalid"],
  [["--interval", "10"], "'10' is invalid"],
  [["--interval", "25h"], "'25h' is invalid"],
  [["--intervall", "10s"], "unknown option '--intervall'"],
  [["10s"], "too many arguments"],
])("%j ends with one message and exit code 2", (args, message) => {
  const { status, stdout, stderr } = compare(...args);
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(message);
  expect(stderr.trim().split("\n").length).toBeLessThanOrEqual(2);
});
