import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

/** Whether a process of this id exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** The ids of all processes below `pid`, deepest last. */
export function descendants(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const line of execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).split("\n")) {
    const [child, parent] = line.trim().split(/\s+/).map(Number);
    if (child && parent) children.set(parent, [...(children.get(parent) ?? []), child]);
  }
  const found: number[] = [];
  for (let next = children.get(pid) ?? []; next.length > 0; next = next.flatMap((id) => children.get(id) ?? [])) {
    found.push(...next);
  }
  return found;
}

/**
 * Ends a process and all below it, also those that have left its process group (Terraform runs in a terminal of its
 * own): asks first, then, after `graceMs`, ends what is left.
 */
export async function endTree(pid: number, graceMs = 10_000): Promise<void> {
  const tree = [pid, ...descendants(pid)];
  signal(tree, "SIGINT");
  for (const until = Date.now() + graceMs; tree.some(isAlive) && Date.now() < until; ) await sleep(50);
  signal(tree.filter(isAlive), "SIGKILL");
}

/** Ends a process and all below it at once, without asking: for when this process itself is about to end. */
export function killTree(pid: number): void {
  signal([pid, ...descendants(pid)], "SIGKILL");
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}
