import { setTimeout as sleep } from "node:timers/promises";
import type { FollowClock } from "./follow";

/** The clock to follow ticks by: no tick depends on it, so it only sleeps. */
export const followClock: FollowClock = {
  now: () => Date.now(),
  waitUntil: (instant) => pause(Math.max(0, instant - Date.now())),
};

/** Resolves after `ms`, or earlier where the signal aborts. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
