import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "../../host/process-tree";
import { PROJECT_DIR } from "../../host/work-dir";

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "interruption-"));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

async function until<T>(found: () => T | undefined): Promise<T> {
  for (const end = Date.now() + 20_000; ; await new Promise((resolve) => setTimeout(resolve, 20))) {
    const value = found();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error("it never happened");
  }
}

const noted = (name: string) => {
  try {
    return readFileSync(join(scratch, name), "utf8") || undefined;
  } catch {
    return undefined;
  }
};

test.each([
  ["", ""],
  [
    ", also if its `process` is a copy, as in a test",
    "globalThis.process = Object.create(process, { ppid: { value: process.ppid } });",
  ],
])(
  "a process ends when the one that started it was killed%s",
  async (_, ppid) => {
    const child = join(scratch, "child.ts");
    writeFileSync(
      child,
      `import { writeFileSync } from "node:fs";
    import { interruption } from ${JSON.stringify(join(PROJECT_DIR, "host", "interruption"))};
    ${ppid}
    const { signal, endedBy } = interruption();
    signal.addEventListener("abort", () => {
      writeFileSync(${JSON.stringify(join(scratch, "ended"))}, String(endedBy()));
      process.exit();
    });
    writeFileSync(${JSON.stringify(join(scratch, "pid"))}, String(process.pid));
    setInterval(() => {}, 1_000);`,
    );
    const start = `require("node:child_process").spawn(process.execPath, ["--import", "tsx", ${JSON.stringify(child)}], { stdio: "ignore" }); setInterval(() => {}, 1_000);`;
    const parent = spawn(process.execPath, ["-e", start], { cwd: PROJECT_DIR, stdio: "ignore" });
    const pid = Number(await until(() => noted("pid")));
    parent.kill("SIGKILL");
    expect(await until(() => noted("ended"))).toBe("the end of its parent process");
    await until(() => (isAlive(pid) ? undefined : true));
  },
  45_000,
);
