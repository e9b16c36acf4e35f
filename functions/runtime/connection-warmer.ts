import { SECOND_MS } from "../../schedule/duration";
import { CONNECTIONS } from "./clients";
import type { Clock } from "./clock";

/** How long a connection counts as open after a request on it, in ms: far less than services keep one that is idle. */
const OPEN_FOR_MS = 5 * SECOND_MS;

/**
 * Opens the connections of one client ahead of its requests: as many as there will be requests at once, and no more than the
 * client keeps. All schedules of a function share them, so one that follows another opens what is missing.
 *
 * @param ask sends a request that does nothing, to one of the targets (ARNs).
 * @param connections that the client keeps.
 * @returns takes targets that a request will soon go to. Resolves when the connections are open, or cannot be opened.
 */
export function connectionWarmer(
  clock: Clock,
  ask: (target: string) => Promise<unknown>,
  connections = CONNECTIONS,
): (targets: readonly string[]) => Promise<void> {
  /** What opens, or has opened, each connection, and when it was asked to, in ms since the epoch. */
  const opened = new Map<Promise<void>, number>();
  const open = async (target: string) => {
    // Again, because the first may meet a connection that has died while the function was frozen.
    await ask(target).catch((error) => (isAnswer(error) ? undefined : ask(target)));
  };
  return async (targets) => {
    const now = clock.now();
    for (const [one, at] of opened) if (at + OPEN_FOR_MS <= now) opened.delete(one);
    for (const target of targets.slice(0, connections - opened.size)) {
      const one = open(target).catch((error) => {
        if (!isAnswer(error)) opened.delete(one);
      });
      opened.set(one, now);
    }
    await Promise.all(opened.keys());
  };
}

/** Whether the service answered, if only to refuse: then there is a connection. */
function isAnswer(error: unknown): boolean {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode !== undefined;
}
