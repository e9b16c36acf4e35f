import type { MissedReason, Outcome } from "../../schedule/outcome";
import type { ScheduleCharts } from "./charts";
import type { Drift } from "./skew";
import type { ArticleTable, Statistics } from "./statistics";

/** A bound that a clock is held to. */
export interface Threshold {
  readonly name: "missed" | "duplicate" | "suppressed-only" | "partial" | "off-grid" | "dispatch-skew-p99";
  /** What was observed: a count of ticks, or ms; `null` where there was nothing to measure. */
  readonly value: number | null;
  /** The largest value that passes. */
  readonly limit: number;
  readonly pass: boolean;
}

/** A tick that was due and did not come. */
export interface MissedTick {
  /** `null` under relative pacing: a tick is then named after its dispatch. */
  readonly id: string | null;
  /** ISO 8601, UTC, ms. */
  readonly expectedAt: string;
  readonly reason: MissedReason;
  /** What was logged as the cause, such as a throttled invocation; `null` where nothing was. */
  readonly error: string | null;
}

/** A tick by its name, and its instant: scheduledAt, or when it came. ISO 8601, UTC, ms. */
export interface NamedTick {
  readonly id: string;
  readonly at: string;
}

/** Ticks of one kind: how many, and the first of them. */
export interface NamedTicks {
  readonly count: number;
  readonly first: readonly NamedTick[];
}

/** How well one schedule kept time over a span. Skews are signed ms; early is negative. */
export interface ScheduleReport {
  readonly schedule: string;
  readonly strategy: string;
  readonly pacing: "clock" | "relative";
  /** As the configuration writes it, such as `"10s"`. */
  readonly interval: string;
  readonly phase: string;
  /** ISO 8601, UTC, ms; `to` exclusive. */
  readonly span: { readonly from: string; readonly to: string };
  /** Whether all thresholds pass and at least one tick was due. */
  readonly ok: boolean;
  readonly thresholds: readonly Threshold[];
  /** Ticks that were due in the span: the sum of `outcomes`. */
  readonly due: number;
  /** Ticks that were dispatched at least once: on time and late. */
  readonly seen: number;
  readonly outcomes: Readonly<Record<Outcome["kind"], number>>;
  /** Ticks on time / due, in [0, 1]; ticks that were paused are not counted as due here. `null` where none was due. */
  readonly availability: number | null;
  /** Missed ticks by reason, and the first of them. */
  readonly missed: {
    readonly count: number;
    readonly byReason: Readonly<Partial<Record<MissedReason, number>>>;
    readonly first: readonly MissedTick[];
  };
  /** Ticks dispatched more than 500 ms from their instant, and the first of them. */
  readonly late: NamedTicks;
  /** Dispatches or starts beyond a tick's first. */
  readonly duplicate: number;
  /** The first ticks that came more than once. */
  readonly duplicates: readonly NamedTick[];
  /** Dispatches that a claim prevented, also of ticks that came; information only. */
  readonly suppressed: number;
  /** Ticks that reached some of their targets only. */
  readonly partial: number;
  /** Ticks that came at an instant where none was due, as those of another interval do where the schedule was edited. */
  readonly offGrid: number;
  /** The first of them. */
  readonly offGridTicks: readonly NamedTick[];
  /** Stretches within the span in which the schedule was paused, and why. ISO 8601, UTC, ms; `to` exclusive. */
  readonly pauses: readonly { readonly from: string; readonly to: string; readonly note: string }[];
  /** Against scheduledAt; under relative pacing, against the tick before plus the interval. `null` where none was seen. */
  readonly dispatchSkewMs: Statistics | null;
  /** As dispatchSkewMs, for startedAt. `null` also where no target logs its start. */
  readonly startSkewMs: Statistics | null;
  /** Both skews in the bands of the LambdaClock article's table. */
  readonly spread: { readonly dispatch: ArticleTable; readonly start: ArticleTable };
  readonly drift: Drift;
  /** LambdaClock's publish-to-start latency, as its article reports it; `null` for other strategies. */
  readonly publishToStartMs: ArticleTable | null;
  readonly charts: ScheduleCharts;
}

/** `report.json`: how well a clock kept time. */
export interface ClockReport {
  readonly schemaVersion: 1;
  /** ISO 8601, UTC, ms. */
  readonly generatedAt: string;
  /** What was observed, such as `local (embedded AWS)`: the emulator's figures are not AWS's. */
  readonly observed: string;
  /** Whether it was an embedded AWS, and not AWS, that was observed. */
  readonly embedded: boolean;
  /** Whether every schedule is ok. */
  readonly ok: boolean;
  readonly schedules: readonly ScheduleReport[];
  /** What a reader should know of how the figures came about; sentences. */
  readonly notes: readonly string[];
}
