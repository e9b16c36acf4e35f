import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withoutAws } from "./aws-environment";
import { runCommand } from "./run-command";
import { PROJECT_DIR, WORK_DIR } from "./work-dir";

/** What the emulator is installed from: every package pinned, with hashes. */
const REQUIREMENTS = join(PROJECT_DIR, "local", "emulator", "requirements.txt");
const VENV = join(WORK_DIR, "venv");
/** Written last, so that an installation that was interrupted is made anew. */
const INSTALLED = join(VENV, "installed-from");

/**
 * The Python of the project's virtual environment with the emulator in it; installs it where it is not there or stands
 * for other requirements.
 *
 * @throws CommandError where Python has no venv module or a package cannot be had.
 */
export async function emulatorPython(env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<string> {
  const python = join(VENV, "bin", "python");
  const wanted = createHash("sha256").update(readFileSync(REQUIREMENTS)).digest("hex");
  if (existsSync(INSTALLED) && readFileSync(INSTALLED, "utf8") === wanted) return python;
  rmSync(VENV, { recursive: true, force: true });
  const options = {
    cwd: PROJECT_DIR,
    env: withoutAws(env),
    logFile: join(WORK_DIR, "logs", "emulator-install.log"),
    signal,
  };
  await runCommand("python3", ["-m", "venv", VENV], options);
  await runCommand(python, ["-m", "pip", "install", "--quiet", "--require-hashes", "-r", REQUIREMENTS], options);
  writeFileSync(INSTALLED, wanted);
  return python;
}
