import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

/** The checkout's root. */
export const PROJECT_DIR = resolve(__dirname, "..");

/** The directory of all files that the commands make on this machine. Git ignores it, and it may be deleted at any time. */
export const WORK_DIR = resolve(PROJECT_DIR, ".metronome");

/**
 * Runs a piece of work with a directory of its own below {@link WORK_DIR}, and removes the directory when the work has ended or failed.
 *
 * @param name what the directory's name begins with.
 */
export async function inWorkDirectory<T>(name: string, work: (directory: string) => Promise<T>): Promise<T> {
  mkdirSync(WORK_DIR, { recursive: true });
  const directory = mkdtempSync(join(WORK_DIR, `${name}-`));
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
