import { join, resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { PROJECT_DIR, WORK_DIR } from "../../host/work-dir";
import type { DeployOptions } from "./deploy-reviewed";
import { LOCK_PLATFORMS } from "./lock-environment";

/** What `npm run plan` was asked for. Directories are absolute. */
export interface PlanCommandOptions {
  /** Each once, in the order asked for. */
  readonly environments: readonly string[];
  /** The directory for an environment's plan. */
  readonly directoryOf: (environment: string) => string;
  /** The directory for the comment on several environments; undefined for one. */
  readonly commentDirectory: string | undefined;
  /** cdktf's output directory of an earlier synth. @default the app is synthesized */
  readonly synthesized?: string;
  /** The commit that was synthesized there: 40 hexadecimal digits. @default this checkout's */
  readonly commit?: string;
}

/**
 * Reads the command line of `npm run plan`.
 *
 * @throws CommanderError for a wrong one, and for `--help`, after it has been printed; as the others here do.
 */
export function readPlanOptions(args: readonly string[]): PlanCommandOptions {
  const command = commandNamed("plan")
    .description(
      "Synthesizes, plans, and writes the plan for reviewers with its digest. Exit code 0: no changes, 1: error, 2: changes.",
    )
    .argument("<environments...>", "of config/environments.ts")
    .option("--out <dir>", "the directory for the plan; several environments get one each in it")
    .option("--synthesized <dir>", "plan what cdktf synth has written there, instead of synthesizing")
    .option("--commit <sha>", "the commit that was synthesized there", commitSha);
  command.parse([...args], { from: "user" });
  const { out, synthesized, commit } = command.opts<{ out?: string; synthesized?: string; commit?: string }>();
  if (commit !== undefined && synthesized === undefined) {
    command.error(
      `--commit ${commit} is for what was synthesized elsewhere: add --synthesized <dir>, or leave it out.`,
    );
  }
  const environments = [...new Set(command.processedArgs[0] as string[])];
  const several = environments.length > 1;
  const root = out === undefined ? join(WORK_DIR, "plans") : fromProject(out);
  return {
    environments,
    directoryOf: (environment) => (out !== undefined && !several ? root : join(root, environment)),
    commentDirectory: several ? root : undefined,
    ...(synthesized !== undefined && { synthesized: fromProject(synthesized) }),
    ...(commit !== undefined && { commit }),
  };
}

/** Reads the command line of `npm run deploy`. @throws CommanderError */
export function readDeployOptions(args: readonly string[]): Pick<DeployOptions, "reviewed"> & { environment: string } {
  const command = commandNamed("deploy")
    .description("Plans, and applies that plan if it is the one that was reviewed.")
    .argument("<environment>", "of config/environments.ts")
    .addOption(new Option("--plan <dir>", "the directory that npm run plan wrote").conflicts("digest"))
    .option("--digest <sha256>", "the digest that npm run plan printed");
  command.parse([...args], { from: "user" });
  const { plan, digest } = command.opts<{ plan?: string; digest?: string }>();
  const environment: string = command.processedArgs[0];
  if (plan !== undefined) return { environment, reviewed: { directory: fromProject(plan) } };
  if (digest === undefined) command.error("Name what was reviewed: --plan <dir>, or --digest <sha256>.");
  return { environment, reviewed: { digest: digest as string } };
}

/** Reads the command line of `npm run drift`. @throws CommanderError */
export function readDriftOptions(args: readonly string[]): { environment: string; directory: string } {
  const command = commandNamed("drift")
    .description("Says what changed outside Terraform, in drift.md. Exit code 0: nothing, 1: error, 2: something.")
    .argument("<environment>", "of config/environments.ts")
    .option("--out <dir>", "the directory for drift.md");
  command.parse([...args], { from: "user" });
  const environment: string = command.processedArgs[0];
  const { out } = command.opts<{ out?: string }>();
  return { environment, directory: out === undefined ? join(WORK_DIR, "drift", environment) : fromProject(out) };
}

/** Reads the command line of `npm run lock`. @throws CommanderError */
export function readLockOptions(args: readonly string[]): {
  environment: string;
  platforms: readonly string[];
  mirror?: string;
} {
  const command = commandNamed("lock")
    .description(
      "Writes the lock file of an environment's providers, which is committed, with checksums for all platforms.",
    )
    .argument("<environment>", "of config/environments.ts")
    .option("--platform <platforms...>", "instead of the usual ones", [...LOCK_PLATFORMS])
    .option("--mirror <dir>", "take the packages from a directory that terraform providers mirror has filled");
  command.parse([...args], { from: "user" });
  const { platform, mirror } = command.opts<{ platform: string[]; mirror?: string }>();
  return {
    environment: command.processedArgs[0],
    platforms: platform,
    ...(mirror !== undefined && { mirror: fromProject(mirror) }),
  };
}

/** Reads the command line of `npm run plan-comment`: the plans' directories. @throws CommanderError */
export function readCommentOptions(args: readonly string[]): readonly string[] {
  const command = commandNamed("plan-comment")
    .description("Writes one comment on several plans to the standard output.")
    .argument("<plans...>", "directories that npm run plan wrote");
  command.parse([...args], { from: "user" });
  return (command.processedArgs[0] as string[]).map(fromProject);
}

function commitSha(text: string): string {
  if (!/^[0-9a-f]{40}$/.test(text))
    throw new InvalidArgumentError("Write the whole commit hash: 40 hexadecimal digits.");
  return text;
}

function commandNamed(name: string): Command {
  return new Command(`npm run ${name} --`)
    .helpOption("--help", "print this")
    .allowExcessArguments(false)
    .exitOverride();
}

function fromProject(path: string): string {
  return resolve(PROJECT_DIR, path);
}
