import { execFileSync } from "node:child_process";
import type { Manifest } from "./manifest";

/** The commit of a checkout; `null` where it is none, or has no commit yet. */
export function currentCommit(directory: string): Manifest["commit"] {
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", directory, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    return { sha: git("rev-parse", "--verify", "HEAD"), dirty: git("status", "--porcelain") !== "" };
  } catch {
    return null;
  }
}
