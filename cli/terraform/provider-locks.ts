import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_DIR } from "../../host/work-dir";
import { BUNDLE_FILES } from "./manifest";

/** The committed lock file of a stack's providers: their versions, and the checksums for every platform it is for. */
export function committedLock(stack: string): string {
  return join(PROJECT_DIR, "locks", `${stack}.terraform.lock.hcl`);
}

/** What is settled about a stack's providers before Terraform chooses them. */
export interface LockInUse {
  /** Whether Terraform must take what the lock file says, and may not add to it. */
  readonly readonlyLock: boolean;
  /** A sentence for the user where no lock file is committed. */
  readonly note?: string;
}

/**
 * Puts the committed lock file where Terraform looks for it. The embedded AWS uses none: its providers may come from a
 * mirror and from the project's stand-in, which the registry's checksums do not fit.
 *
 * @param directory the stack's, in which Terraform runs.
 * @param lock the committed file. @default that of the stack
 */
export function useCommittedLock(
  { stack, environment, embedded }: { stack: string; environment: string; embedded: boolean },
  directory: string,
  lock = committedLock(stack),
): LockInUse {
  if (embedded) return { readonlyLock: false };
  if (existsSync(lock)) {
    copyFileSync(lock, join(directory, BUNDLE_FILES.providers));
    return { readonlyLock: true };
  }
  return {
    readonlyLock: false,
    note: `No lock file of the providers is committed for ${stack}, so Terraform chooses them anew: npx metronome lock ${environment} writes it.`,
  };
}
