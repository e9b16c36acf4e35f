import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../host/run-command";
import { PROJECT_DIR, WORK_DIR } from "../host/work-dir";
import { withoutAws } from "./aws-environment";

export interface VenvOptions {
  /** The directory of the virtual environment, below the project's work directory. */
  readonly name: string;
  /** The path of the requirements: every package pinned, with hashes. */
  readonly requirements: string;
  /** The name of the log file of the installation. */
  readonly log: string;
  /** Ends the installation. */
  readonly signal?: AbortSignal;
}

/**
 * The directory of the programs in a virtual environment of Python. Installs it if it is missing or its requirements have
 * changed.
 *
 * @throws CommandError if Python has no venv module or a package cannot be installed.
 */
export async function venvPrograms(env: NodeJS.ProcessEnv, options: VenvOptions): Promise<string> {
  const venv = join(WORK_DIR, options.name);
  const programs = join(venv, "bin");
  const installed = join(venv, "installed-from");
  const wanted = createHash("sha256").update(readFileSync(options.requirements)).digest("hex");
  if (existsSync(installed) && readFileSync(installed, "utf8") === wanted) return programs;
  rmSync(venv, { recursive: true, force: true });
  const command = {
    cwd: PROJECT_DIR,
    env: withoutAws(env),
    logFile: join(WORK_DIR, "logs", options.log),
    signal: options.signal,
  };
  await runCommand("python3", ["-m", "venv", venv], command);
  const install = ["-m", "pip", "install", "--quiet", "--require-hashes", "-r", options.requirements];
  await runCommand(join(programs, "python"), install, command);
  // Written last, so that the next call repeats an installation that was interrupted.
  writeFileSync(installed, wanted);
  return programs;
}
