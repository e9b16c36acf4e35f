import { cpSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { ProcessEnvironment } from "../../emulator/aws-environment";
import { childEnvironment } from "../../host/child-environment";
import { CommandError, runCommand } from "../../host/run-command";
import { PROJECT_DIR } from "../../host/work-dir";
import { STACK_FILES } from "./plan-files";

interface AppOptions {
  /** An empty directory, or one that is to be created, for the synthesized app. */
  readonly output: string;
  readonly env: ProcessEnvironment;
  readonly signal?: AbortSignal;
}

export interface SynthesizeOptions extends AppOptions {
  readonly stack: string;
}

/**
 * Synthesizes the app as cdktf does, by running `main.ts`, into a directory of its own, so that nothing of another run
 * can get into the plan.
 *
 * @returns the stack's directory, with `cdk.tf.json` and `assets/`.
 * @throws Error in the app's own words if it does not synthesize.
 */
export async function synthesize({ stack, ...options }: SynthesizeOptions): Promise<string> {
  await runApp(["main.ts"], options);
  return stackDirectory(options.output, stack);
}

/**
 * Runs a file that synthesizes an app, in a process of its own, because CDKTF takes seconds to load.
 *
 * @param args the file, from the project's root, and its arguments.
 * @throws Error in the app's own words if it does not synthesize.
 */
export async function runApp(args: readonly string[], { output, env, signal }: AppOptions): Promise<void> {
  try {
    await runCommand(process.execPath, ["--import", "tsx", ...args], {
      cwd: PROJECT_DIR,
      env: { ...childEnvironment("app", env), CDKTF_OUTDIR: output },
      signal,
    });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new Error(`The app does not synthesize:\n${error.output.join("\n").trim()}`);
  }
}

/**
 * Copies a stack that was synthesized before (by `cdktf synth`) without what Terraform may have left beside it.
 *
 * @param from cdktf's output directory.
 * @param to an empty directory, or one that is to be created.
 * @returns the copy of the stack's directory.
 * @throws Error if that directory has no such stack.
 */
export function copySynthesized(from: string, stack: string, to: string): string {
  const source = stackDirectory(from, stack);
  mkdirSync(to, { recursive: true });
  for (const part of [STACK_FILES.configuration, "assets"]) {
    if (existsSync(join(source, part))) cpSync(join(source, part), join(to, part), { recursive: true });
  }
  return to;
}

function stackDirectory(output: string, stack: string): string {
  const directory = join(output, "stacks", stack);
  if (existsSync(join(directory, STACK_FILES.configuration))) return directory;
  throw new Error(`${output} has no synthesized stack ${stack}. Synthesize it with npx cdktf synth.`);
}
