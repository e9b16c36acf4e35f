import { type LoggedReason, ON_TIME_WITHIN_MS } from "../../schedule/outcome";
import { iso, type ScheduleSpec, type Tick, tickMessage } from "../../schedule/tick";
import type { Clock } from "./clock";
import { countDispatched, countMissed } from "./count";
import type { Ledger } from "./ledger";
import type { Log } from "./log";
import type { Metrics } from "./metrics";
import { DispatchError, type Targets } from "./targets";

/** What a tick is run with. */
export interface TickRunner {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly targets: Targets;
  readonly log: Log;
  readonly metrics: Metrics;
  /** How long before its instant a tick is claimed, in ms; for `claimLead`. */
  readonly claimLeadMs: number;
}

/** Pauses between the tries of one dispatch, in ms; a dispatch is tried once more than there are pauses. */
const RETRY_PAUSES_MS = [50, 150, 400] as const;

/**
 * Runs one tick of a grid: claims it, waits for its instant, dispatches it, logs its outcome.
 *
 * The claim is made ahead of the instant, so it costs no skew, and before the dispatch, so that whoever else runs the
 * same tick (a retried state, a doubled rule, the other clock of a handover) leaves it alone. It is made late enough
 * that an invocation that ended long before its tick has claimed nothing.
 *
 * @param targets ARNs.
 * @param call the id of this invocation, as the claimant.
 */
export async function runTick(
  runner: TickRunner,
  schedule: ScheduleSpec,
  tick: Tick,
  targets: readonly string[],
  call: string,
): Promise<void> {
  const { clock, ledger, log } = runner;
  if (tick.scheduledAt !== null) await clock.waitUntil(tick.scheduledAt - runner.claimLeadMs);
  if (!(await ledger.claimTick(tick, call))) {
    log("tick.suppressed", { tick: describe(schedule, tick) });
    return;
  }
  if (tick.scheduledAt !== null && tick.scheduledAt > clock.now()) {
    for (const target of targets) void runner.targets.warm(target);
    await clock.waitUntil(tick.scheduledAt);
  }
  await dispatchTick(runner, schedule, tick, targets);
}

/**
 * Dispatches a tick to all its targets now and logs its outcome: dispatched where at least one target took it, missed
 * where none did. It is counted here, and only here: whoever calls has its claim. A dispatch that was certainly refused is tried again, briefly and not beyond the tick's expiry; one
 * that may have arrived is not. Never throws.
 */
export async function dispatchTick(
  runner: Omit<TickRunner, "ledger" | "claimLeadMs">,
  schedule: ScheduleSpec,
  tick: Tick,
  targets: readonly string[],
): Promise<void> {
  const { clock, log, metrics } = runner;
  if (clock.now() >= tick.expiresAt) {
    countMissed(metrics, schedule.name, "expired");
    logMissed(log, schedule, tick, "expired");
    return;
  }
  const results = await Promise.allSettled(targets.map((target) => deliver(runner, schedule, tick, target)));
  const delivered = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const failures = results.flatMap((result) => (result.status === "rejected" ? [result.reason as DispatchError] : []));
  const error = failures.map((failure) => failure.message).join("; ");
  if (delivered.length === 0) {
    const unknown = failures.some((failure) => failure.failure === "unknown");
    const reason = unknown ? "dispatch-unknown" : "dispatch-failed";
    countMissed(metrics, schedule.name, reason);
    logMissed(log, schedule, tick, reason, error);
    return;
  }
  const dispatchedAt = Math.min(...delivered.map((delivery) => delivery.dispatchedAt));
  countDispatched(metrics, schedule.name, tick, dispatchedAt);
  log("tick.dispatched", {
    tick: tickMessage(schedule, tick, dispatchedAt).tick,
    late: tick.scheduledAt !== null && dispatchedAt - tick.scheduledAt > ON_TIME_WITHIN_MS,
    attempts: Math.max(...delivered.map((delivery) => delivery.attempts)),
    ...(error && { error }),
  });
}

/** Logs that a tick was missed, and why. */
export function logMissed(log: Log, schedule: ScheduleSpec, tick: Tick, reason: LoggedReason, error?: string): void {
  log("tick.missed", { tick: describe(schedule, tick), reason, ...(error && { error }) });
}

async function deliver(
  { clock, targets }: Pick<TickRunner, "clock" | "targets">,
  schedule: ScheduleSpec,
  tick: Tick,
  target: string,
): Promise<{ dispatchedAt: number; attempts: number }> {
  for (let attempts = 1; ; attempts++) {
    const dispatchedAt = clock.now();
    try {
      await targets.dispatch(target, tickMessage(schedule, tick, dispatchedAt));
      return { dispatchedAt, attempts };
    } catch (error) {
      const pause = RETRY_PAUSES_MS[attempts - 1];
      const refused = error instanceof DispatchError && error.failure === "refused";
      if (!refused || pause === undefined || clock.now() + pause >= tick.expiresAt) throw error;
      await clock.waitUntil(clock.now() + pause);
    }
  }
}

function describe(schedule: ScheduleSpec, tick: Tick) {
  return {
    id: tick.id,
    schedule: schedule.name,
    strategy: schedule.strategy,
    scheduledAt: tick.scheduledAt === null ? null : iso(tick.scheduledAt),
    expiresAt: iso(tick.expiresAt),
  };
}
