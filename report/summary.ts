import { msToDuration } from "../schedule/duration";
import {
  type Accounting,
  accountFor,
  type DueTick,
  type MissedReason,
  type Outcome,
  type ScheduleTiming,
  type Span,
} from "../schedule/outcome";
import { iso, type StrategyKind, type TickRecord } from "../schedule/tick";
import type { TickCollector } from "./records";
import { type Drift, dispatchSkews, driftOf, startSkews } from "./skew";
import { type ArticleTable, articleTable, type Statistics, statisticsOf } from "./statistics";

/** How many missed ticks a report names; all are counted. */
export const NAMED_MISSED = 20;

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
}

/** How well one schedule kept time over a span. Skews are signed ms; early is negative. */
export interface ScheduleReport {
  readonly schedule: string;
  readonly strategy: StrategyKind;
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
  readonly outcomes: Readonly<Record<Outcome["kind"], number>>;
  /** Missed ticks by reason, and the first {@link NAMED_MISSED} of them. */
  readonly missed: {
    readonly count: number;
    readonly byReason: Readonly<Partial<Record<MissedReason, number>>>;
    readonly first: readonly MissedTick[];
  };
  /** Dispatches or starts beyond a tick's first. */
  readonly duplicate: number;
  /** Dispatches that a claim prevented, also of ticks that came; information only. */
  readonly suppressed: number;
  /** Ticks that reached some of their targets only. */
  readonly partial: number;
  /** Ticks that came at an instant where none was due. */
  readonly offGrid: number;
  /** Against scheduledAt; under relative pacing, against the tick before plus the interval. `null` where none was seen. */
  readonly dispatchSkewMs: Statistics | null;
  /** As dispatchSkewMs, for startedAt. `null` also where no target logs its start. */
  readonly startSkewMs: Statistics | null;
  readonly drift: Drift;
  /** LambdaClock's publish-to-start latency, as its article reports it; `null` for other strategies. */
  readonly publishToStartMs: ArticleTable | null;
}

/** `report.json`: how well a clock kept time. */
export interface ClockReport {
  readonly schemaVersion: 1;
  /** ISO 8601, UTC, ms. */
  readonly generatedAt: string;
  /** What was observed, such as `local (embedded AWS)`: the emulator's figures are not AWS's. */
  readonly observed: string;
  /** Whether every schedule is ok. */
  readonly ok: boolean;
  readonly schedules: readonly ScheduleReport[];
}

/** A schedule with the stretch of time over which it was observed. */
export interface ObservedSchedule extends ScheduleTiming {
  readonly span: Span;
}

/** What a report is made from. */
export interface ReportInput {
  /** ms since the epoch. */
  readonly generatedAt: number;
  /** See {@link ClockReport.observed}. */
  readonly observed: string;
  readonly schedules: readonly ObservedSchedule[];
  readonly ticks: TickCollector;
  /**
   * Largest p99 of |dispatch skew| that passes, in ms. Under relative pacing the skew of a tick is against the one before.
   * @default none: it is reported and not judged
   */
  readonly dispatchSkewLimitMs?: number;
}

/** Makes the report of the observed schedules. */
export function buildReport(input: ReportInput): ClockReport {
  const schedules = input.schedules.map((schedule) => reportSchedule(schedule, input));
  return {
    schemaVersion: 1,
    generatedAt: iso(input.generatedAt),
    observed: input.observed,
    ok: schedules.length > 0 && schedules.every((schedule) => schedule.ok),
    schedules,
  };
}

/** The report as `report.json` has it. */
export function toReportJson(report: ClockReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** The records of all observed schedules, each within its span: the content of `ticks.jsonl`. */
export function observedRecords({ schedules, ticks }: Pick<ReportInput, "schedules" | "ticks">): TickRecord[] {
  return schedules.flatMap(({ name, span }) => ticks.records(name, span));
}

function reportSchedule(schedule: ObservedSchedule, input: ReportInput): ScheduleReport {
  const { name, span } = schedule;
  const accounting = accountFor(schedule, span, input.ticks.sightings(name, span));
  const records = input.ticks.records(name, span);
  const partial = input.ticks.partial(name, span);
  const dispatchSkew = dispatchSkews(schedule, accounting.ticks, records);
  const thresholds = thresholdsOf(accounting, partial, dispatchSkew, input.dispatchSkewLimitMs);
  const latencies = schedule.strategy === "lambda-clock" ? input.ticks.latencies(name, span) : null;
  return {
    schedule: name,
    strategy: schedule.strategy,
    pacing: schedule.pacing,
    interval: msToDuration(schedule.intervalMs),
    phase: msToDuration(schedule.phaseMs),
    span: { from: iso(span.from), to: iso(span.to) },
    ok: accounting.ticks.length > 0 && thresholds.every(({ pass }) => pass),
    thresholds,
    due: accounting.ticks.length,
    outcomes: accounting.counts,
    missed: missedOf(accounting.ticks),
    duplicate: accounting.duplicate,
    suppressed: accounting.suppressed,
    partial,
    offGrid: accounting.offGrid,
    dispatchSkewMs: statisticsOf(dispatchSkew),
    startSkewMs: statisticsOf(startSkews(schedule, accounting.ticks, records)),
    drift: driftOf(schedule, accounting.ticks),
    publishToStartMs: latencies && articleTable(latencies, accounting.counts.missed),
  };
}

function thresholdsOf(
  { counts, duplicate, offGrid }: Accounting,
  partial: number,
  dispatchSkew: readonly number[],
  skewLimit: number | undefined,
): Threshold[] {
  const none = (name: Threshold["name"], value: number): Threshold => ({ name, value, limit: 0, pass: value === 0 });
  const thresholds = [
    none("missed", counts.missed),
    none("duplicate", duplicate),
    none("suppressed-only", counts["duplicate-suppressed"]),
    none("partial", partial),
    none("off-grid", offGrid),
  ];
  if (skewLimit === undefined) return thresholds;
  const p99 = statisticsOf(dispatchSkew.map(Math.abs))?.p99 ?? null;
  return [
    ...thresholds,
    { name: "dispatch-skew-p99", value: p99, limit: skewLimit, pass: p99 !== null && p99 <= skewLimit },
  ];
}

function missedOf(ticks: readonly DueTick[]): ScheduleReport["missed"] {
  const all = ticks.flatMap(({ id, expectedAt, outcome }): MissedTick[] =>
    outcome.kind === "missed" ? [{ id, expectedAt: iso(expectedAt), reason: outcome.reason }] : [],
  );
  const byReason: Partial<Record<MissedReason, number>> = {};
  for (const { reason } of all) byReason[reason] = (byReason[reason] ?? 0) + 1;
  return { count: all.length, byReason, first: all.slice(0, NAMED_MISSED) };
}
