import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "../../host/process-tree";
import { runCommand } from "../../host/run-command";
import { PROJECT_DIR } from "../../host/work-dir";

jest.setTimeout(30_000);

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "run-command-"));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

function script(name: string, ...lines: string[]): string {
  const file = join(scratch, name);
  writeFileSync(file, ["#!/bin/sh", ...lines].join("\n"));
  chmodSync(file, 0o755);
  return file;
}

async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !holds(); await new Promise((resolve) => setTimeout(resolve, 10))) {
    if (Date.now() > end) throw new Error("it never happened");
  }
}

const pidIn = (name: string) => Number(readFileSync(join(scratch, name), "utf8"));
const noted = (name: string) => existsSync(join(scratch, name)) && pidIn(name) > 0;

/**
 * Stands in for cdktf: its Terraform runs in a session of its own, without the command's output, and takes a moment to end
 * in order, while cdktf ends at once.
 */
function deploying(): string {
  const terraform = script(
    "terraform",
    `trap 'sleep 0.5; echo written > ${scratch}/state; exit 0' INT`,
    `echo $$ > ${scratch}/pid`,
    "while :; do sleep 0.05; done",
  );
  const start = `require("node:child_process").spawn(${JSON.stringify(terraform)}, { detached: true, stdio: "ignore" })`;
  const file = join(scratch, "cdktf.js");
  writeFileSync(file, `${start}; process.on("SIGINT", () => process.exit(1)); setInterval(() => {}, 1000);`);
  return file;
}

test("an interrupted command has ended with all that it started, each asked once, also without ps", async () => {
  const stop = new AbortController();
  const path = process.env.PATH;
  const running = runCommand(process.execPath, [deploying()], { cwd: scratch, env: process.env, signal: stop.signal });
  const outcome = running.catch((error: Error) => error.message);
  await until(() => noted("pid"));
  if (process.platform === "linux") process.env.PATH = "";
  try {
    stop.abort(new Error("ended by SIGINT"));
    expect(await outcome).toBe("ended by SIGINT");
  } finally {
    process.env.PATH = path;
  }
  expect(isAlive(pidIn("pid"))).toBe(false);
  expect(readFileSync(join(scratch, "state"), "utf8")).toBe("written\n");
});

test("what the command starts after it was asked to end is ended too", async () => {
  const late = script("late", `echo $$ > ${scratch}/late-pid`, "while :; do sleep 0.05; done");
  const file = script(
    "command",
    `trap 'sleep 0.3; ${late} & wait; exit 1' INT`,
    `echo $$ > ${scratch}/pid`,
    "while :; do sleep 0.05; done",
  );
  const stop = new AbortController();
  const running = runCommand(file, [], { cwd: scratch, env: process.env, signal: stop.signal, graceMs: 2_000 });
  const outcome = running.catch((error: Error) => error.message);
  await until(() => noted("pid"));
  stop.abort(new Error("ended"));
  await until(() => noted("late-pid"));
  expect(await outcome).toBe("ended");
  await until(() => !isAlive(pidIn("late-pid")));
});

describe("a program that does not start", () => {
  const run = (command: string, cwd = scratch) => runCommand(command, [], { cwd, env: { PATH: "/bin:/usr/bin" } });

  test.each([
    ["is not on the PATH", () => run("no-such-program"), "no-such-program is not on the PATH."],
    [
      "has no directory",
      () => run("true", "/no/such"),
      "true cannot be started: its directory /no/such does not exist.",
    ],
    [
      "may not be executed",
      () => {
        const file = script("forbidden");
        chmodSync(file, 0o644);
        return run(file);
      },
      /forbidden cannot be started: this user may not execute it \(EACCES\)\.$/,
    ],
    [
      "is run by what is missing",
      () => run(interpreted()),
      /cannot be started: it, or the program that runs it, does not/,
    ],
  ])("%s: the message says so", async (_, start, message) => {
    await expect(start()).rejects.toThrow(message);
  });

  function interpreted(): string {
    const file = join(scratch, "interpreted");
    writeFileSync(file, "#!/no/such/interpreter\n");
    chmodSync(file, 0o755);
    return file;
  }
});

test("the lines of a spinner do not push the error's lines out of its message", async () => {
  const file = script(
    "spinning",
    "echo 'Error: first'; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13; do echo; echo '⠋  Synthesizing'; done; echo last; exit 1",
  );
  await expect(runCommand(file, [], { cwd: scratch, env: process.env })).rejects.toThrow(
    /:\n {2}Error: first\n {2}last$/,
  );
});

test("a program that fails is not said to be missing", async () => {
  const failing = runCommand(script("failing", "echo 'Error: no space left'; exit 3"), [], {
    cwd: scratch,
    env: process.env,
  });
  await expect(failing).rejects.toThrow(/^failing failed \(exit code 3\):\n {2}Error: no space left$/);
});

/** A process that runs a command and writes a line every 50 ms. */
function talking(): ChildProcess {
  mkdirSync(join(scratch, "work"));
  const file = join(scratch, "talking.ts");
  writeFileSync(
    file,
    [
      `import { interruption } from ${JSON.stringify(join(PROJECT_DIR, "host", "interruption"))};`,
      `import { runCommand } from ${JSON.stringify(join(PROJECT_DIR, "host", "run-command"))};`,
      "const { signal } = interruption();",
      'setInterval(() => console.log("working"), 50);',
      `runCommand(process.execPath, [${JSON.stringify(deploying())}], { cwd: ${JSON.stringify(scratch)}, env: process.env, signal })`,
      "  .catch(() => process.exit(130));",
    ].join("\n"),
  );
  return spawn(process.execPath, ["--import", "tsx", file], { cwd: PROJECT_DIR, stdio: ["ignore", "pipe", "ignore"] });
}

test("a terminal or a pipe that is closed ends the work in order", async () => {
  const child = talking();
  const ended = once(child, "exit");
  await until(() => noted("pid"));
  child.stdout?.destroy();
  expect(await ended).toEqual([130, null]);
  expect(isAlive(pidIn("pid"))).toBe(false);
  expect(readFileSync(join(scratch, "state"), "utf8")).toBe("written\n");
});
