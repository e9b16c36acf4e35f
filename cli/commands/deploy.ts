import type { Command } from "commander";
import type { Context } from "../lib/context";
import { checkEnvironments } from "../lib/environments";
import { guide, projectPath, sha256Digest } from "../lib/options";
import { sayOf } from "../lib/progress";

/** Options of `metronome deploy`. */
interface DeployOptions {
  readonly plan?: string;
  readonly digest?: string;
}

/** `metronome deploy`. */
export function addDeploy(program: Command, context: Context): void {
  const command = program
    .command("deploy")
    .summary("apply a reviewed plan")
    .description("Plans an environment again, and applies that plan only if it is the reviewed one.")
    .argument("<env>", "an environment of config/environments.ts")
    .option("--plan <dir>", "the reviewed plan, as a directory that `plan` wrote", projectPath)
    .option("--digest <sha256>", "the reviewed plan, as the digest that `plan` printed", sha256Digest)
    .action(async (environment: string, { plan, digest }: DeployOptions) => {
      if ((plan === undefined) === (digest === undefined)) {
        command.error("error: name the reviewed plan by one of --plan <dir> and --digest <sha256>");
      }
      checkEnvironments([environment]);
      const { deployReviewed }: typeof import("../terraform/deploy-reviewed") = require("../terraform/deploy-reviewed");
      const { env, signal } = context;
      const reviewed = plan === undefined ? { digest: digest as string } : { directory: plan };
      const { applied, tookMs } = await deployReviewed(environment, { env, signal, reviewed, say: sayOf(environment) });
      console.log(
        applied
          ? `${environment}: deployed. The apply took ${Math.round(tookMs / 1000)} s.`
          : `${environment}: this plan has no changes, so nothing was applied.`,
      );
    });
  guide(command, {
    examples: [["deploy dev --plan plans/dev"]],
    exits: { 0: "the plan was applied, or has no changes", 1: "error; nothing is applied if the plan is another one" },
  });
}
