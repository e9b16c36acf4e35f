import { copyFileSync, existsSync } from "node:fs";
import { join, relative } from "node:path";
import { stackId } from "../../constructs/naming";
import type { ProcessEnvironment } from "../../emulator/aws-environment";
import { PROJECT_DIR } from "../../host/work-dir";
import type { Access } from "./access";
import { isOpenTofu, terraformProgram } from "./binary";
import { STACK_FILES } from "./plan-files";

/**
 * The committed lock file of a stack's providers: their versions, and the checksums for every platform it is for.
 * OpenTofu has one of its own, because it takes the providers from another registry.
 *
 * @param env the caller's variables, which name the program.
 */
export function committedLock(stack: string, env: ProcessEnvironment): string {
  const program = isOpenTofu(terraformProgram(env)) ? "tofu" : "terraform";
  return join(PROJECT_DIR, "locks", `${stack}.${program}.lock.hcl`);
}

/**
 * Puts the committed lock file into Terraform's directory. The embedded AWS uses none: its providers may come from a
 * mirror and from the project's archive stub, which the registry's checksums do not fit. An environment with `ci` needs
 * one: a provider is a program, and workflows run it with the environment's credentials.
 *
 * @param directory the stack's, in which Terraform runs.
 * @param say gets a sentence if no lock file is committed.
 * @param lock the committed file. @default that of the stack
 * @returns whether Terraform must take what the lock file says, and may not add to it.
 * @throws Error if no lock file is committed for an environment with `ci`.
 */
export function useCommittedLock(
  { name, config, env }: Access,
  directory: string,
  say: (text: string) => void,
  lock = committedLock(stackId(name), env),
): boolean {
  if (config.endpoint) return false;
  if (!existsSync(lock)) {
    const missing = `No lock file of the providers is committed for ${stackId(name)}`;
    if (config.ci) {
      throw new Error(
        `${missing}: ${relative(PROJECT_DIR, lock)} does not exist. "${name}" has \`ci\`, so GitHub's workflows would run any provider that the registry serves, with the credentials of "${name}". Run npx metronome lock ${name}, and commit the file.`,
      );
    }
    say(`${missing}, so Terraform chooses them at each plan. Write it with: npx metronome lock ${name}`);
    return false;
  }
  copyFileSync(lock, join(directory, STACK_FILES.providers));
  return true;
}
