import { join } from "node:path";
import type { Command } from "commander";
import { PROJECT_DIR, WORK_DIR } from "../../host/work-dir";
import type { Context } from "../lib/context";
import { checkEnvironments } from "../lib/environments";
import { EXIT } from "../lib/exit";
import { guide, projectPath } from "../lib/options";
import { sayOf } from "../lib/progress";
import { shownDirectory } from "../terraform/plan-files";

/** `metronome drift`. */
export function addDrift(program: Command, context: Context): void {
  const command = program
    .command("drift")
    .summary("what changed outside Terraform")
    .description("Finds what changed outside Terraform, and writes it into drift.md.")
    .argument("<env>", "an environment of config/environments.ts")
    .option("--out <dir>", "directory for drift.md (default: .metronome/drift/<env>)", projectPath)
    .action(async (environment: string, { out }: { out?: string }) => {
      checkEnvironments([environment]);
      process.exitCode = await drift(environment, out ?? join(WORK_DIR, "drift", environment), context);
    });
  guide(command, {
    examples: [["drift prod"]],
    exits: { 0: "nothing changed", 1: "error, or wrong command line", 2: "something changed" },
  });
}

async function drift(environment: string, directory: string, { env, signal }: Context): Promise<number> {
  const { findDrift }: typeof import("../terraform/drift") = require("../terraform/drift");
  const ends: (() => Promise<void>)[] = [];
  const options = {
    env,
    signal,
    directory,
    say: sayOf(environment),
    atEnd: (end: () => Promise<void>) => ends.push(end),
  };
  const drifted = await findDrift(environment, options).finally(() => Promise.all(ends.map((end) => end())));
  const where = `${shownDirectory(directory, PROJECT_DIR)}/drift.md`;
  console.log(
    drifted.length > 0
      ? `${environment}: ${drifted.length} ${drifted.length === 1 ? "resource" : "resources"} changed outside Terraform. ${where} names them.`
      : `${environment}: nothing changed outside Terraform.`,
  );
  return drifted.length > 0 ? EXIT.changes : EXIT.ok;
}
