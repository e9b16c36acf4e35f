import { execFileSync } from "node:child_process";
import { childEnvironment, type Variables } from "../../host/child-environment";

/**
 * The commit of a checkout: its hash, `<hash>-dirty` if files differ from it, and `no commit` outside git.
 *
 * @param env the caller's variables.
 */
export function currentCommit(directory: string, env: Variables): string {
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", directory, ...args], {
      encoding: "utf8",
      env: childEnvironment("git", env),
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  try {
    const sha = git("rev-parse", "--verify", "HEAD");
    return git("status", "--porcelain", "--untracked-files=normal") === "" ? sha : `${sha}-dirty`;
  } catch {
    return "no commit";
  }
}
