import type { ScheduleSpec } from "./tick";

/** A tick is on time if it is dispatched at most this far outside of its time, in ms, to either side: see {@link offTimeMs}. */
export const ON_TIME_WITHIN_MS = 500;

/**
 * How far outside of its time a tick was dispatched, signed ms. Its time is its instant or, with a lead, all from the lead
 * before it until then: the target has the tick when it is to start. So without a lead this is the dispatch skew.
 *
 * @param skewMs the dispatch skew.
 */
export function offTimeMs({ leadMs = 0 }: Pick<ScheduleSpec, "leadMs">, skewMs: number): number {
  return skewMs > 0 ? skewMs : Math.min(0, skewMs + leadMs);
}

/**
 * Why a tick was missed, as the functions log it.
 *
 * - `expired`: its catch-up window was over before it could be dispatched.
 * - `overtaken`: a newer tick was due as well, and only the newest is run.
 * - `dispatch-failed`: no target accepted it; `dispatch-unknown`: it is unknown whether one did.
 */
export type LoggedReason = "expired" | "overtaken" | "dispatch-failed" | "dispatch-unknown";

/**
 * Why a tick was missed, as a report says it. If no function says that it gave the tick up:
 *
 * - `claimant-lost`: an invocation claimed it and ended before it dispatched it: others found the claim.
 * - `not-planned`: no run had planned its minute: the rule never fired, or its firing failed.
 * - `not-seen`: a run had planned it, or it is not known whether one had.
 */
export type MissedReason = LoggedReason | "claimant-lost" | "not-planned" | "not-seen";

/**
 * The outcome of a tick that was due; each has exactly one.
 *
 * - `on-time`, `late`: dispatched at least once, the first dispatch within {@link ON_TIME_WITHIN_MS} of its time or
 *   further from it. `skewMs` is signed, so a dispatch too early shows as a negative skew. It is `null` for the first
 *   tick of a run under relative pacing, which has nothing to be measured against and counts as on time.
 * - `missed`: not dispatched.
 * - `duplicate-suppressed`: not dispatched by a clock whose logs were read, because another invocation had claimed it,
 *   which may be one of a clock whose logs are gone. If all were read it is missed. A tick that was dispatched once and
 *   suppressed once is on time or late.
 * - `paused`: not dispatched, and due while the schedule was paused.
 */
export type Outcome =
  | { readonly kind: "on-time" | "late"; readonly skewMs: number | null }
  | { readonly kind: "missed"; readonly reason: MissedReason }
  | { readonly kind: "duplicate-suppressed" }
  | { readonly kind: "paused" };

/** What a judge needs to know of a schedule; times in ms. */
export interface ScheduleTiming
  extends Pick<ScheduleSpec, "name" | "strategy" | "intervalMs" | "phaseMs" | "hours" | "leadMs"> {
  /** `relative`: ticks have no grid, and each is expected one interval after the one before it. */
  readonly pacing: "clock" | "relative";
  /** Whether its clock logs which minutes it has planned, so that a missing plan means something. */
  readonly logsPlans: boolean;
}

/** The observed stretch of time: `from` inclusive, `to` exclusive, ms since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Everything the logs say of one tick id. Instants in ms since the epoch. */
export interface TickSighting {
  readonly id: string;
  /** `null` under relative pacing. */
  readonly scheduledAt: number | null;
  /** When it was dispatched; several entries if it was dispatched, or started, several times. */
  readonly dispatchedAt: readonly number[];
  /** Why it was missed: of several `tick.missed` that of the invocation which dispatched it, else that of the last. */
  readonly missed: LoggedReason | undefined;
  /** How often another run's claim kept it from being dispatched once more. */
  readonly suppressed: number;
}

/** A judged tick: it was due, and has an outcome. */
export interface DueTick {
  /** `null` for a tick of relative pacing that did not come: it would have been named after its dispatch. */
  readonly id: string | null;
  /** The instant it was due, ms since the epoch; for the first tick of a relative run, the instant it came. */
  readonly expectedAt: number;
  /** When it was first dispatched, ms since the epoch; `null` if it was not. */
  readonly dispatchedAt: number | null;
  /** The minute it belongs to: the clock minute on a grid, a count of the runs under relative pacing. */
  readonly minute: number;
  /**
   * How far after its place it was dispatched, signed ms: on a grid the skew, and the schedule's lead; under relative pacing the skews since the
   * first tick of its run, added up, which is the delay that the article's chart shows. `null` if it was not.
   */
  readonly delayMs: number | null;
  readonly outcome: Outcome;
}
