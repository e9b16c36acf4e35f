import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { endTree, killTree } from "./process-tree";

/** A command that ended badly. The message has its last words and where the whole log is. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  constructor(
    readonly command: string,
    readonly exitCode: number | null,
    readonly output: readonly string[],
    /** Undefined where none was kept. */
    readonly logFile: string | undefined,
  ) {
    super(
      `${command} failed${exitCode === null ? "" : ` (exit code ${exitCode})`}:\n${lastWords(output)}${logFile ? `\nThe whole log: ${logFile}` : ""}`,
    );
  }
}

export interface CommandOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Gets all output. @default none, for output that holds secrets */
  readonly logFile?: string;
  /** Is told each line, without colours, and where it was written to. @default nobody */
  readonly onLine?: (line: string, stream: "stdout" | "stderr") => void;
  /** Ends the command and all it has started. */
  readonly signal?: AbortSignal;
  /** How long it may take to end in order when `signal` asks it to, in ms. @default 10 s */
  readonly graceMs?: number;
}

/**
 * Runs a command to its end.
 *
 * @returns its output, in lines without colours.
 * @throws CommandError where it does not exit with 0.
 * @throws the signal's reason where that ended it.
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
  const ended = exitOf(child);
  const abort = () => void (child.pid && endTree(child.pid, options.graceMs));
  const kill = () => child.pid && killTree(child.pid);
  options.signal?.addEventListener("abort", abort, { once: true });
  process.once("exit", kill);
  const output: string[] = [];
  const read = (["stdout", "stderr"] as const).map(async (stream) => {
    for await (const line of createInterface({ input: child[stream] })) {
      const plain = withoutColours(line);
      output.push(plain);
      log?.write(`${plain}\n`);
      options.onLine?.(plain, stream);
    }
  });
  try {
    const exitCode = await ended;
    await Promise.all(read);
    options.signal?.throwIfAborted();
    if (exitCode !== 0)
      throw new CommandError([command.split("/").at(-1), ...args].join(" "), exitCode, output, options.logFile);
    return output;
  } finally {
    options.signal?.removeEventListener("abort", abort);
    process.off("exit", kill);
    log?.end();
  }
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code));
  });
}

/** The lines that say what went wrong, or where none does, the last ones. */
function lastWords(output: readonly string[]): string {
  const error = output.findIndex((line) => /\bError\b|\berror:/.test(line));
  return (error === -1 ? output.slice(-15) : output.slice(error, error + 25)).map((line) => `  ${line}`).join("\n");
}

function withoutColours(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with a control character.
  return line.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "").trimEnd();
}
