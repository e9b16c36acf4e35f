import type { LogEvent } from "../../schedule/events";
import { MISSED_METRICS } from "../../schedule/metrics";
import { type LoggedReason, ON_TIME_WITHIN_MS, offTimeMs } from "../../schedule/outcome";
import type { HandPause } from "../../schedule/pause";
import { dispatchAt, iso, type ScheduleSpec, type Tick, tickFields, tickMessage } from "../../schedule/tick";
import type { Clock } from "./clock";
import { logUnread, type Pauses, pauseOfDueTick, recordPaused } from "./hand-pauses";
import type { Ledger } from "./ledger";
import type { Log } from "./log";
import type { Metrics } from "./metrics";
import type { Answered } from "./prepared-request";
import { DispatchError, LONGEST_ANSWER_MS, type PreparedDispatch, type Targets } from "./targets";

/** What a tick is run with. */
export interface TickRunner {
  readonly clock: Clock;
  readonly ledger: Ledger;
  /** Those that were begun by hand. */
  readonly pauses: Pauses;
  readonly targets: Targets;
  readonly log: Log;
  readonly metrics: Metrics;
  /** How long before it is due for dispatch a tick is claimed, in ms; for `claimLead`. */
  readonly claimLeadMs: number;
}

/** Pauses between the tries of one dispatch, in ms; a dispatch is tried once more than there are pauses. */
const RETRY_PAUSES_MS = [50, 150, 400] as const;

/**
 * How long a late tick waits until a connection is open, in ms: one that has died while the function was frozen would
 * lose the tick, because the dispatch might have arrived.
 */
const LATE_WARM_MS = 300;

/**
 * Runs one tick of a grid: claims it, waits until it is due for dispatch, dispatches it, records its outcome. Without a lead
 * it is due at its instant.
 *
 * The claim is made ahead of the instant, so it adds no skew. It is made before the dispatch, so that every other
 * invocation that runs the same tick (a retried state, a doubled rule, the other clock of a handover) leaves it alone.
 * It is made late enough that an invocation that ended long before its tick has claimed nothing. The requests are built
 * while the tick is waited for, and only written at its instant.
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
  if (tick.scheduledAt !== null) await clock.waitUntil(dispatchAt(schedule, tick.scheduledAt) - runner.claimLeadMs);
  const asked = clock.now();
  if (!(await ledger.claimTick(tick, call)).won) {
    log({ kind: "tick.suppressed", tick: tickFields(schedule, tick) });
    return;
  }
  await dispatchClaimed(runner, schedule, tick, targets, clock.now() - asked);
}

/**
 * Dispatches a tick that this invocation has claimed when it is due for dispatch or, if that has passed, now. See {@link dispatchTick}.
 * A tick of a schedule that was paused by hand is recorded as paused instead: it is claimed, so nobody catches it up.
 *
 * @param claimMs how long the claim took, in ms; for the log.
 */
export async function dispatchClaimed(
  runner: Omit<TickRunner, "ledger" | "claimLeadMs">,
  schedule: ScheduleSpec,
  tick: Tick,
  targets: readonly string[],
  claimMs?: number,
): Promise<void> {
  const { clock } = runner;
  const dueAt = dueForDispatch(schedule, tick);
  let pause: HandPause | undefined;
  let isRead = false;
  let prepared: readonly Promise<PreparedDispatch>[] = [];
  const warm = runner.targets.warm(targets);
  const at = tick.scheduledAt ?? clock.now();
  if (dueAt !== null && dueAt > clock.now()) {
    void runner.pauses.of(schedule.name, at).then((found) => {
      pause = found;
      isRead = true;
    });
    prepared = targets.map((target) => prepare(runner, schedule, tick, target, dueAt));
    await clock.waitUntil(dueAt);
    if (!isRead) logUnread(runner);
  } else {
    const warmed = Promise.race([warm, clock.waitUntil(clock.now() + LATE_WARM_MS)]);
    [pause] = await Promise.all([pauseOfDueTick(runner, schedule.name, at), warmed]);
  }
  // Without an answer by now the tick goes out.
  if (pause) {
    abandon(prepared);
    recordPaused(runner, schedule, tick, pause);
  } else {
    await dispatchTick(runner, schedule, tick, targets, { prepared, claimMs });
  }
}

/** What the log says of a tick that this invocation has dispatched or given up. */
type TickOutcome = Extract<LogEvent, { readonly kind: "tick.dispatched" | "tick.missed" }>;

/** What a dispatch may be given. */
export interface DispatchOptions {
  /**
   * The instant at which its metrics count it, ms since the epoch: a tick late by a second stays in its minute.
   * @default the tick's instant
   */
  readonly countedAt?: number;
  /**
   * The dispatches, in the order of the targets. They were prepared for the instant when the tick is due for dispatch. If that is
   * too long ago, they are prepared anew.
   * @default none
   */
  readonly prepared?: readonly Promise<PreparedDispatch>[];
  /** How long the claim took, in ms; for the log. */
  readonly claimMs?: number;
}

/**
 * Dispatches a tick to all its targets now and records its outcome: dispatched if at least one target accepted it, else
 * missed. A dispatch that was certainly refused is tried again, briefly and not beyond the tick's expiry; one that may
 * have arrived is not. Never throws.
 */
