import { join } from "node:path";
import { childEnvironment } from "../../host/child-environment";
import { CommandError, type CommandOptions, runCommand } from "../../host/run-command";
import { PROJECT_DIR, WORK_DIR } from "../../host/work-dir";
import { terraformProgram } from "./binary";

/** How far Terraform has come. */
export interface DeployProgress {
  /** Resources finished, and those planned; 0 until the plan is made. */
  readonly done: number;
  readonly planned: number;
  /** What happens now, in a few words. */
  readonly now: string;
}

export interface CdktfOptions {
  /** The variables from which cdktf and all that it starts get what they need. */
  readonly env: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Gets each step. @default none */
  readonly onProgress?: (progress: DeployProgress) => void;
  /** cdktf's output directory. @default `cdktf.out` */
  readonly output?: string;
}

/**
 * `cdktf deploy` of one stack, without a question.
 *
 * @throws CommandError if it fails.
 */
export async function deploy(stack: string, options: CdktfOptions): Promise<void> {
  await cdktf(["deploy", stack, "--auto-approve"], `deploy-${stack}`, options);
}

/** `cdktf destroy` of one stack, without a question. @throws CommandError if it fails. */
export async function destroy(stack: string, options: CdktfOptions): Promise<void> {
  await cdktf(["destroy", stack, "--auto-approve"], `destroy-${stack}`, options);
}

/** Whether `cdktf diff` of one stack shows changes. @throws CommandError if it fails. */
export async function hasChanges(stack: string, options: CdktfOptions): Promise<boolean> {
  const output = await cdktf(["diff", stack], `diff-${stack}`, options);
  if (output.some((line) => line.includes("No changes."))) return false;
  if (output.some((line) => /Plan: \d+ to add/.test(line))) return true;
  throw new CommandError(`cdktf diff ${stack}`, 0, output, logFile(`diff-${stack}`));
}

async function cdktf(args: readonly string[], log: string, options: CdktfOptions): Promise<string[]> {
  const progress = { done: 0, planned: 0, now: "synthesizing" };
  const commandOptions: CommandOptions = {
    cwd: PROJECT_DIR,
    env: {
      ...childEnvironment("cdktf", options.env),
      TERRAFORM_BINARY_NAME: terraformProgram(options.env),
      ...(options.output && { CDKTF_OUTPUT: options.output }),
    },
    logFile: logFile(log),
    signal: options.signal,
    onLine: (line) => {
      if (advance(progress, line)) options.onProgress?.({ ...progress });
    },
  };
  options.onProgress?.({ ...progress });
  return runCommand(join(PROJECT_DIR, "node_modules", ".bin", "cdktf"), args, commandOptions);
}

/** Reads one line of cdktf's output. @returns whether the progress changed. */
export function advance(progress: { done: number; planned: number; now: string }, line: string): boolean {
  const plan = /Plan: (\d+) to add, (\d+) to change, (\d+) to destroy/.exec(line);
  if (plan) {
    progress.planned = Number(plan[1]) + Number(plan[2]) + Number(plan[3]);
    progress.now = "applying the plan";
    return true;
  }
  if (/Initializing (the backend|provider plugins)/.test(line)) {
    progress.now = "initializing providers and state";
    return true;
  }
  const step =
    /(\S+) \((\S+)\): (Creating|Modifying|Destroying)\.\.\.|(\S+): (Creating|Modifying|Destroying)\.\.\./.exec(line);
  if (step) {
    progress.now = `${(step[3] ?? step[5] ?? "").toLowerCase()} ${step[1] ?? step[4]}`;
    return true;
  }
  const finished = /(\S+): (Creation|Modifications|Destruction) complete after/.exec(line);
  if (finished) {
    progress.done += 1;
    progress.now = `${finished[1]} is done`;
    return true;
  }
  return false;
}

function logFile(name: string): string {
  return join(WORK_DIR, "logs", `${name}.log`);
}
