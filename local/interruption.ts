/** How often it is looked whether the parent process is still there, in ms. */
const PARENT_CHECK_MS = 500;

/**
 * A signal that aborts when this process is asked to end: by Ctrl-C, SIGTERM, a closed terminal, or the end of the
 * process that started it (npm does not hand every signal on). A second request ends the process at once.
 */
export function interruption(): { readonly signal: AbortSignal; readonly endedBy: () => string | undefined } {
  const controller = new AbortController();
  let reason: string | undefined;
  const end = (by: string) => {
    if (reason && by !== "the end of its parent process") process.exit(130);
    reason ??= by;
    controller.abort(new Error(`ended by ${by}`));
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => end(name));
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) end("the end of its parent process");
  }, PARENT_CHECK_MS).unref();
  return { signal: controller.signal, endedBy: () => reason };
}
