import { setTimeout as sleep } from "node:timers/promises";
import type { FollowClock } from "./follow";

/** The clock by which ticks are followed. No tick depends on it, so it only sleeps. */
export const followClock: FollowClock = {
  now: () => Date.now(),
  waitUntil: (instant) => pause(Math.max(0, instant - Date.now())),
};

/** Resolves after `ms`, or earlier if the signal aborts. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
