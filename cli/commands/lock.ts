import type { Command } from "commander";
import { PROJECT_DIR } from "../../host/work-dir";
import type { Context } from "../lib/context";
import { checkEnvironments } from "../lib/environments";
import { guide, projectPath } from "../lib/options";
import { sayOf } from "../lib/progress";
import { shownDirectory } from "../terraform/plan-files";

/** `metronome lock`. */
export function addLock(program: Command, context: Context): void {
  const command = program
    .command("lock")
    .summary("record the providers' checksums")
    .description(
      "Writes the lock file of an environment's providers, with checksums for all platforms. Commit the file.",
    )
    .argument("<env>", "an environment of config/environments.ts")
    .option("--platform <platforms...>", "platforms instead of the usual ones, such as linux_amd64")
    .option("--mirror <dir>", "a directory that `terraform providers mirror` has filled", projectPath)
    .action(async (environment: string, options: { platform?: string[]; mirror?: string }) => {
      checkEnvironments([environment]);
      const {
        LOCK_PLATFORMS,
        lockEnvironment,
      }: typeof import("../terraform/lock-environment") = require("../terraform/lock-environment");
      const { platform: platforms = LOCK_PLATFORMS, mirror } = options;
      const { env, signal } = context;
      const file = await lockEnvironment(environment, { env, signal, platforms, mirror, say: sayOf(environment) });
      console.log(`${shownDirectory(file, PROJECT_DIR)} has the providers for ${platforms.join(", ")}. Commit it.`);
    });
  guide(command, {
    examples: [["lock dev"], ["lock dev --mirror /srv/providers", "without a registry"]],
    exits: { 0: "the lock file is written" },
  });
}
