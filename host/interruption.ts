import { isAlive } from "./process-tree";

/** One Ctrl-C can reach this process twice, from the terminal and from npm: within this time, in ms, it counts once. */
const ONE_REQUEST_MS = 1_000;

/** How often the parent process is looked for, in ms. */
const PARENT_CHECK_MS = 500;

const PARENT_ENDED = "the end of its parent process";
const OUTPUT_CLOSED = "the end of its output";

/**
 * A signal that aborts when this process is asked to end: by Ctrl-C, SIGTERM, a closed terminal, or the end of the
 * process that started it (npm does not pass on every signal) or of what reads its output. A second request by a signal
 * ends the process at once.
 */
export function interruption(): { readonly signal: AbortSignal; readonly endedBy: () => string | undefined } {
  const controller = new AbortController();
  let reason: string | undefined;
  let firstAt = 0;
  const end = (by: string) => {
    if (reason && by.startsWith("SIG") && Date.now() - firstAt > ONE_REQUEST_MS) process.exit(130);
    if (reason) return;
    reason = by;
    firstAt = Date.now();
    controller.abort(new Error(`ended by ${by}`));
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => end(name));
  // Without a listener, a line to a terminal that was closed would end this process before the programs it has started.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => end(OUTPUT_CLOSED));
  const parent = process.ppid;
  setInterval(() => {
    // In a test `process` is a copy, which keeps the parent that it had.
    if (process.ppid !== parent || !isAlive(parent)) end(PARENT_ENDED);
  }, PARENT_CHECK_MS).unref();
  return { signal: controller.signal, endedBy: () => reason };
}
