import { MINUTE_MS, SECOND_MS } from "./duration";
import { instantsBetween, isOnGrid } from "./grid";
import { minuteOf } from "./minute";
import { ticksPerRun } from "./relative";
import { type ScheduleSpec, tickId } from "./tick";

/** A tick is on time where its dispatch skew is at most this, in ms, to either side. */
export const ON_TIME_WITHIN_MS = 500;

/**
 * Why a tick was missed, as the functions log it.
 *
 * - `expired`: its catch-up window was over before it could be dispatched.
 * - `overtaken`: a newer tick was due as well, and only the newest is run.
 * - `dispatch-failed`: no target took it; `dispatch-unknown`: nor is it certain that none did.
 */
export type LoggedReason = "expired" | "overtaken" | "dispatch-failed" | "dispatch-unknown";

/** Why a tick was missed, as a report says it; `not-seen`: the logs say nothing of the tick. */
export type MissedReason = LoggedReason | "not-seen";

/**
 * What became of a tick that was due; each has exactly one.
 *
 * - `on-time`, `late`: dispatched at least once, the first dispatch within {@link ON_TIME_WITHIN_MS} of its instant or
 *   further from it. `skewMs` is signed, so a dispatch too early shows as a negative skew. It is `null` for the first
 *   tick of a run under relative pacing, which has nothing to be measured against and counts as on time.
 * - `missed`: not dispatched.
 * - `duplicate-suppressed`: not dispatched by those whose logs were read, because another run had claimed it, and that
 *   run's dispatch is not in these logs. Across a change of strategy the other stack's logs have it; otherwise a run
 *   died between claim and dispatch. A tick that was dispatched once and suppressed once, as when the rule fires
 *   twice, is on time or late.
 * - `paused`: the schedule was paused. Nothing pauses a schedule yet.
 */
export type Outcome =
  | { readonly kind: "on-time" | "late"; readonly skewMs: number | null }
  | { readonly kind: "missed"; readonly reason: MissedReason }
  | { readonly kind: "duplicate-suppressed" }
  | { readonly kind: "paused" };

/** What the accounting must know of a schedule; times in ms. */
export interface ScheduleTiming extends Pick<ScheduleSpec, "name" | "strategy" | "intervalMs" | "phaseMs"> {
  /** `relative`: ticks have no grid, and each is expected one interval after the one before it. */
  readonly pacing: "clock" | "relative";
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
  /** When it was dispatched; more than one entry where it was dispatched, or started, more than once. */
  readonly dispatchedAt: readonly number[];
  /** The reason of the last `tick.missed`, if there was any. */
  readonly missed: LoggedReason | undefined;
  /** How often another run's claim kept it from being dispatched once more. */
  readonly suppressed: number;
}

/** A tick that was due, and what became of it. */
export interface DueTick {
  /** `null` for a tick of relative pacing that did not come: it would have been named after its dispatch. */
  readonly id: string | null;
  /** The instant it was due, ms since the epoch; for the first tick of a relative run, the instant it came. */
  readonly expectedAt: number;
  /** When it was first dispatched, ms since the epoch; `null` where it was not. */
  readonly dispatchedAt: number | null;
  /** The minute it belongs to: the clock minute on a grid, a count of the runs under relative pacing. */
  readonly minute: number;
  readonly outcome: Outcome;
}

/** The accounting of a schedule over a span. */
export interface Accounting {
  /** Every tick that was due, in order of time. */
  readonly ticks: readonly DueTick[];
  /** How many ticks had each outcome; the sum is `ticks.length`. */
  readonly counts: Readonly<Record<Outcome["kind"], number>>;
  /** Dispatches (or starts) beyond the first of a tick; they come on top of the outcomes. */
  readonly duplicate: number;
  /** Dispatches that a claim prevented, also of ticks that another run dispatched; information only. */
  readonly suppressed: number;
  /** Ticks that were dispatched inside the span though none was due at their instant. Always 0 under relative pacing. */
  readonly offGrid: number;
}

/**
 * Accounts for every tick of a schedule that was due in a span. Under clock pacing the grid says which were due; under
 * relative pacing each minute's run owes `60 s / interval` ticks from the first one seen, and a gap is measured from
 * the tick before it.
 *
 * @param sightings of this schedule, each id once; those outside the span are left out.
 * @throws Error where the outcomes do not add up to the ticks due, which would be a fault of this module.
 */
export function accountFor(timing: ScheduleTiming, span: Span, sightings: readonly TickSighting[]): Accounting {
  const accounting = timing.pacing === "relative" ? byRuns(timing, span, sightings) : byGrid(timing, span, sightings);
  const counts = { "on-time": 0, late: 0, missed: 0, "duplicate-suppressed": 0, paused: 0 };
  for (const tick of accounting.ticks) counts[tick.outcome.kind] += 1;
  const sum = Object.values(counts).reduce((total, count) => total + count, 0);
  if (sum !== accounting.ticks.length) throw new Error(`${sum} outcomes for ${accounting.ticks.length} due ticks`);
  return { ...accounting, counts };
}

