import { isOnGrid } from "../../schedule/grid";
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
  /** Whether a tick is repeated although it has not expired, or the ledger has a claim on it. @default false */
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
  /** No tick is due at that instant. */
  | { readonly kind: "not-due" }
  /** The clock itself may dispatch the tick until then. */
  | { readonly kind: "not-expired"; readonly expiresAt: string }
  | { readonly kind: "unknown-schedule" }
  | { readonly kind: "unknown-target"; readonly targets: readonly string[] };

/** A schedule as the clock is deployed with it, and its targets. */
export interface HandSchedule {
  readonly schedule: ScheduleSpec;
  /** Whether its ticks are on a grid. @default true */
  readonly grid?: boolean;
  /** ARNs. */
  readonly targets: readonly string[];
}

/** How long it waits for connections to the targets, in ms. */
const WARM_WITHIN_MS = 300;

/** Whether an event has an order, and is no event of the clock's own. */
export function isHandEvent(event: unknown): event is HandEvent {
  const { byHand } = (event ?? {}) as Partial<HandEvent>;
  return typeof byHand === "object" && byHand !== null;
}

/**
 * Dispatches one tick by hand, now. Its id has a name space of its own, so no other tick is taken for it. It is logged like
 * other ticks, with who asked for it, and counted apart. A pause does not hold it.
 *
 * A tick of the grid that is repeated must be over, so that no tick of the clock is taken away. It is claimed first: the ledger
 * refuses it if any invocation has claimed it before.
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
  const { clock, ledger } = runner;
  const now = clock.now();
  const { catchUpMs } = found.schedule;
  const grid = found.grid ?? true;
  if (at !== undefined) {
    if (!grid || at > now || !isOnGrid(found.schedule, at)) return { kind: "not-due" };
    const endsAt = at + catchUpMs;
    if (endsAt > now && !force) return { kind: "not-expired", expiresAt: iso(endsAt) };
    // Also if it is forced: then no other invocation dispatches it besides.
    const claim = await ledger.claimTick({ id: tickId(name, at), expiresAt: now + catchUpMs }, call);
    if (!claim.won && !force) {
      const { claimedBy, claimedAt } = claim;
      return { kind: "claimed", claimedBy, claimedAt: claimedAt === null ? null : iso(claimedAt) };
    }
  }
  const tick = {
    id: manualId(name, now, at, force),
    scheduledAt: at ?? (grid ? now : null),
    expiresAt: now + catchUpMs,
  };
  const schedule = { ...found.schedule, ...(payload !== undefined && { payload }) };
  const reached = target === undefined ? targets : [target];
  // A function that was frozen may have dead connections.
  await Promise.race([runner.targets.warm(reached), clock.waitUntil(now + WARM_WITHIN_MS)]);
  try {
    const told = await dispatchTick(apart(runner, by), schedule, tick, reached);
    if (told.kind === "tick.missed") return { kind: "failed", id: tick.id, error: told.error ?? told.reason };
    const { dispatchedAt } = told.tick;
    return { kind: "dispatched", id: tick.id, dispatchedAt, ...(told.error && { error: told.error }) };
  } finally {
    runner.metrics.flush();
  }
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
