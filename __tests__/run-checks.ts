import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { emulatorPython } from "../emulator/emulator-venv";
import { PROJECT_DIR, WORK_DIR } from "../host/work-dir";
import { actionlint, zizmor } from "./workflows/linters";

/** The result of a check. */
interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The tiers, each of which contains those before it: `npm run test:fast`, `npm test`, `npm run test:full`. */
const TIERS = ["fast", "smoke", "full"] as const;
type Tier = (typeof TIERS)[number];

/** One check: a command, and how its tests are counted. */
interface Check {
  readonly title: string;
  /** The first tier that it belongs to; `fast` needs neither Terraform nor Python. */
  readonly tier: Tier;
  readonly run: (tier: Tier) => Tally | Promise<Tally>;
}

const PASSED: Tally = { passed: 1, failed: 0, skipped: 0 };
const FAILED: Tally = { passed: 0, failed: 1, skipped: 0 };

const bin = (name: string) => join(PROJECT_DIR, "node_modules", ".bin", name);

const CHECKS: readonly Check[] = [
  {
    title: "Format and lint (Biome)",
    tier: "fast",
    run: () => command(bin("biome"), ["ci", "--error-on-warnings", "."]),
  },
  { title: "Types (tsc)", tier: "fast", run: () => command(bin("tsc"), ["--noEmit"]) },
  { title: "Dead code (knip)", tier: "fast", run: () => command(bin("knip"), []) },
  { title: "Imports (dependency-cruiser)", tier: "fast", run: () => command(bin("depcruise"), ["."]) },
  { title: "Unit, stacks and ASL (jest)", tier: "fast", run: () => jest(["fast"], ["--maxWorkers=2"]) },
  {
    title: "Broken guards (jest)",
    tier: "full",
    run: () => command(process.execPath, ["cli/run.mjs", "__tests__/broken-guards.ts"]),
  },
  { title: "Workflows (actionlint)", tier: "smoke", run: () => workflows(actionlint) },
  { title: "Workflows (zizmor)", tier: "smoke", run: () => workflows(zizmor) },
  { title: "Security of the stacks (checkov)", tier: "smoke", run: () => stacksByCheckov() },
  { title: "Synth (cdktf)", tier: "smoke", run: () => command(bin("cdktf"), ["synth"]) },
  { title: "Emulator (unittest)", tier: "full", run: emulatorTests },
  // Four at a time, also on two cores: each test file has its own emulator, and mostly waits.
  {
    title: "End to end (jest)",
    tier: "smoke",
    run: async (tier) => {
      // Installed once, before the files start side by side.
      await emulatorPython(process.env);
      return jest(tier === "full" ? ["smoke", "full"] : ["smoke"], [
        "--maxWorkers=4",
        "--testSequencer=./__tests__/e2e/support/longest-first.js",
      ]);
    },
  },
];

/** `npm run test:fast` (`--fast`), `npm test`, `npm run test:full` (`--full`): runs the tier's checks and prints their sum. */
async function main(): Promise<void> {
  const tier = TIERS.find((one) => process.argv.includes(`--${one}`)) ?? "smoke";
  const checks = CHECKS.filter((check) => TIERS.indexOf(check.tier) <= TIERS.indexOf(tier));
  const tallies: [string, Tally][] = [];
  for (const { title, run } of checks) {
    console.log(`\n── ${title}`);
    tallies.push([title, await attempt(() => run(tier))]);
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

/** A check that cannot be run has failed; the others are run all the same. */
async function attempt(check: () => Tally | Promise<Tally>): Promise<Tally> {
  try {
    return await check();
  } catch (error) {
    console.error((error as Error).message);
    return FAILED;
  }
}

/** Runs a command that counts as one check. */
function command(file: string, args: readonly string[]): Tally {
  const { status, error } = spawnSync(file, args, {
    cwd: PROJECT_DIR,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, CI: "1", CHECKPOINT_DISABLE: "1" },
  });
  if (error) console.error(error.message);
  return status === 0 ? PASSED : FAILED;
}

/** What is read of jest's results. */
interface JestResults extends Readonly<Partial<Record<`num${string}`, number>>> {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly ancestorTitles: readonly string[] }[];
  }[];
}

function jest(projects: readonly string[], args: readonly string[]): Tally {
  const results = join(WORK_DIR, `jest-${projects.join("-")}.json`);
  mkdirSync(WORK_DIR, { recursive: true });
  rmSync(results, { force: true });
  const options = ["--ci", "--selectProjects", ...projects, ...args, "--json", `--outputFile=${results}`];
  const { passed } = command(bin("jest"), options);
  if (!existsSync(results)) return FAILED;
  const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites, testResults } = JSON.parse(
    readFileSync(results, "utf8"),
  ) as JestResults;
  // A group that needs what this machine lacks says so in its title.
  const skipped = testResults.flatMap(({ assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === "pending")
      .map(({ ancestorTitles }) => ancestorTitles.join(" › ")),
  );
  for (const title of new Set(skipped)) console.log(`– ${title}`);
  const failed = (numFailedTests ?? 0) + (numRuntimeErrorTestSuites ?? 0);
  // A run that fails without a failed test fails too, for example one without any test.
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

/** Checks the synthesized stacks. It is loaded here, because cdktf takes seconds, and by `require`: tsx resolves no `import()` here. */
async function stacksByCheckov(): Promise<Tally> {
  const { checkov } = require("./checkov/checkov") as typeof import("./checkov/checkov");
  const { passed, failed } = await checkov(process.env);
  for (const one of failed) console.error(one);
  console.log(`Passed checks: ${passed}, failed checks: ${failed.length}`);
  return { passed, failed: failed.length, skipped: 0 };
}

/** Lints the workflows. A linter that is missing is an error on CI only. */
async function workflows(lint: (env: NodeJS.ProcessEnv) => Promise<string | undefined>): Promise<Tally> {
  const found = await lint(process.env).catch((error: Error) => error.message);
  if (found === undefined) {
    console.log("actionlint is built with Go, which is not on the PATH. Install Go 1.25 or later.");
    return /^(1|true)$/.test(process.env.CI ?? "") ? FAILED : { passed: 0, failed: 0, skipped: 1 };
  }
  if (found) console.error(found);
  return found ? FAILED : PASSED;
}

main().catch((error: Error) => {
  console.error(error.message);
  console.log("0 passed, 1 failed");
  process.exit(1);
});
