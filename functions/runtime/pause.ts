import { MINUTE_MS } from "../../schedule/duration";
import { iso, type Tick } from "../../schedule/tick";
import type { TickRunner } from "./run-tick";

/** How long the line of a paused firing holds, in ms: until the next firing, which may come a minute late. */
const FIRING_COVERS_MS = 2 * MINUTE_MS;

/**
 * Logs that a schedule is paused, from now until the next firing has logged the same. By these lines a report distinguishes a
 * pause from a broken clock: a tick that was due in it and not dispatched is paused, not missed.
 */
export function logPausedFiring({ clock, log }: Pick<TickRunner, "clock" | "log">, schedule: string): void {
  const now = clock.now();
  log({ kind: "schedule.paused", schedule, from: iso(now), to: iso(now + FIRING_COVERS_MS) });
}

/** Logs that one tick, which a run had planned before the pause, is not dispatched because of it. */
export function logPausedTick({ log }: Pick<TickRunner, "log">, schedule: string, tick: Tick): void {
  const at = tick.scheduledAt as number;
  log({ kind: "schedule.paused", schedule, from: iso(at), to: iso(at + 1) });
}
