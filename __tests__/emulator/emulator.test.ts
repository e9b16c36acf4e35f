import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalSession } from "../../cli/start/session";
import { runningEmulator } from "../../emulator/emulator";
import { isAlive } from "../../host/process-tree";

let directory: string;
const running: ChildProcess[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "emulator-"));
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
  rmSync(directory, { recursive: true, force: true });
});

/** Stands in for an emulator: a process that says its id. */
async function fake(note: object): Promise<number> {
  const answer = "JSON.stringify({ pid: process.pid })";
  const server = `require("node:http").createServer((_, response) => response.end(${answer}))`;
  const listen = 'server.listen(0, "127.0.0.1", () => console.log(server.address().port))';
  const child = spawn(process.execPath, ["-e", `const server = ${server}; ${listen}`], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  running.push(child);
  const [port] = await once(child.stdout, "data");
  writeNote(JSON.stringify({ pid: child.pid, endpoint: `http://127.0.0.1:${String(port).trim()}`, ...note }));
  return child.pid ?? 0;
}

const writeNote = (text: string) => writeFileSync(join(directory, "running.json"), text);

const session = (keep: boolean) => new LocalSession({ env: { PATH: "/nowhere" }, keep, directory });

test.each([
  ["was kept", { keep: true }, true],
  ["was kept by an earlier version", {}, true],
  ["belongs to another npm start", { keep: false }, false],
])("an emulator that %s is found, and goes on when a session that uses it ends", async (_, note, keep) => {
  const pid = await fake(note);
  const user = session(false);
  expect(await user.start()).toMatchObject({ pid, reused: true, keep });
  expect(user.reused).toBe(true);
  await user.stop();
  expect(isAlive(pid)).toBe(true);
  expect(await runningEmulator(directory)).toMatchObject({ pid });
});

test("a session ends the emulator that it started", async () => {
  const pid = await fake({ keep: true });
  const owner = session(true);
  await owner.start();
  Object.assign(owner.emulator, { reused: false });
  await owner.stop();
  expect([isAlive(pid), existsSync(directory)]).toEqual([false, false]);
});

test("an emulator without the processor share is not taken for one with it", async () => {
  const pid = await fake({ keep: true });
  const asking = (processorShare: boolean) =>
    new LocalSession({ env: { PATH: "/nowhere" }, keep: true, directory, processorShare }).start();
  await expect(asking(true)).rejects.toThrow(/runs without --processor-share. End it with npm stop/);
  expect(await asking(false)).toMatchObject({ pid, processorShare: false });
  const note = JSON.parse(readFileSync(join(directory, "running.json"), "utf8"));
  writeNote(JSON.stringify({ ...note, processorShare: true }));
  expect(await asking(true)).toMatchObject({ pid, processorShare: true });
});

test.each(["", "{", "null", "[]", '{"pid":0,"endpoint":"http://127.0.0.1:1"}', '{"pid":"1"}'])(
  "a note that is %j names no emulator, and is no error",
  async (text) => {
    writeNote(text);
    expect(await runningEmulator(directory)).toBeUndefined();
  },
);
