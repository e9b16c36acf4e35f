import { MINUTE_MS, SECOND_MS } from "./duration";
import { firstAfter, firstAtOrAfter, isOnGrid } from "./grid";
import { minuteOf } from "./minute";
import {
  type DueTick,
  ON_TIME_WITHIN_MS,
  type Outcome,
  offTimeMs,
  type ScheduleTiming,
  type Span,
  type TickSighting,
} from "./outcome";
import { ticksPerRun } from "./relative";
import { dispatchAt, tickId } from "./tick";

/** Receives what a judge finds, in order of time. Instants in ms since the epoch. */
export interface Verdicts {
  /** A tick that was due, with its outcome: each exactly once. */
  due(tick: DueTick): void;
  /** Dispatches (or starts) of a tick beyond its first, at `at`; they come on top of the outcomes. */
  duplicate(id: string, at: number, times: number): void;
  /** Dispatches of a tick inside the span though none was due at its instant. */
  offGrid(id: string, at: number, times: number): void;
}

/** What the logs say of an instant (ms since the epoch) apart from its tick. */
export interface Circumstances {
  /** Whether the schedule was paused at it. */
  isPaused(instant: number): boolean;
  /** Whether a run had planned its minute; `undefined` if that is unknown, or the clock logs no plans. */
  isPlanned(instant: number): boolean | undefined;
  /** Whether the logs of every clock that may have dispatched a tick of the span were read. */
  readonly complete: boolean;
}

/** Accounts for every tick of a schedule that was due in a span, as the sightings come. */
export interface TickJudge {
  /**
   * Takes the next sighting of this schedule, each id once, in order of their instants: scheduledAt or, without a grid,
   * the first dispatch or the second that the id names. One outside the span is left out.
   *
   * @throws RangeError if it comes out of order.
   */
  add(sighting: TickSighting): void;
  /** Accounts for the rest of the span. */
  end(): void;
}

/**
 * The judge of a schedule over a span. Under clock pacing the grid says which ticks were due; under relative pacing each
 * minute's run has `60 s / interval` ticks due from the first one seen, and a gap is measured from the tick before it.
 * It forgets each tick that it has judged, so its memory does not depend on the length of the span.
 */
export function judgeOf(timing: ScheduleTiming, span: Span, about: Circumstances, verdicts: Verdicts): TickJudge {
  const Judge = timing.pacing === "relative" ? RunJudge : GridJudge;
  return new Judge(timing, span, about, verdicts);
}

class GridJudge implements TickJudge {
  /** The instant whose tick is judged next. */
  private next: number;

  constructor(
    private readonly timing: ScheduleTiming,
    private readonly span: Span,
    private readonly about: Circumstances,
    private readonly verdicts: Verdicts,
  ) {
    this.next = firstAtOrAfter(timing, span.from, span.to);
  }

  add(seen: TickSighting): void {
    const { id, scheduledAt, dispatchedAt } = seen;
    const times = dispatchedAt.length;
    const at = scheduledAt ?? Math.min(...dispatchedAt);
    if (!within(this.span, at)) return;
    if (scheduledAt === null || !isOnGrid(this.timing, scheduledAt)) {
      if (times > 0) this.verdicts.offGrid(id, at, times);
      return;
    }
    this.passTo(scheduledAt);
    if (scheduledAt < this.next) throw new RangeError(`the sighting of ${id} comes after a later tick's`);
    this.judge(seen);
    if (times > 1) this.verdicts.duplicate(id, scheduledAt, times - 1);
  }

  end(): void {
    this.passTo(this.span.to);
  }

  /** Judges the ticks before `instant` of which the logs say nothing. */
  private passTo(instant: number): void {
    while (this.next < instant) this.judge(undefined);
  }

  private judge(seen: TickSighting | undefined): void {
    const expectedAt = this.next;
    this.next = firstAfter(this.timing, expectedAt, this.span.to);
    const dispatchedAt = first(seen?.dispatchedAt);
    this.verdicts.due({
      id: seen?.id ?? tickId(this.timing.name, expectedAt),
      expectedAt,
      dispatchedAt,
      minute: minuteOf(expectedAt),
      delayMs: dispatchedAt === null ? null : dispatchedAt - dispatchAt(this.timing, expectedAt),
      outcome:
        dispatchedAt === null
          ? this.undispatched(expectedAt, seen)
          : dispatched(this.timing, dispatchedAt - expectedAt),
    });
  }

  private undispatched(expectedAt: number, seen: TickSighting | undefined): Outcome {
    if (this.about.isPaused(expectedAt)) return { kind: "paused" };
    if (seen?.missed) return { kind: "missed", reason: seen.missed };
    if (seen && seen.suppressed > 0) {
      return this.about.complete ? { kind: "missed", reason: "claimant-lost" } : { kind: "duplicate-suppressed" };
    }
    return { kind: "missed", reason: this.about.isPlanned(expectedAt) === false ? "not-planned" : "not-seen" };
  }
}

/** A dispatch of relative pacing. */
interface Dispatch {
  readonly id: string;
  readonly at: number;
}

/**
 * Walks through the dispatches and counts their places: ticks `n·k` to `n·k + n − 1` are run k. The first dispatch
 * begins a run. A tick is due every interval between the span's ends and the dispatches next to them as well.
 */
