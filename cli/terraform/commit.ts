import { execFileSync } from "node:child_process";

/** The commit of a checkout: its hash, `<hash>-dirty` if files differ from it, and `no commit` outside git. */
export function currentCommit(directory: string): string {
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", directory, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    const sha = git("rev-parse", "--verify", "HEAD");
    return git("status", "--porcelain") === "" ? sha : `${sha}-dirty`;
  } catch {
    return "no commit";
  }
}
