import { PROJECT_DIR } from "../../host/work-dir";
import { lockEnvironment } from "../terraform/lock-environment";
import { readLockOptions } from "../terraform/options";
import { shownDirectory } from "../terraform/plan-files";
import { runMain } from "./run-main";

/** `npm run lock -- <env>`: records the providers with their checksums, to be committed. Exit code 0 or 1. */
async function main(args: readonly string[], signal: AbortSignal): Promise<number> {
  const { environment, platforms, mirror } = readLockOptions(args);
  const file = await lockEnvironment(environment, { env: process.env, signal, platforms, mirror });
  console.log(`${shownDirectory(file, PROJECT_DIR)} has the providers for ${platforms.join(", ")}. Commit it.`);
  return 0;
}

runMain(main);
