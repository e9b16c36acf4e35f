import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
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

/** The ids of all processes below `pid`, deepest last; none if the system does not list its processes. */
export function descendants(pid: number): number[] {
  const processes = attempt(fromProc) ?? attempt(fromPs) ?? [];
  const found: number[] = [];
  for (let level = [pid]; level.length > 0; found.push(...level)) {
    level = processes.filter(([, parent]) => level.includes(parent)).map(([child]) => child);
  }
  return found;
}

/**
 * Ends a process and all below it, including those that left its process group (Terraform runs in a terminal of its
 * own) and those that it starts meanwhile: asks each once, and after `graceMs` ends those that are left. Never throws.
 *
 * @param tree gets the ids of all that was found, for {@link killTree}: the process may end before those below it.
 */
export async function endTree(pid: number, graceMs = 10_000, tree: Set<number> = new Set()): Promise<void> {
  const until = Date.now() + graceMs;
  do {
    const found = [pid, ...[pid, ...tree].filter(isAlive).flatMap(descendants)].filter((one) => !tree.has(one));
    for (const one of found) tree.add(one);
    signal(found, "SIGINT");
    await sleep(50);
  } while ([...tree].some(isAlive) && Date.now() < until);
  signal([...tree].filter(isAlive), "SIGKILL");
}

/**
 * Ends a process and all below it at once, for when this process itself is about to end. Never throws.
 *
 * @param tree what {@link endTree} has found of it. @default nothing
 */
export function killTree(pid: number, tree: ReadonlySet<number> = new Set()): void {
  const all = [pid, ...tree];
  signal([...all, ...all.flatMap(descendants)], "SIGKILL");
}

type ProcessIds = readonly [pid: number, parent: number];

/** The processes of Linux, which need not have `ps`. */
function fromProc(): ProcessIds[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    // A process may end between the two reads. Its name is in parentheses and may contain some itself.
    const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, "utf8")) ?? "";
    const parent = /\) \S (\d+)[^)]*$/.exec(stat)?.[1];
    return parent ? [[Number(pid), Number(parent)] as const] : [];
  });
}

function fromPs(): ProcessIds[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  return lines.map((line) => line.trim().split(/\s+/).map(Number) as unknown as ProcessIds);
}

/** A signal that does not reach a process is not sent again: the process has ended, or belongs to another user. */
function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) attempt(() => process.kill(pid, name));
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
