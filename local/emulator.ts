import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { withoutAws } from "./aws-environment";
import { emulatorPython } from "./emulator-venv";
import { endTree, isAlive } from "./process-tree";
import { PROJECT_DIR, WORK_DIR } from "./work-dir";

/** A running embedded AWS. */
export interface Emulator {
  /** `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  readonly pid: number;
  /** Whether it was running before. */
  readonly reused: boolean;
}

export interface EmulatorOptions {
  readonly env: NodeJS.ProcessEnv;
  /** The port to take where it is free; else any free one is taken. @default any */
  readonly preferredPort?: number;
  /** Whether it goes on when this process ends. */
  readonly keep: boolean;
  /** Where it puts its data and notes down that it runs. @default the work directory's `aws` */
  readonly directory?: string;
  /** Second of the minute at which rules fire. @default the launcher's: an awkward one */
  readonly ruleSecond?: number;
  readonly signal?: AbortSignal;
}

/** What is noted of a running emulator. */
interface Note {
  readonly pid: number;
  readonly endpoint: string;
}

/** Longest start, in ms; measured: about 1 s. */
const READY_WITHIN_MS = 30_000;

const DEFAULT_DIRECTORY = join(WORK_DIR, "aws");

/**
 * The embedded AWS: the one that a `--keep` left running, or a new one.
 *
 * @throws Error where it does not come up, with its last words.
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const directory = options.directory ?? DEFAULT_DIRECTORY;
  const running = await runningEmulator(directory);
  if (running) return running;
  const python = await emulatorPython(options.env, options.signal);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const port = await freePort(options.preferredPort);
  const logFile = join(directory, "emulator.log");
  const log = openSync(logFile, "a");
  const args = ["--port", String(port), "--state-dir", join(directory, "data")];
  if (!options.keep) args.push("--watch-parent");
  if (options.ruleSecond !== undefined) args.push("--rule-second", String(options.ruleSecond));
  const child = spawn(python, [join(PROJECT_DIR, "local", "emulator", "launcher.py"), ...args], {
    cwd: PROJECT_DIR,
    env: withoutAws(options.env),
    // A group of its own: Ctrl-C in a terminal must not end it before what still works on it.
    detached: true,
    stdio: ["ignore", log, log],
  });
  child.unref();
  const pid = child.pid;
  if (pid === undefined)
    throw new Error(`the emulator could not be started: ${python} is not there. Delete ${WORK_DIR} and try again.`);
  const endpoint = `http://127.0.0.1:${port}`;
  writeFileSync(join(directory, "running.json"), JSON.stringify({ pid, endpoint } satisfies Note));
  for (const until = Date.now() + READY_WITHIN_MS; !(await isReady(endpoint)); await sleep(100)) {
    if (!isAlive(pid) || Date.now() > until || options.signal?.aborted) {
      await endTree(pid, 2_000);
      options.signal?.throwIfAborted();
      throw new Error(
        `the emulator did not come up on port ${port}. Its last words:\n${readFileSync(logFile, "utf8").slice(-2_000)}`,
      );
    }
  }
  return { endpoint, pid, reused: false };
}

/** The emulator that runs with its data in this directory, if one does. */
export async function runningEmulator(directory = DEFAULT_DIRECTORY): Promise<Emulator | undefined> {
  const file = join(directory, "running.json");
  if (!existsSync(file)) return undefined;
  const { pid, endpoint } = JSON.parse(readFileSync(file, "utf8")) as Note;
  return isAlive(pid) && (await isReady(endpoint)) ? { pid, endpoint, reused: true } : undefined;
}

/** Ends an emulator, with all it has started, and removes its data. */
export async function stopEmulator({ pid }: Emulator, directory = DEFAULT_DIRECTORY): Promise<void> {
  await endTree(pid, 5_000);
  rmSync(directory, { recursive: true, force: true });
}

async function isReady(endpoint: string): Promise<boolean> {
  return fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(2_000) }).then(
    (response) => response.ok,
    () => false,
  );
}

/** A free loopback port: the preferred one where it is free. */
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
