import { mkdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { sync as writeFileAtomic } from "write-file-atomic";

/** The files that a plan leaves in its directory. */
export const PLAN_FILES = {
  /** The digest of each step. It stays on this machine: `docs/ci.md` says why. */
  steps: "steps.json",
  /** The comment for reviewers. */
  comment: "plan.md",
  /** Terraform's text, sensitive values masked. */
  fullPlan: "plan.txt",
  /** What the comment is rendered from. */
  summary: "summary.json",
} as const;

/** Files in the directory of a synthesized stack, in which Terraform runs. */
export const STACK_FILES = {
  plan: "plan.tfplan",
  configuration: "cdk.tf.json",
  providers: ".terraform.lock.hcl",
} as const;

/** Writes a file, and the directories above it. A reader sees the old text or the new one, never a part. */
export function writeWhole(directory: string, name: string, text: string): void {
  mkdirSync(directory, { recursive: true });
  writeFileAtomic(join(directory, name), text);
}

/**
 * Writes the files of a plan. Files of an earlier plan that the new one does not have are removed. Other files in the
 * directory stay.
 *
 * @param texts by name, in the order in which they are written.
 */
export function writePlanFiles(directory: string, texts: Readonly<Partial<Record<keyof typeof PLAN_FILES, string>>>) {
  // The steps go first: without them an earlier plan cannot be deployed after a failure in between.
  for (const name of Object.values(PLAN_FILES)) rmSync(join(directory, name), { force: true });
  for (const [file, text] of Object.entries(texts)) {
    writeWhole(directory, PLAN_FILES[file as keyof typeof PLAN_FILES], text);
  }
}

/** A directory as a command line in the project's directory names it. */
export function shownDirectory(directory: string, projectDir: string): string {
  const path = relative(projectDir, directory);
  return path.startsWith("..") ? directory : path;
}
