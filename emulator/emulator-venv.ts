import { join } from "node:path";
import { PROJECT_DIR } from "../host/work-dir";
import { venvPrograms } from "./python-venv";

/** What the emulator is installed from: every package pinned, with hashes. */
const REQUIREMENTS = join(PROJECT_DIR, "emulator", "launcher", "requirements.txt");

/**
 * The Python of the project's virtual environment that has the emulator. Installs it if it is missing or its requirements
 * have changed.
 *
 * @throws CommandError if Python has no venv module or a package cannot be installed.
 */
export async function emulatorPython(env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<string> {
  const options = { name: "venv", requirements: REQUIREMENTS, log: "emulator-install.log", signal };
  return join(await venvPrograms(env, options), "python");
}
