import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { childEnvironment } from "../host/child-environment";
import { runCommand } from "../host/run-command";
import { PROJECT_DIR, WORK_DIR } from "../host/work-dir";

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
  // The venv's python is a link to the one that made it, and leads nowhere when that one was removed.
  const works = existsSync(join(programs, "python")) && existsSync(installed);
  if (works && readFileSync(installed, "utf8") === wanted) return programs;
  rmSync(venv, { recursive: true, force: true });
  const command = {
    cwd: PROJECT_DIR,
    // Overrules a pip.conf: what is installed for the user is not in the virtual environment.
    env: { ...childEnvironment("python", env), PIP_USER: "0" },
    logFile: join(WORK_DIR, "logs", options.log),
    signal: options.signal,
  };
  await runCommand("python3", ["-m", "venv", venv], command);
  // Not compiled: that takes half of pip's time, and Python compiles the few modules that it loads.
  const install = ["-m", "pip", "install", "--quiet", "--no-compile", "--require-hashes", "-r", options.requirements];
  await runCommand(join(programs, "python"), install, command);
  // Written last, so that the next call repeats an installation that was interrupted.
  writeFileAtomic.sync(installed, wanted);
  return programs;
}