function byGrid(timing: ScheduleTiming, span: Span, sightings: readonly TickSighting[]): Omit<Accounting, "counts"> {
  const inSpan = sightings.filter(({ scheduledAt }) => scheduledAt !== null && within(span, scheduledAt));
  const byInstant = new Map(inSpan.map((sighting) => [sighting.scheduledAt as number, sighting]));
  const ticks = instantsBetween(timing, span.from, span.to).map((expectedAt): DueTick => {
    const seen = byInstant.get(expectedAt);
    return {
      id: tickId(timing.name, expectedAt),
      expectedAt,
      dispatchedAt: first(seen?.dispatchedAt),
      minute: minuteOf(expectedAt),
      outcome: outcomeOf(expectedAt, seen),
    };
  });
  const due = inSpan.filter(({ scheduledAt }) => isOnGrid(timing, scheduledAt as number));
  const others = inSpan.filter(({ scheduledAt }) => !isOnGrid(timing, scheduledAt as number));
  return {
    ticks,
    duplicate: due.reduce((sum, { dispatchedAt }) => sum + Math.max(0, dispatchedAt.length - 1), 0),
    suppressed: due.reduce((sum, { suppressed }) => sum + suppressed, 0),
    offGrid: others.reduce((sum, { dispatchedAt }) => sum + dispatchedAt.length, 0),
  };
}

/** The outcome of the tick that was due at `expectedAt`, from what was seen of it. */
function outcomeOf(expectedAt: number, seen: TickSighting | undefined): Outcome {
  const dispatchedAt = first(seen?.dispatchedAt);
  if (dispatchedAt !== null) return dispatched(dispatchedAt - expectedAt);
  if (seen?.missed) return { kind: "missed", reason: seen.missed };
  if (seen && seen.suppressed > 0) return { kind: "duplicate-suppressed" };
  return { kind: "missed", reason: "not-seen" };
}

function dispatched(skewMs: number): Outcome {
  return { kind: Math.abs(skewMs) <= ON_TIME_WITHIN_MS ? "on-time" : "late", skewMs };
}

/**
 * Walks through the dispatches, keeping count of the place that each has: ticks `n·k` to `n·k + n − 1` make up run k.
 * The first dispatch is taken to begin a run, and the span's ends are held to owe a tick each interval as well.
 */
function byRuns(timing: ScheduleTiming, span: Span, sightings: readonly TickSighting[]): Omit<Accounting, "counts"> {
  const { intervalMs } = timing;
  const perRun = ticksPerRun(intervalMs);
  const dispatches = sightings
    .flatMap(({ id, dispatchedAt }) => dispatchedAt.map((at) => ({ id, at })))
    .filter(({ at }) => within(span, at))
    .sort((a, b) => a.at - b.at);
  const failures = sightings.filter((seen) => seen.missed && seen.dispatchedAt.length === 0);
  const miss = (expectedAt: number, place: number): DueTick => {
    const failure = failures.find(({ id }) => Math.abs(instantOfId(id) - expectedAt) <= intervalMs / 2);
    const outcome: Outcome = { kind: "missed", reason: failure?.missed ?? "not-seen" };
    return { id: null, expectedAt, dispatchedAt: null, minute: Math.floor(place / perRun), outcome };
  };

  const begin = dispatches[0]?.at ?? span.to;
  const lead = Math.round((begin - span.from) / intervalMs);
  const ticks = Array.from({ length: lead }, (_, k) => miss(begin - (lead - k) * intervalMs, k - lead));
  let duplicate = 0;
  let place = -1;
  let last = begin - intervalMs;
  let runStart = begin - MINUTE_MS;
  for (const { id, at } of dispatches) {
    const gap = at - last;
    const endOfRun = (place + 1) % perRun === 0;
    // The last tick of a run that drifted far comes shortly before the next run begins: that is no duplicate.
    const beginsRun = endOfRun && Math.abs(runStart + MINUTE_MS - at) <= gap;
    if (gap < intervalMs / 2 && !beginsRun) {
      duplicate += 1;
      continue;
    }
    const steps = Math.max(1, Math.round(gap / intervalMs));
    for (let k = 1; k < steps; k++) ticks.push(miss(last + k * intervalMs, place + k));
    const runs = Math.floor((place + steps) / perRun) - Math.floor(place / perRun);
    place += steps;
    const isFirst = place % perRun === 0;
    runStart = isFirst ? at : runStart + runs * MINUTE_MS;
    const expectedAt = isFirst ? at : last + steps * intervalMs;
    const outcome: Outcome = isFirst ? { kind: "on-time", skewMs: null } : dispatched(at - expectedAt);
    ticks.push({ id, expectedAt, dispatchedAt: at, minute: Math.floor(place / perRun), outcome });
    last = at;
  }
  for (let k = 1; last + k * intervalMs < span.to - intervalMs / 2; k++) {
    ticks.push(miss(last + k * intervalMs, place + k));
  }
  return { ticks, duplicate, suppressed: 0, offGrid: 0 };
}

/** The instant a relative tick's id names, in ms since the epoch: its last part is the epoch second. */
function instantOfId(id: string): number {
  return Number(id.slice(id.lastIndexOf("-") + 1)) * SECOND_MS;
}

function within(span: Span, instant: number): boolean {
  return instant >= span.from && instant < span.to;
}

function first(instants: readonly number[] | undefined): number | null {
  return instants && instants.length > 0 ? Math.min(...instants) : null;
}
