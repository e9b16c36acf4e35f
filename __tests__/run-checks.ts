import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { emulatorPython } from "../emulator/emulator-venv";
import { PROJECT_DIR, WORK_DIR } from "../host/work-dir";
import { actionlint, type Linter, problems, zizmor } from "./workflows/linters";

/** What a check came to. */
interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** One check: a command, and how its tests are counted. */
interface Check {
  readonly title: string;
  readonly run: () => Tally | Promise<Tally>;
  /** Whether it takes Terraform, Python or minutes. */
  readonly slow?: boolean;
}

const bin = (name: string) => join(PROJECT_DIR, "node_modules", ".bin", name);

const CHECKS: readonly Check[] = [
  { title: "Format and lint (Biome)", run: () => command(bin("biome"), ["ci", "--error-on-warnings", "."]) },
  { title: "Types (tsc)", run: () => command(bin("tsc"), ["--noEmit"]) },
  { title: "Dead code (knip)", run: () => command(bin("knip"), []) },
  { title: "Unit, stacks and ASL (jest)", run: () => jest("fast", ["--maxWorkers=2"]) },
  { title: "Workflows (actionlint)", slow: true, run: () => workflows(actionlint) },
  { title: "Workflows (zizmor)", slow: true, run: () => workflows(zizmor) },
  { title: "Synth (cdktf)", slow: true, run: () => command(bin("cdktf"), ["synth"]) },
  { title: "Emulator (unittest)", slow: true, run: emulatorTests },
  // Four at a time, also on two cores: each has an emulator of its own, and waits much more than it works.
  {
    title: "End to end (jest)",
    slow: true,
    run: () => jest("e2e", ["--maxWorkers=4", "--testSequencer=./__tests__/e2e/longest-first.js"]),
  },
];

/** `npm test`, and with `--fast` the checks that need no Terraform: runs them all, and ends with the sum. */
async function main(): Promise<void> {
  const checks = CHECKS.filter(({ slow }) => !(slow && process.argv.includes("--fast")));
  const tallies: [string, Tally][] = [];
  for (const { title, run } of checks) {
    console.log(`\n── ${title}`);
    tallies.push([title, await run()]);
  }
  console.log("");
  for (const [title, { passed, failed, skipped }] of tallies) {
    const mark = failed > 0 ? "✗" : passed === 0 && skipped > 0 ? "–" : "✓";
    console.log(`${mark} ${title}: ${mark === "–" ? "skipped" : `${passed} of ${passed + failed}`}`);
  }
  const sum = (field: keyof Tally) => tallies.reduce((total, [, tally]) => total + tally[field], 0);
  const skipped = sum("skipped") > 0 ? `, ${sum("skipped")} skipped` : "";
  console.log(`${sum("passed")} passed, ${sum("failed")} failed${skipped}`);
  process.exitCode = sum("failed") > 0 ? 1 : 0;
}

/** Runs a command that counts as one check. */
function command(file: string, args: readonly string[]): Tally {
  const { status, error } = spawnSync(file, args, {
    cwd: PROJECT_DIR,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, CI: "1", CHECKPOINT_DISABLE: "1" },
  });
  if (error) console.error(error.message);
  return status === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

function jest(project: string, args: readonly string[]): Tally {
  const results = join(WORK_DIR, `jest-${project}.json`);
  mkdirSync(WORK_DIR, { recursive: true });
  rmSync(results, { force: true });
  const { passed } = command(bin("jest"), [
    "--ci",
    "--selectProjects",
    project,
    ...args,
    "--json",
    `--outputFile=${results}`,
  ]);
  if (!existsSync(results)) return { passed: 0, failed: 1, skipped: 0 };
  const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites } = JSON.parse(
    readFileSync(results, "utf8"),
  ) as Record<string, number>;
  const failed = (numFailedTests ?? 0) + (numRuntimeErrorTestSuites ?? 0);
  // A run that fails without a failed test, as with none to run, is a failure all the same.
  return {
    passed: numPassedTests ?? 0,
    failed: failed === 0 && passed === 0 ? 1 : failed,
    skipped: numPendingTests ?? 0,
  };
}

async function emulatorTests(): Promise<Tally> {
  const python = await emulatorPython(process.env);
  return command(python, ["-m", "unittest", "discover", "-s", "emulator/launcher/tests", "-t", "emulator/launcher"]);
}

/** Lints the workflows, and makes sure that the linter sees mistakes. A linter that cannot be had is an error on CI only. */
async function workflows(linter: (env: NodeJS.ProcessEnv) => Promise<Linter | undefined>): Promise<Tally> {
  const found = await linter(process.env)
    .then((ready) => ready && problems(ready))
    .catch((error: Error) => [error.message]);
  if (!found && !/^(1|true)$/.test(process.env.CI ?? "")) {
    console.log(
      "Skipped: actionlint is built with Go, which is not on the PATH. Install Go 1.25 or later to run it here.",
    );
    return { passed: 0, failed: 0, skipped: 1 };
  }
  const wrong = found ?? ["actionlint is built with Go, which is not on the PATH. Install Go 1.25 or later."];
  for (const one of wrong) console.error(one);
  if (wrong.length === 0) console.log("The workflows are clean, and deliberate mistakes in copies of them are seen.");
  return wrong.length === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: wrong.length, skipped: 0 };
}

main().catch((error: Error) => {
  console.error(error.message);
  console.log("0 passed, 1 failed");
  process.exit(1);
});
