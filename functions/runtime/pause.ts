import { MINUTE_MS } from "../../schedule/duration";
import type { HandPause } from "../../schedule/pause";
import { dispatchAt, iso, type ScheduleSpec, type Tick } from "../../schedule/tick";
import { handFields } from "./hand-pauses";
import type { TickRunner } from "./run-tick";

/** How long the line of a paused firing holds, in ms: until the next firing, which may come a minute late. */
const FIRING_COVERS_MS = 2 * MINUTE_MS;

/**
 * Logs that a schedule is paused, from `sinceMs` ago until the next firing has logged the same. By these lines a report
 * distinguishes a pause from a broken clock: a tick that was due in it and not dispatched is paused, not missed.
 *
 * @param sinceMs of a clock in which nothing else notices a pause between two firings: the time between them.
 * @param pause the pause, if it was begun by hand.
 */
export function logPausedFiring(
  { clock, log }: Pick<TickRunner, "clock" | "log">,
  schedule: string,
  sinceMs = 0,
  pause?: HandPause,
): void {
  const now = clock.now();
  const to = Math.min(now + FIRING_COVERS_MS, pause ? Date.parse(pause.until) : Number.POSITIVE_INFINITY);
  log({ kind: "schedule.paused", schedule, from: iso(now - sinceMs), to: iso(to), ...handFields(pause) });
}

/**
 * Passes over one tick of a grid because its schedule is paused: logs that, and claims the tick when it would be
 * dispatched. The claim shows other runs that this one lives, and keeps a run after the pause from catching the tick up.
 *
 * @param call the id of this invocation, as the claimant.
 * @throws what the ledger threw.
 */
export async function passOver(
  { clock, ledger, log, claimLeadMs }: Pick<TickRunner, "clock" | "ledger" | "log" | "claimLeadMs">,
  schedule: Pick<ScheduleSpec, "name" | "leadMs">,
  tick: Tick,
  call: string,
): Promise<void> {
  const at = tick.scheduledAt as number;
  log({ kind: "schedule.paused", schedule: schedule.name, from: iso(at), to: iso(at + 1) });
  await clock.waitUntil(dispatchAt(schedule, at) - claimLeadMs);
  await ledger.claimTick(tick, call);
}
