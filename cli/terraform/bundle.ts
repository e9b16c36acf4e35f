import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { z } from "zod";
import { sha256 } from "./fingerprint";
import { BUNDLE_FILES } from "./manifest";

/** What a directory with the outcome of a failed plan holds: nothing that could be applied. */
const WITHOUT_PLAN: readonly string[] = [BUNDLE_FILES.comment, BUNDLE_FILES.summary];

/** What every version's manifest has. */
const anyManifest = z.looseObject({
  format: z.int(),
  environment: z.string(),
  parts: z.record(z.string(), z.string()),
});

/** The files below a directory, as paths in it, in order. */
export function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((path) => statSync(join(directory, path)).isFile())
    .sort();
}

/** SHA-256 in hex of files of a directory, by path in it. */
export function hashFiles(directory: string, paths: readonly string[]): Record<string, string> {
  return Object.fromEntries(paths.map((path) => [path, sha256(readFileSync(join(directory, path)))]));
}

/**
 * Checks that a bundle may be written to a directory: one that is not there, is empty, or holds what an earlier plan
 * wrote.
 *
 * @throws Error where it holds anything else.
 */
export function checkReplaceable(directory: string): void {
  if (!existsSync(directory)) return;
  const entries = statSync(directory).isDirectory() ? readdirSync(directory) : [basename(directory)];
  if (entries.every((name) => WITHOUT_PLAN.includes(name)) || isBundle(directory)) return;
  throw new Error(
    `${directory} holds ${entries.slice(0, 3).join(", ")}${entries.length > 3 ? ", …" : ""} and is no bundle: it would be overwritten. Name another directory with --out, or remove it.`,
  );
}

function isBundle(directory: string): boolean {
  try {
    const manifest = readFileSync(join(directory, BUNDLE_FILES.manifest), "utf8");
    return anyManifest.safeParse(JSON.parse(manifest)).success;
  } catch {
    return false;
  }
}

/**
 * Fills a directory in one step: what `write` writes goes to a directory beside it, which takes its place when it is
 * complete. Nobody ever sees half of it, and what was there before stays where `write` fails.
 *
 * @throws what `checkReplaceable` and `write` throw.
 */
export function replaceDirectory(directory: string, write: (unfinished: string) => void): void {
  checkReplaceable(directory);
  const parent = dirname(directory);
  mkdirSync(parent, { recursive: true });
  const beside = mkdtempSync(join(parent, `.${basename(directory)}-`));
  const unfinished = join(beside, "new");
  try {
    mkdirSync(unfinished);
    write(unfinished);
    if (existsSync(directory)) renameSync(directory, join(beside, "old"));
    renameSync(unfinished, directory);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

/** A directory as a command line names it, from where npm runs the commands. */
export function shownDirectory(directory: string, projectDir: string): string {
  const path = relative(projectDir, directory);
  return path.startsWith("..") ? directory : path;
}

/** Writes a file in one step. */
export function writeWhole(directory: string, name: string, text: string): void {
  mkdirSync(directory, { recursive: true });
  const unfinished = join(directory, `.${name}.${process.pid}`);
  writeFileSync(unfinished, text);
  renameSync(unfinished, join(directory, name));
}
