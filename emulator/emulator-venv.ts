import { join } from "node:path";
import { PROJECT_DIR } from "../host/work-dir";
import { venvPrograms } from "./python-venv";

/** What the emulator is installed from: every package pinned, with hashes. */
const REQUIREMENTS = join(PROJECT_DIR, "emulator", "launcher", "requirements.txt");

/**
 * The Python of the project's virtual environment with the emulator in it; installs it where it is not there or stands
 * for other requirements.
 *
 * @throws CommandError where Python has no venv module or a package cannot be had.
 */
export async function emulatorPython(env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<string> {
  const options = { name: "venv", requirements: REQUIREMENTS, log: "emulator-install.log", signal };
  return join(await venvPrograms(env, options), "python");
}