export async function dispatchTick(
  runner: Omit<TickRunner, "ledger" | "claimLeadMs">,
  schedule: ScheduleSpec,
  tick: Tick,
  targets: readonly string[],
  { countedAt = tick.scheduledAt ?? undefined, prepared = [], claimMs }: DispatchOptions = {},
): Promise<TickOutcome> {
  const { clock, log, metrics } = runner;
  // A function may be frozen at any instant, and the message would say that it was dispatched before that.
  const dueAt = dueForDispatch(schedule, tick);
  const inTime = dueAt !== null && clock.now() - dueAt <= ON_TIME_WITHIN_MS;
  if (!inTime) abandon(prepared);
  if (clock.now() >= tick.expiresAt) {
    return recordMissed(runner, schedule, tick, "expired");
  }
  const results = await Promise.allSettled(
    targets.map((target, k) => deliver(runner, schedule, tick, target, inTime ? prepared[k] : undefined)),
  );
  const delivered = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const failures = results.flatMap((result) => (result.status === "rejected" ? [result.reason as DispatchError] : []));
  const error = failures.map((failure) => failure.message).join("; ");
  if (failures.length > 0) metrics.record(schedule.name, "DispatchesFailed", failures.length, countedAt);
  const [first] = delivered.sort((a, b) => a.writtenAt - b.writtenAt);
  if (!first) {
    const unknown = failures.some((failure) => failure.failure === "unknown");
    return recordMissed(runner, schedule, tick, unknown ? "dispatch-unknown" : "dispatch-failed", error);
  }
  const skewMs = tick.scheduledAt === null ? null : first.writtenAt - tick.scheduledAt;
  metrics.record(schedule.name, "TicksDispatched", 1, countedAt);
  if (skewMs !== null) metrics.record(schedule.name, "DispatchSkew", offTimeMs(schedule, skewMs), countedAt);
  const event: TickOutcome = {
    kind: "tick.dispatched",
    tick: tickMessage(schedule, tick, first.writtenAt).tick,
    answeredAt: iso(first.answeredAt),
    cpuMs: first.cpuMs,
    ...(claimMs !== undefined && { claimMs }),
    late: skewMs !== null && skewMs > ON_TIME_WITHIN_MS,
    attempts: Math.max(...delivered.map((delivery) => delivery.attempts)),
    ...(error && { error }),
  };
  log(event);
  return event;
}

function abandon(prepared: readonly Promise<PreparedDispatch>[]): void {
  for (const one of prepared) one.then((dispatch) => dispatch.abandon()).catch(() => undefined);
}

/** See {@link dispatchAt}; `null` for a tick without a grid. */
function dueForDispatch(schedule: ScheduleSpec, { scheduledAt }: Tick): number | null {
  return scheduledAt === null ? null : dispatchAt(schedule, scheduledAt);
}

/** Logs and counts a tick that this invocation gives up, and why. @returns what was logged. */
export function recordMissed(
  { log, metrics }: Pick<TickRunner, "log" | "metrics">,
  schedule: ScheduleSpec,
  tick: Tick,
  reason: LoggedReason,
  error?: string,
): TickOutcome {
  metrics.record(schedule.name, "TicksMissed", 1);
  metrics.record(schedule.name, MISSED_METRICS[reason], 1);
  const event: TickOutcome = { kind: "tick.missed", tick: tickFields(schedule, tick), reason, ...(error && { error }) };
  log(event);
  return event;
}

/** Prepares the dispatch of a tick to one target at `at` (ms since the epoch). Its failure waits for who asks for it. */
function prepare(
  { targets }: Pick<TickRunner, "targets">,
  schedule: ScheduleSpec,
  tick: Tick,
  target: string,
  at: number,
): Promise<PreparedDispatch> {
  // A second of waiting is a tick lost at an interval of a second, and an answer that late is as good as none.
  const answerWithinMs = Math.min(LONGEST_ANSWER_MS, schedule.intervalMs / 2);
  const prepared = targets.prepare(target, tickMessage(schedule, tick, at), answerWithinMs);
  prepared.catch(() => undefined);
  return prepared;
}

/** Dispatches a tick to one target. @param prepared for the first try. @default it is prepared now, as the others are */
async function deliver(
  runner: Pick<TickRunner, "clock" | "targets">,
  schedule: ScheduleSpec,
  tick: Tick,
  target: string,
  prepared?: Promise<PreparedDispatch>,
): Promise<Answered & { attempts: number }> {
  const { clock } = runner;
  let request = prepared ?? prepare(runner, schedule, tick, target, clock.now());
  for (let attempts = 1; ; attempts++) {
    try {
      const dispatch = await request;
      return { ...(await dispatch.write()), attempts };
    } catch (error) {
      const pause = RETRY_PAUSES_MS[attempts - 1];
      const refused = error instanceof DispatchError && error.failure === "refused";
      if (!refused || pause === undefined || clock.now() + pause >= tick.expiresAt) throw error;
      await clock.waitUntil(clock.now() + pause);
      request = prepare(runner, schedule, tick, target, clock.now());
    }
  }
}
