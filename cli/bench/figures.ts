import { describeClock } from "../../config/describe-clock";
import { durationToMs } from "../../schedule/duration";
import type { StrategyKind } from "../../schedule/tick";
import { clockUsage } from "../cost/clock-usage";
import { estimateMonthlyCost } from "../cost/cost";
import type { Resource } from "../cost/prices";
import type { ArticleTable, ScheduleReport, Statistics } from "../report/schedule-report";
import { type Contestant, environmentOf } from "./contestants";
import type { Counted } from "./count";

/** What a contestant did over a span. Skews, drift and jump in signed ms. */
export interface BenchRun {
  /** The variant's id; with {@link WITH_FAULTS} behind it where the rules failed, so that nobody takes it for the usual. */
  readonly id: string;
  readonly title: string;
  readonly strategy: StrategyKind;
  readonly faults: boolean;
  readonly intervalMs: number;
  /** ISO 8601, UTC, ms; `to` exclusive. */
  readonly span: { readonly from: string; readonly to: string };
  /** Ticks that were due. */
  readonly ticks: number;
  readonly onTime: number;
  readonly late: number;
  readonly missed: number;
  readonly duplicate: number;
  /** Against scheduledAt; under relative pacing, against the tick before plus the interval. */
  readonly dispatchSkewMs: Statistics | null;
  readonly startSkewMs: Statistics | null;
  readonly driftPerTickMs: number | null;
  readonly edgeJumpMs: number | null;
  /** LambdaClock's latency from publish to start, in its article's table; `null` for other strategies. */
  readonly publishToStartMs: ArticleTable | null;
  readonly counted: Counted;
  /** The same by the cost model, for a clock that nothing befalls. */
  readonly modelled: Counted;
  /** By the cost model, for 30 days, in US$; low and high where the rules fire at the end of their minute and its start. */
  readonly usdPerMonth: { readonly usd: number; readonly lowUsd: number; readonly highUsd: number };
}

/** What stands behind the id of a run with faults. */
export const WITH_FAULTS = "-faults";

/** A contestant's figures, from the report on its ticks and what was counted. */
export function figuresOf(contestant: Contestant, report: ScheduleReport, counted: Counted, faults: boolean): BenchRun {
  // Its phase is the benchmark's own affair, and would make it dearer or cheaper than npm run compare says.
  const { phase: _, ...usual } = contestant;
  const clock = describeClock(contestant.environment, environmentOf(usual));
  const { totalUsd, range } = estimateMonthlyCost(clock);
  const perMinute = (resource: Resource) => {
    const lines = clockUsage(clock).filter((usage) => usage.resource === resource);
    return lines.length === 0 ? null : lines.reduce((sum, usage) => sum + usage.perMinute.value, 0);
  };
  return {
    id: faults ? `${contestant.id}${WITH_FAULTS}` : contestant.id,
    title: contestant.title,
    strategy: contestant.strategy.kind,
    faults,
    intervalMs: durationToMs(contestant.interval) ?? Number.NaN,
    span: report.span,
    ticks: report.due,
    onTime: report.outcomes["on-time"],
    late: report.outcomes.late,
    missed: report.outcomes.missed + report.outcomes["duplicate-suppressed"],
    duplicate: report.duplicate,
    dispatchSkewMs: report.dispatchSkewMs,
    startSkewMs: report.startSkewMs,
    driftPerTickMs: report.drift.perTickMs,
    edgeJumpMs: report.drift.edgeJumpMs,
    publishToStartMs: report.publishToStartMs,
    counted,
    modelled: {
      invocationsPerMinute: perMinute("lambdaRequest") ?? 0,
      transitionsPerMinute: perMinute("transition"),
    },
    usdPerMonth: { usd: totalUsd, ...range },
  };
}
