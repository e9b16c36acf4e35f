import { MINUTE_MS } from "../../schedule/duration";
import { iso, type Tick } from "../../schedule/tick";
import type { TickRunner } from "./run-tick";

/** For how long a firing speaks: until the next one, which may come a minute late. In ms. */
const FIRING_COVERS_MS = 2 * MINUTE_MS;

/**
 * Logs that a schedule is paused, from now until the next firing can have said more. A tick that was due in it and not
 * dispatched is paused, not missed; without these lines nobody could tell a pause from a clock that is broken.
 */
export function logPausedFiring({ clock, log }: Pick<TickRunner, "clock" | "log">, schedule: string): void {
  const now = clock.now();
  log("schedule.paused", { schedule, from: iso(now), to: iso(now + FIRING_COVERS_MS) });
}

/** Logs that one tick, which a run had planned before the pause, is not dispatched because of it. */
export function logPausedTick({ log }: Pick<TickRunner, "log">, schedule: string, tick: Tick): void {
  const at = tick.scheduledAt as number;
  log("schedule.paused", { schedule, from: iso(at), to: iso(at + 1) });
}
