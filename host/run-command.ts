import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";
import { endTree, killTree } from "./process-tree";

/** A command that failed. The message has the lines that say why, and the path of the log. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  constructor(
    readonly command: string,
    readonly exitCode: number | null,
    readonly output: readonly string[],
    /** Undefined if no log was kept. */
    readonly logFile: string | undefined,
  ) {
    const code = exitCode === null ? "" : ` (exit code ${exitCode})`;
    super(`${command} failed${code}:\n${errorLines(output)}${logFile ? `\nThe whole log: ${logFile}` : ""}`);
  }
}

/** A program that could not be started. The message says why. */
export class ProgramError extends Error {
  override readonly name = "ProgramError";
}

/**
 * Why a program did not start, as a sentence for the user.
 *
 * @param error what `spawn` failed with.
 */
export function startProblem(program: string, cwd: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (!existsSync(cwd)) return `${program} cannot be started: its directory ${cwd} does not exist.`;
  if (code === "ENOENT" && !program.includes("/")) return `${program} is not on the PATH.`;
  if (code === "ENOENT") return `${program} cannot be started: it, or the program that runs it, does not exist.`;
  if (code === "EACCES") return `${program} cannot be started: this user may not execute it (EACCES).`;
  return `${program} cannot be started: ${message}.`;
}

export interface CommandOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Gets all output. @default none, for output that holds secrets */
  readonly logFile?: string;
  /** Gets each line, without colours, and the stream it was written to. @default none */
  readonly onLine?: (line: string, stream: "stdout" | "stderr") => void;
  /** Ends the command and all it has started. */
  readonly signal?: AbortSignal;
  /** Time to end in order when `signal` aborts, in ms. @default 10 s */
  readonly graceMs?: number;
}

/**
 * Runs a command to its end.
 *
 * @returns its output, in lines without colours.
 * @throws CommandError if it does not exit with 0.
 * @throws ProgramError if it cannot be started.
 * @throws the signal's reason if the signal ended it.
 */
export async function runCommand(command: string, args: readonly string[], options: CommandOptions): Promise<string[]> {
  options.signal?.throwIfAborted();
  if (options.logFile) mkdirSync(dirname(options.logFile), { recursive: true });
  const log = options.logFile ? createWriteStream(options.logFile) : undefined;
  // A process group of its own: Ctrl-C in a terminal reaches this process alone, which ends the command in order.
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "exit").catch((error: unknown) => {
    throw new ProgramError(startProblem(command, options.cwd, error));
  }) as Promise<[number | null]>;
  const tree = new Set<number>();
  let ending: Promise<void> | undefined;
  const abort = () => {
    if (child.pid) ending = endTree(child.pid, options.graceMs, tree);
  };
  const kill = () => child.pid && killTree(child.pid, tree);
  options.signal?.addEventListener("abort", abort, { once: true });
  process.once("exit", kill);
  const output: string[] = [];
  const read = (["stdout", "stderr"] as const).map(async (stream) => {
    for await (const line of createInterface({ input: child[stream] })) {
      const plain = stripVTControlCharacters(line).trimEnd();
      output.push(plain);
      log?.write(`${plain}\n`);
      options.onLine?.(plain, stream);
    }
  });
  try {
    const [[exitCode]] = await Promise.all([ended, ...read]);
    options.signal?.throwIfAborted();
    if (exitCode !== 0) {
      throw new CommandError([command.split("/").at(-1), ...args].join(" "), exitCode, output, options.logFile);
    }
    return output;
  } finally {
    options.signal?.removeEventListener("abort", abort);
    // The command may end before what it started: Terraform still writes its state, in a terminal of its own.
    await ending;
    process.off("exit", kill);
    log?.end();
  }
}

/** The lines that say what went wrong; the last lines if no line does. Empty lines and those of a spinner say nothing. */
function errorLines(printed: readonly string[]): string {
  const output = printed.filter((line) => !/^\s*([\u2800-\u28ff]\s.*)?$/.test(line));
  const error = output.findIndex((line) => /\bError\b|\berror:/.test(line));
  return (error === -1 ? output.slice(-15) : output.slice(error, error + 25)).map((line) => `  ${line}`).join("\n");
}
