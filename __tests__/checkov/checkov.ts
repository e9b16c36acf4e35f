import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Environments } from "../../config/schema";
import { venvPrograms } from "../../emulator/python-venv";
import { childEnvironment } from "../../host/child-environment";
import { PROJECT_DIR, WORK_DIR } from "../../host/work-dir";
import { ordinary, withAllOptions, writeStacks } from "./stacks";

const REQUIREMENTS = join(PROJECT_DIR, "__tests__", "checkov", "requirements.txt");

/** Checks that an option of an environment is for: they must pass in the stacks of an environment that has all options. */
const OF_OPTIONS = ["CKV_AWS_18", "CKV_AWS_50", "CKV_AWS_145", "CKV_AWS_158", "CKV_AWS_173", "CKV_AWS_284"];

/** What checkov says of stacks. */
export interface Findings {
  readonly passed: number;
  /** The checks that failed: their ids, names and resources. */
  readonly failed: readonly string[];
}

/** One check of one resource. */
interface Check {
  readonly check_id: string;
  readonly check_name: string;
  /** `/<stack>/cdk.tf.json` */
  readonly file_path: string;
  readonly resource: string;
}

/** Checkov's report in JSON, as far as it is read here. */
interface Report {
  readonly summary: { readonly parsing_errors: number };
  readonly results: { readonly passed_checks: readonly Check[]; readonly failed_checks: readonly Check[] };
}

/**
 * Runs checkov on the synthesized stacks, offline: of the configured environments and every variant, all checks but those
 * that `.checkov.yaml` passes over; of environments with all options, also the checks that the options are for.
 *
 * @throws CommandError if it cannot be installed; Error if it ends without a report, or has not read a stack.
 */
export async function checkov(env: NodeJS.ProcessEnv): Promise<Findings> {
  const options = { name: "checkov-venv", requirements: REQUIREMENTS, log: "checkov-install.log" };
  const program = join(await venvPrograms(env, options), "checkov");
  const directory = mkdtempSync(join(WORK_DIR, "checkov-"));
  try {
    const skipping = ["--config-file", join(PROJECT_DIR, ".checkov.yaml")];
    const only = ["--framework", "terraform_json", "--skip-download", "--check", OF_OPTIONS.join(",")];
    const check = (name: string, of: Environments, args: readonly string[]) => {
      const stacks = writeStacks(join(directory, name), of);
      return runCheckov(program, env, join(directory, name), stacks, args);
    };
    const findings = [
      check("ordinary", ordinary(), skipping),
      check("protected", withAllOptions(), skipping),
      check("options", withAllOptions(), only),
    ];
    return {
      passed: findings.reduce((sum, { passed }) => sum + passed, 0),
      failed: findings.flatMap(({ failed }) => failed),
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function runCheckov(
  program: string,
  env: NodeJS.ProcessEnv,
  directory: string,
  stacks: readonly string[],
  args: readonly string[],
): Findings {
  const { stdout, stderr, error } = spawnSync(program, ["--directory", ".", ...args, "--output", "json"], {
    // It also reads a `.checkov.yaml` of the current directory and of the user's home: both are this one, and have none.
    cwd: directory,
    env: { ...childEnvironment("python", env), HOME: directory },
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
  });
  if (error) throw error;
  let report: Report;
  try {
    report = JSON.parse(stdout);
  } catch {
    throw new Error(`checkov ended without a report: ${`${stdout}${stderr}`.trim()}`);
  }
  const { passed_checks: passed, failed_checks: failed } = report.results;
  const read = new Set([...passed, ...failed].map(({ file_path }) => file_path.split("/")[1]));
  const unread = stacks.filter((id) => !read.has(id));
  if (report.summary.parsing_errors > 0 || (unread.length > 0 && !args.includes("--check"))) {
    throw new Error(`checkov has not read ${unread.join(", ") || "a stack"}: ${stderr}`);
  }
  return {
    passed: passed.length,
    failed: failed.map(
      ({ check_id, check_name, file_path, resource }) => `${check_id} (${check_name}): ${file_path} ${resource}`,
    ),
  };
}
