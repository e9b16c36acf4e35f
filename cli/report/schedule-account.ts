import { judgeOf, type TickJudge } from "../../schedule/judge";
import type { DueTick, MissedReason, Outcome, ScheduleTiming, Span } from "../../schedule/outcome";
import { iso } from "../../schedule/tick";
import { ChartGatherer } from "./charts";
import type { LoggedCircumstances } from "./circumstances";
import type { CollectedTick } from "./collected";
import type { ScheduleReport } from "./schedule-report";
import { SkewGatherer } from "./skew";
import { Tally } from "./tally";

/** How many ticks of a kind a report names; all are counted. */
export const NAMED_TICKS = 100;

/** A schedule with the stretch of time over which it was observed. */
export interface ObservedSchedule extends ScheduleTiming {
  readonly span: Span;
}

/** Ticks of one kind: how many, and the first {@link NAMED_TICKS} of them. */
interface Named<T> {
  count: number;
  readonly first: T[];
}

type NamedTick = ScheduleReport["late"]["first"][number];

/**
 * The account of one schedule over a span: takes its ticks in order of their instants, and keeps of them only what its
 * report needs, so that its size does not depend on how many they are.
 */
export class ScheduleAccount {
  readonly skews: SkewGatherer;
  readonly charts = new ChartGatherer();
  readonly latencies = new Tally();
  readonly processor = new Tally();
  readonly outcomes: Record<Outcome["kind"], number> = {
    "on-time": 0,
    late: 0,
    missed: 0,
    "duplicate-suppressed": 0,
    paused: 0,
  };
  readonly missedByReason: Partial<Record<MissedReason, number>> = {};
  readonly missed: Named<ScheduleReport["missed"]["first"][number]> = { count: 0, first: [] };
  readonly late: Named<NamedTick> = { count: 0, first: [] };
  readonly duplicate: Named<NamedTick> = { count: 0, first: [] };
  readonly offGrid: Named<NamedTick> = { count: 0, first: [] };
  due = 0;
  suppressed = 0;
  partial = 0;
  private readonly judge: TickJudge;
  /** Causes of misses by tick, until there is a verdict on it. */
  private error: { readonly id: string; readonly text: string } | undefined;

  constructor(
    readonly schedule: ObservedSchedule,
    readonly circumstances: LoggedCircumstances,
  ) {
    this.skews = new SkewGatherer(schedule);
    this.judge = judgeOf(schedule, schedule.span, circumstances, {
      due: (tick) => this.verdict(tick),
      duplicate: (id, at, times) => {
        name(this.duplicate, { id, at: iso(at) }, times);
        this.charts.duplicate(times);
      },
      offGrid: (id, at, times) => name(this.offGrid, { id, at: iso(at) }, times),
    });
  }

  /** Takes the next tick, in order of their instants. @returns whether it is in the span; if not, it is left out. */
  add(tick: CollectedTick): boolean {
    const at = tick.instant();
    const { from, to } = this.schedule.span;
    if (at < from || at >= to) return false;
    this.skews.came(tick.id, tick.records());
    this.suppressed += tick.suppressed;
    this.partial += Number(tick.isPartial);
    for (const latency of tick.latencies()) this.latencies.add(latency);
    for (const ms of tick.processorMs) this.processor.add(ms);
    this.error = tick.error === null ? undefined : { id: tick.id, text: tick.error };
    this.judge.add(tick);
    return true;
  }

  /**
   * Accounts for the rest of the span.
   *
   * @throws Error if the outcomes do not add up to the ticks due, which would be a fault of the accounting.
   */
  end(): void {
    this.judge.end();
    const sum = Object.values(this.outcomes).reduce((total, count) => total + count, 0);
    if (sum !== this.due) throw new Error(`${sum} outcomes for ${this.due} due ticks of ${this.schedule.name}`);
  }

  private verdict(tick: DueTick): void {
    const { id, expectedAt, outcome } = tick;
    this.due += 1;
    this.outcomes[outcome.kind] += 1;
    this.skews.due(tick);
    this.charts.due(tick);
    if (outcome.kind === "missed") {
      const { reason } = outcome;
      this.missedByReason[reason] = (this.missedByReason[reason] ?? 0) + 1;
      const error = this.error && this.error.id === id ? this.error.text : null;
      name(this.missed, { id, expectedAt: iso(expectedAt), reason, error });
    }
    if (outcome.kind === "late" && id !== null) name(this.late, { id, at: iso(expectedAt) });
  }
}

function name<T>(named: Named<T>, tick: T, times = 1): void {
  named.count += times;
  if (named.first.length < NAMED_TICKS) named.first.push(tick);
}