class RunJudge implements TickJudge {
  private readonly perRun: number;
  /** Dispatches in order of their instants; one with an earlier instant may still come. */
  private pending: Dispatch[] = [];
  private failures: TickSighting[] = [];
  private begun = false;
  private place = -1;
  private last = 0;
  private runStart = 0;
  /** The latest instant that a tick was due while the schedule was paused. */
  private pausedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly timing: ScheduleTiming,
    private readonly span: Span,
    private readonly about: Circumstances,
    private readonly verdicts: Verdicts,
  ) {
    this.perRun = ticksPerRun(timing.intervalMs);
  }

  add(seen: TickSighting): void {
    this.walk(first(seen.dispatchedAt) ?? instantOfId(seen.id));
    if (seen.missed && seen.dispatchedAt.length === 0) this.failures.push(seen);
    const dispatches = seen.dispatchedAt.map((at) => ({ id: seen.id, at })).filter(({ at }) => within(this.span, at));
    if (dispatches.length > 0) this.pending = [...this.pending, ...dispatches].sort((a, b) => a.at - b.at);
  }

  end(): void {
    this.walk(Number.POSITIVE_INFINITY);
    if (!this.begun) this.begin(this.span.to);
    const { intervalMs } = this.timing;
    for (let k = 1; this.last + k * intervalMs < this.span.to - intervalMs / 2; k++) {
      this.miss(this.last + k * intervalMs, this.place + k);
    }
  }

  private walk(upTo: number): void {
    for (let head = this.pending[0]; head && head.at <= upTo; head = this.pending[0]) {
      this.pending.shift();
      if (!this.begun) this.begin(head.at);
      this.step(head);
    }
  }

  /** Accounts for the ticks that were due before the first dispatch. */
  private begin(at: number): void {
    const { intervalMs } = this.timing;
    const lead = Math.round((at - this.span.from) / intervalMs);
    for (let k = 0; k < lead; k++) this.miss(at - (lead - k) * intervalMs, k - lead);
    this.begun = true;
    this.last = at - intervalMs;
    this.runStart = at - MINUTE_MS;
  }

  private step({ id, at }: Dispatch): void {
    const { intervalMs } = this.timing;
    const gap = at - this.last;
    const endOfRun = (this.place + 1) % this.perRun === 0;
    // The last tick of a run that drifted far comes shortly before the next run begins: that is no duplicate.
    const beginsRun = endOfRun && Math.abs(this.runStart + MINUTE_MS - at) <= gap;
    if (gap < intervalMs / 2 && !beginsRun) {
      this.verdicts.duplicate(id, at, 1);
      return;
    }
    const steps = Math.max(1, Math.round(gap / intervalMs));
    const before = this.pausedAt;
    for (let k = 1; k < steps; k++) this.miss(this.last + k * intervalMs, this.place + k);
    const runs = Math.floor((this.place + steps) / this.perRun) - Math.floor(this.place / this.perRun);
    this.place += steps;
    // After a pause a run begins when the rule fires, which may be at another second than before.
    if (this.pausedAt > before) this.place = Math.ceil(this.place / this.perRun) * this.perRun;
    const isFirst = this.place % this.perRun === 0;
    this.runStart = isFirst ? at : this.runStart + runs * MINUTE_MS;
    const expectedAt = isFirst ? at : this.last + steps * intervalMs;
    this.verdicts.due({
      id,
      expectedAt,
      dispatchedAt: at,
      minute: Math.floor(this.place / this.perRun),
      delayMs: at - this.runStart - (((this.place % this.perRun) + this.perRun) % this.perRun) * intervalMs,
      outcome: isFirst ? { kind: "on-time", skewMs: null } : dispatched(this.timing, at - expectedAt),
    });
    this.last = at;
    this.failures = this.failures.filter((failure) => instantOfId(failure.id) > at - intervalMs);
  }

  private miss(expectedAt: number, place: number): void {
    const minute = Math.floor(place / this.perRun);
    this.verdicts.due({
      id: null,
      expectedAt,
      dispatchedAt: null,
      minute,
      delayMs: null,
      outcome: this.isPaused(expectedAt) ? { kind: "paused" } : { kind: "missed", reason: this.reasonAt(expectedAt) },
    });
  }

  /** Whether it was paused, or so soon after a pause that the rule, which fires once a minute, had not yet begun a run. */
  private isPaused(expectedAt: number): boolean {
    if (this.about.isPaused(expectedAt)) this.pausedAt = expectedAt;
    return expectedAt < this.pausedAt + MINUTE_MS && this.pausedAt > this.last;
  }

  private reasonAt(expectedAt: number) {
    const failure = this.failures.find(
      ({ id }) => Math.abs(instantOfId(id) - expectedAt) <= this.timing.intervalMs / 2,
    );
    return failure?.missed ?? "not-seen";
  }
}

function dispatched(timing: ScheduleTiming, skewMs: number): Outcome {
  return { kind: Math.abs(offTimeMs(timing, skewMs)) <= ON_TIME_WITHIN_MS ? "on-time" : "late", skewMs };
}

/** The instant that a relative tick's id names, in ms since the epoch: its last part is the epoch second. */
export function instantOfId(id: string): number {
  return Number(id.slice(id.lastIndexOf("-") + 1)) * SECOND_MS;
}

function within(span: Span, instant: number): boolean {
  return instant >= span.from && instant < span.to;
}

function first(instants: readonly number[] | undefined): number | null {
  return instants && instants.length > 0 ? Math.min(...instants) : null;
}
