import { spawn } from "node:child_process";
import { once } from "node:events";
import { descendants, endTree, isAlive, killTree } from "../../host/process-tree";

/** A shell with another below it that ignores the request to end; both have left this process's group. */
async function stubborn(): Promise<number[]> {
  const child = spawn("sh", ["-c", "sh -c 'trap : INT; echo ready; while :; do sleep 0.1; done'; :"], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  await once(child.stdout, "data");
  const tree = [child.pid ?? 0, ...descendants(child.pid ?? 0)];
  expect(tree.length).toBeGreaterThanOrEqual(2);
  return tree.slice(0, 2);
}

async function gone(pids: readonly number[]): Promise<void> {
  for (const until = Date.now() + 5_000; pids.some(isAlive) && Date.now() < until; ) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(pids.filter(isAlive)).toEqual([]);
}

it.each([
  ["asked first, then ended", (pid: number) => endTree(pid, 100)],
  ["ended at once", killTree],
])("a process and those below it are %s, also on a machine without ps", async (_, end) => {
  const path = process.env.PATH;
  const tree = await stubborn();
  if (process.platform === "linux") process.env.PATH = "";
  try {
    await end(tree[0] ?? 0);
  } finally {
    process.env.PATH = path;
  }
  await gone(tree);
});

it("a process that has ended already is no error", async () => {
  const child = spawn("true");
  await once(child, "exit");
  await endTree(child.pid ?? 0);
  killTree(child.pid ?? 0);
});
