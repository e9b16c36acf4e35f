import { accessSync, constants } from "node:fs";
import { basename, join } from "node:path";
import { childEnvironment, type Variables } from "../../host/child-environment";
import { type CommandOptions, ProgramError, runCommand } from "../../host/run-command";

/** Terraform could not do what it was asked. The message says why in one piece, and what to do. */
export class TerraformError extends Error {
  override readonly name = "TerraformError";
}

/**
 * The program that is Terraform: the one that TERRAFORM_BINARY_NAME names, as in cdktf; else `terraform`, or `tofu` if it
 * alone is on the PATH.
 */
export function terraformProgram(env: Variables): string {
  return env.TERRAFORM_BINARY_NAME || ["terraform", "tofu"].find((name) => isOnPath(name, env)) || "terraform";
}

/** Whether a program is OpenTofu, by its name. OpenTofu has another registry than Terraform. */
export function isOpenTofu(program: string): boolean {
  return /tofu/i.test(basename(program));
}

/**
 * Runs Terraform or OpenTofu.
 *
 * @param options `env` are the caller's variables.
 * @returns its output, in lines without colours.
 * @throws TerraformError if it cannot be started, CommandError if it fails, and the signal's reason.
 */
export async function runTerraform(args: readonly string[], options: CommandOptions): Promise<string[]> {
  const fixed = { TF_IN_AUTOMATION: "1", CHECKPOINT_DISABLE: "1" };
  const env = { ...childEnvironment("terraform", options.env), ...fixed };
  try {
    return await runCommand(terraformProgram(options.env), args, { ...options, env });
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    const named = options.env.TERRAFORM_BINARY_NAME ? " TERRAFORM_BINARY_NAME names it." : "";
    throw new TerraformError(
      `${error.message}${named} Terraform 1.10 or later, or OpenTofu, is needed; "npm run doctor" says how to get it.`,
    );
  }
}

function isOnPath(program: string, { PATH = "" }: Variables): boolean {
  return PATH.split(":").some((directory) => {
    try {
      accessSync(join(directory || ".", program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
