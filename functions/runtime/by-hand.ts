import { iso, type Json, manualId, type ScheduleSpec, tickId } from "../../schedule/tick";
import { dispatchTick, type TickRunner } from "./run-tick";

/** What somebody asks a clock's function for: one tick of a schedule, now. `cli/operate/tick.ts` makes it. */
export interface HandOrder {
  /** The schedule's name. */
  readonly schedule: string;
  /** Who asks: the ARN by which AWS knows the caller. */
  readonly by: string;
  /** The instant of a tick of the grid that is repeated, ms since the epoch. @default it is a tick of its own, of now */
  readonly at?: number;
  /** Whether a tick is repeated although the ledger has a claim on it. @default false */
  readonly force?: boolean;
  /** In place of the schedule's own. @default that of the schedule */
  readonly payload?: Json;
  /** The one target that gets it. @default all targets */
  readonly target?: string;
}

/** An event with such an order. */
export interface HandEvent {
  readonly byHand: HandOrder;
}

/** What became of an order. Instants are ISO 8601 in UTC. */
export type HandResult =
  | { readonly kind: "dispatched"; readonly id: string; readonly dispatchedAt: string; readonly error?: string }
  | { readonly kind: "failed"; readonly id: string; readonly error: string }
  | { readonly kind: "claimed"; readonly claimedBy: string | null; readonly claimedAt: string | null }
  | { readonly kind: "unknown-schedule" }
  | { readonly kind: "unknown-target"; readonly targets: readonly string[] };

/** A schedule as the clock is deployed with it, and its targets. */
export interface HandSchedule {
  readonly schedule: ScheduleSpec;
  /** ARNs. */
  readonly targets: readonly string[];
}

/** Whether an event has an order, and is no event of the clock's own. */
export function isHandEvent(event: unknown): event is HandEvent {
  return typeof (event as Partial<HandEvent> | null)?.byHand === "object";
}

/**
 * Dispatches one tick by hand, now. Its id has a name space of its own, so no other tick is taken for it. It is logged like
 * other ticks, with who asked for it, and counted apart. A pause does not hold it.
 *
 * A tick of the grid that is repeated is claimed first: the ledger refuses it if any invocation has claimed it before.
 *
 * @param find the schedule of this name as it is deployed.
 * @param call the id of this invocation, as the claimant.
 * @throws what the ledger threw.
 */
export async function dispatchByHand(
  runner: TickRunner,
  { schedule: name, by, at, force = false, payload, target }: HandOrder,
  find: (name: string) => HandSchedule | undefined,
  call: string,
): Promise<HandResult> {
  const found = find(name);
  if (!found) return { kind: "unknown-schedule" };
  const { targets } = found;
  if (target !== undefined && !targets.includes(target)) return { kind: "unknown-target", targets };
  const now = runner.clock.now();
  const expiresAt = now + found.schedule.catchUpMs;
  if (at !== undefined && !force) {
    const claim = await runner.ledger.claimTick({ id: tickId(name, at), expiresAt }, call);
    if (!claim.won) {
      const { claimedBy, claimedAt } = claim;
      return { kind: "claimed", claimedBy, claimedAt: claimedAt === null ? null : iso(claimedAt) };
    }
  }
  const tick = { id: manualId(name, at ?? now, at !== undefined), scheduledAt: at ?? now, expiresAt };
  const schedule = { ...found.schedule, ...(payload !== undefined && { payload }) };
  const told = await dispatchTick(apart(runner, by), schedule, tick, target === undefined ? targets : [target]);
  runner.metrics.flush();
  if (told.kind === "tick.missed") return { kind: "failed", id: tick.id, error: told.error ?? told.reason };
  const { dispatchedAt } = told.tick;
  return { kind: "dispatched", id: tick.id, dispatchedAt, ...(told.error && { error: told.error }) };
}

/** The runner, which says in the log who asked, and counts nothing among the ticks of the clock. */
function apart(runner: TickRunner, by: string): TickRunner {
  return {
    ...runner,
    log: (event) =>
      runner.log(event.kind === "tick.dispatched" || event.kind === "tick.missed" ? { ...event, by } : event),
    metrics: {
      ...runner.metrics,
      record: (schedule, name, value) => {
        if (name === "TicksDispatched") runner.metrics.record(schedule, "TicksByHand", value);
        if (name === "DispatchesFailed") runner.metrics.record(schedule, name, value);
      },
    },
  };
}
