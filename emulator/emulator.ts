import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import writeFileAtomic from "write-file-atomic";
import { childEnvironment } from "../host/child-environment";
import { endTree, isAlive } from "../host/process-tree";
import { startProblem } from "../host/run-command";
import { PROJECT_DIR, WORK_DIR } from "../host/work-dir";
import { accessKeyFile, askEmulator } from "./access-key";
import { emulatorPython } from "./emulator-venv";

/** A running embedded AWS. */
export interface Emulator {
  /** `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  readonly pid: number;
  /** Whether it was running before. What a process did not start, it does not end. */
  readonly reused: boolean;
  /** Whether it goes on without the process that started it, until `npm stop`. */
  readonly keep: boolean;
  /** Whether each function has the share of a processor that its memory buys on AWS. */
  readonly processorShare: boolean;
}

export interface EmulatorOptions {
  readonly env: NodeJS.ProcessEnv;
  /** The port to take if it is free; otherwise any free one. @default any */
  readonly preferredPort?: number;
  /** Whether it keeps running when this process ends. */
  readonly keep: boolean;
  /** The directory of its data and of the note that it runs. @default the work directory's `aws` */
  readonly directory?: string;
  /** Second of the minute at which rules fire. @default the launcher's, 37 */
  readonly ruleSecond?: number;
  /** Whether each function gets the share of a processor that its memory buys on AWS. @default false */
  readonly processorShare?: boolean;
  readonly signal?: AbortSignal;
}

/** The note of a running emulator. */
type Note = Omit<Emulator, "reused">;

/** Longest start, in ms; measured: about 1 s. */
const READY_WITHIN_MS = 30_000;

/** Longest wait for an answer of a running emulator, in ms. */
const BUSY_MS = 10_000;

const DEFAULT_DIRECTORY = join(WORK_DIR, "aws");

/** Tries of a start: another process may take the port before the emulator does. */
const TRIES = 3;

/**
 * The embedded AWS: the one that a `--keep` left running, or a new one.
 *
 * @throws Error if it does not start, with the end of its log.
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const directory = options.directory ?? DEFAULT_DIRECTORY;
  const running = await runningEmulator(directory);
  if (running) return asAskedFor(running, options);
  const python = await emulatorPython(options.env, options.signal);
  // Another start may have come first while the emulator was installed: its data stays.
  const other = await runningEmulator(directory);
  if (other) return asAskedFor(other, options);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const logFile = join(directory, "emulator.log");
  for (let tries = 1; tries <= TRIES; tries++) {
    const port = await freePort(tries === 1 ? options.preferredPort : undefined);
    const emulator = await launch(python, port, directory, logFile, options);
    if (await comesUp(emulator, options.signal)) return emulator;
    await endTree(emulator.pid, 2_000);
    options.signal?.throwIfAborted();
  }
  throw new Error(
    `The embedded AWS did not start. The end of its log:\n${readFileSync(logFile, "utf8").slice(-2_000)}`,
  );
}

/** @throws Error if the running emulator does not give functions their processor share, and that was asked for. */
function asAskedFor(running: Emulator, { processorShare = false }: EmulatorOptions): Emulator {
  if (!processorShare || running.processorShare) return running;
  throw new Error(
    `The embedded AWS at ${running.endpoint} runs without --processor-share. End it with npm stop, then run the command again.`,
  );
}

async function launch(
  python: string,
  port: number,
  directory: string,
  logFile: string,
  options: EmulatorOptions,
): Promise<Emulator> {
  const endpoint = `http://127.0.0.1:${port}`;
  const keyFile = accessKeyFile(endpoint);
  mkdirSync(dirname(keyFile), { recursive: true, mode: 0o700 });
  const args = ["--port", String(port), "--state-dir", join(directory, "data"), "--access-key-file", keyFile];
  if (options.processorShare) args.push("--processor-share");
  if (!options.keep) args.push("--watch-parent");
  if (options.ruleSecond !== undefined) args.push("--rule-second", String(options.ruleSecond));
  const log = openSync(logFile, "a");
  const child = spawn(python, [join(PROJECT_DIR, "emulator", "launcher", "launcher.py"), ...args], {
    cwd: PROJECT_DIR,
    env: childEnvironment("emulator", options.env),
    // A process group of its own: Ctrl-C in a terminal must not end it before the commands that still use it.
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  child.unref();
  if (child.pid === undefined) {
    const [error] = await once(child, "error");
    throw new Error(`${startProblem(python, PROJECT_DIR, error)} Delete ${WORK_DIR} and try again.`);
  }
  const { keep, processorShare = false } = options;
  const note: Note = { pid: child.pid, endpoint, keep, processorShare };
  writeFileAtomic.sync(join(directory, "running.json"), JSON.stringify(note));
  return { ...note, reused: false };
}

async function comesUp(emulator: Emulator, signal?: AbortSignal): Promise<boolean> {
  for (const until = Date.now() + READY_WITHIN_MS; Date.now() < until && !signal?.aborted; await sleep(100)) {
    if (await answers(emulator)) return true;
    if (!isAlive(emulator.pid)) return false;
  }
  return false;
}

/** The running emulator whose data is in this directory, if any. */
export async function runningEmulator(directory = DEFAULT_DIRECTORY): Promise<Emulator | undefined> {
  const note = readNote(join(directory, "running.json"));
  if (!note) return undefined;
  // A busy emulator gets time to answer, because its data must not be removed while it runs.
  for (const until = Date.now() + BUSY_MS; isAlive(note.pid) && Date.now() < until; await sleep(200)) {
    if (await answers(note)) return { ...note, reused: true };
  }
  return undefined;
}

/** The note, if there is a whole one. Without it there is no emulator to find. */
function readNote(file: string): Note | undefined {
  try {
    const note = JSON.parse(readFileSync(file, "utf8")) as Partial<Note>;
    const { pid, endpoint, keep = true, processorShare = false } = note;
    if (typeof pid !== "number" || pid <= 0 || typeof endpoint !== "string") return undefined;
    return { pid, endpoint, keep, processorShare };
  } catch {
    return undefined;
  }
}

/** Ends an emulator and the processes below it, and removes its data. */
export async function stopEmulator({ pid, endpoint }: Emulator, directory = DEFAULT_DIRECTORY): Promise<void> {
  await endTree(pid, 5_000);
  rmSync(accessKeyFile(endpoint), { force: true });
  rmSync(directory, { recursive: true, force: true });
}

/** Whether this emulator answers, and not another one on its port. */
async function answers({ pid, endpoint }: Note): Promise<boolean> {
  try {
    const process = await askEmulator(endpoint, "process", { signal: AbortSignal.timeout(2_000) });
    return (process as { pid: number }).pid === pid;
  } catch {
    return false;
  }
}

/** A free loopback port: the preferred one if it is free. */
export async function freePort(preferred = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error) => (preferred === 0 ? reject(error) : resolve(freePort())));
    server.listen({ host: "127.0.0.1", port: preferred, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : preferred));
    });
  });
}
