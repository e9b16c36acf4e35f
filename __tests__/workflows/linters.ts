import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { venvPrograms } from "../../emulator/python-venv";
import { PROJECT_DIR, WORK_DIR } from "../../host/work-dir";

const ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12";
const REQUIREMENTS = join(PROJECT_DIR, "__tests__", "workflows", "requirements.txt");

/**
 * Runs actionlint on the project's workflows, with shellcheck for the scripts in them. It is built with Go from the module
 * proxy, because no package registry has its current version.
 *
 * @returns what it found; "" for nothing; undefined if Go is not on the PATH.
 * @throws Error if actionlint cannot be built or shellcheck cannot be installed.
 */
export async function actionlint(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  if (spawnSync("go", ["version"], { stdio: "ignore" }).error) return undefined;
  const bin = join(WORK_DIR, "tools", ACTIONLINT.slice(ACTIONLINT.lastIndexOf("@") + 1));
  execFileSync("go", ["install", ACTIONLINT], { env: { ...env, GOBIN: bin, GOFLAGS: "" }, stdio: "pipe" });
  const shellcheck = join(await linterPrograms(env), "shellcheck");
  // pyflakes is for scripts in Python, and the workflows have no such script.
  return run(join(bin, "actionlint"), ["-no-color", "-shellcheck", shellcheck, "-pyflakes="]);
}

/**
 * Runs zizmor, which looks for what an attacker could use, on the project's workflows. It asks GitHub nothing.
 *
 * @returns what it found; "" for nothing.
 * @throws CommandError if it cannot be installed.
 */
export async function zizmor(env: NodeJS.ProcessEnv): Promise<string> {
  const program = join(await linterPrograms(env), "zizmor");
  return run(program, ["--offline", "--no-progress", "--color", "never", ".github"]);
}

/** The project's workflow files, below its root. */
export const workflowFiles = () =>
  readdirSync(join(PROJECT_DIR, ".github", "workflows")).map((name) => join(".github", "workflows", name));

function linterPrograms(env: NodeJS.ProcessEnv): Promise<string> {
  return venvPrograms(env, { name: "linters-venv", requirements: REQUIREMENTS, log: "linters-install.log" });
}

/** The output of a linter that found something; "" if it found nothing. */
function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: PROJECT_DIR, encoding: "utf8" });
  if (error) throw error;
  return status === 0 ? "" : `${stdout}${stderr}`.trim() || `${program} ended with exit code ${status} and no output`;
}
