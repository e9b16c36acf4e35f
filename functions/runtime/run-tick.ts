import { MISSED_METRICS } from "../../schedule/metrics";
import { type LoggedReason, ON_TIME_WITHIN_MS } from "../../schedule/outcome";
import { type ScheduleSpec, type Tick, tickFields, tickMessage } from "../../schedule/tick";
import type { Clock } from "./clock";
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
 * Runs one tick of a grid: claims it, waits for its instant, dispatches it, records its outcome.
 *
 * The claim is made ahead of the instant, so it adds no skew. It is made before the dispatch, so that every other
 * invocation that runs the same tick (a retried state, a doubled rule, the other clock of a handover) leaves it alone.
 * It is made late enough that an invocation that ended long before its tick has claimed nothing.
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
  if (!(await ledger.claimTick(tick, call)).won) {
    log({ kind: "tick.suppressed", tick: tickFields(schedule, tick) });
    return;
  }
  if (tick.scheduledAt !== null && tick.scheduledAt > clock.now()) {
    for (const target of targets) void runner.targets.warm(target);
    await clock.waitUntil(tick.scheduledAt);
  }
  await dispatchTick(runner, schedule, tick, targets);
}

/**
 * Dispatches a tick to all its targets now and records its outcome: dispatched if at least one target accepted it, else
 * missed. A dispatch that was certainly refused is tried again, briefly and not beyond the tick's expiry; one that may
 * have arrived is not. Never throws.
 *
 * @param countedAt the instant at which its metrics count it, in ms: a tick late by a second stays in its minute.
 */
export async function dispatchTick(
  runner: Omit<TickRunner, "ledger" | "claimLeadMs">,
  schedule: ScheduleSpec,
  tick: Tick,
  targets: readonly string[],
  countedAt: number | undefined = tick.scheduledAt ?? undefined,
): Promise<void> {
  const { clock, log, metrics } = runner;
  if (clock.now() >= tick.expiresAt) {
    recordMissed(runner, schedule, tick, "expired");
    return;
  }
  const results = await Promise.allSettled(targets.map((target) => deliver(runner, schedule, tick, target)));
  const delivered = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const failures = results.flatMap((result) => (result.status === "rejected" ? [result.reason as DispatchError] : []));
  const error = failures.map((failure) => failure.message).join("; ");
  if (delivered.length === 0) {
    const unknown = failures.some((failure) => failure.failure === "unknown");
    recordMissed(runner, schedule, tick, unknown ? "dispatch-unknown" : "dispatch-failed", error);
    return;
  }
  const dispatchedAt = Math.min(...delivered.map((delivery) => delivery.dispatchedAt));
  const skewMs = tick.scheduledAt === null ? null : dispatchedAt - tick.scheduledAt;
  metrics.record(schedule.name, "TicksDispatched", 1, countedAt);
  if (skewMs !== null) metrics.record(schedule.name, "DispatchSkew", skewMs, countedAt);
  log({
    kind: "tick.dispatched",
    tick: tickMessage(schedule, tick, dispatchedAt).tick,
    late: skewMs !== null && skewMs > ON_TIME_WITHIN_MS,
    attempts: Math.max(...delivered.map((delivery) => delivery.attempts)),
    ...(error && { error }),
  });
}

/** Logs and counts a tick that this invocation gives up, and why. */
export function recordMissed(
  { log, metrics }: Pick<TickRunner, "log" | "metrics">,
  schedule: ScheduleSpec,
  tick: Tick,
  reason: LoggedReason,
  error?: string,
): void {
  metrics.record(schedule.name, "TicksMissed", 1);
  metrics.record(schedule.name, MISSED_METRICS[reason], 1);
  log({ kind: "tick.missed", tick: tickFields(schedule, tick), reason, ...(error && { error }) });
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
