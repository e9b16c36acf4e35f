import { type StdioOptions, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { SealError, seal, unseal } from "./seal";

/** More than any bundle has: a plan, a few zips and the lock file are a few MB. Bytes. */
const LARGEST = 512 * 1024 * 1024;

/**
 * Writes a directory, hidden files included, as one sealed file, which only its owner may read.
 *
 * @throws SealError where the directory is not there or empty, or the secret cannot be used.
 */
export function sealDirectory(directory: string, file: string, secret: string | undefined): void {
  if (!existsSync(directory) || !statSync(directory).isDirectory() || readdirSync(directory).length === 0) {
    throw new SealError(
      `${directory} is not a directory with a plan in it. Plan first: npm run plan -- <env> --out DIR.`,
    );
  }
  const sealed = seal(tar(["-c", "-f", "-", "-C", directory, "."]), secret);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.part`, sealed, { mode: 0o600 });
  renameSync(`${file}.part`, file);
}

/**
 * Lays the directory of a sealed file down again. Nothing is written before the whole file is known to be as it was
 * sealed, and nothing is left where that fails.
 *
 * @throws SealError where the file is not there, the directory holds something, or the file cannot be opened.
 */
export function unsealDirectory(file: string, directory: string, secret: string | undefined): void {
  if (!existsSync(file)) throw new SealError(`${file} is not there: download the sealed plan first.`);
  if (existsSync(directory) && readdirSync(directory).length > 0) {
    throw new SealError(`${directory} holds something already. Name a directory that is empty or not there.`);
  }
  const archive = unseal(readFileSync(file), secret);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  try {
    tar(["-x", "-f", "-", "-C", directory, "-o"], archive);
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}

/** Runs the system's tar with options that GNU tar and bsdtar share. */
function tar(args: readonly string[], input?: Buffer): Buffer {
  const stdio: StdioOptions = [input ? "pipe" : "ignore", "pipe", "pipe"];
  const { status, stdout, stderr, error } = spawnSync("tar", args, { input, stdio, maxBuffer: LARGEST });
  if (error || status !== 0) {
    const missing = (error as NodeJS.ErrnoException | undefined)?.code === "ENOENT";
    throw new SealError(missing ? "tar is not on the PATH: install it." : `tar failed: ${error?.message ?? stderr}`);
  }
  return stdout;
}
