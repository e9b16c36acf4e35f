import type { Resource } from "../../strategies/usage";
import { comparedClock } from "../compare/comparison";
import { clockUsage } from "../cost/clock-usage";
import { estimateMonthlyCost } from "../cost/cost";
import type { ScheduleReport } from "../report/schedule-report";
import type { BenchCase } from "./cases";
import type { Counted } from "./count";

/** What a variant did over a span. Skews, drift and jump in signed ms. */
export type BenchRun = Readonly<ReturnType<typeof figuresOf>>;

/** The end of the id of a run with faults. */
export const WITH_FAULTS = "-faults";

/** The figures of a variant: of the report on its ticks, of what was counted, and of the cost model. */
export function figuresOf(benchCase: BenchCase, report: ScheduleReport, counted: Counted, faults: boolean) {
  const { id, title, strategy, bench } = benchCase;
  const clock = comparedClock(benchCase, bench.intervalMs);
  const { totalUsd, range } = estimateMonthlyCost(clock);
  const perMinute = (resource: Resource) => {
    const lines = clockUsage(clock).filter((usage) => usage.resource === resource);
    return lines.length === 0 ? null : lines.reduce((sum, usage) => sum + usage.perMinute, 0);
  };
  return {
    /** The variant's id, followed by {@link WITH_FAULTS} if its rules failed. */
    id: faults ? `${id}${WITH_FAULTS}` : id,
    title,
    strategy: strategy.kind,
    faults,
    intervalMs: bench.intervalMs,
    /** ISO 8601, UTC, ms; `to` exclusive. */
    span: report.span,
    /** Ticks due. */
    ticks: report.due,
    onTime: report.outcomes["on-time"],
    late: report.outcomes.late,
    missed: report.outcomes.missed + report.outcomes["duplicate-suppressed"],
    duplicate: report.duplicate,
    /** From scheduledAt, or without a grid from the previous tick plus the interval. */
    dispatchSkewMs: report.dispatchSkewMs,
    startSkewMs: report.startSkewMs,
    /** Processor time from the order to write a dispatch to its last byte. */
    processorMs: report.processorMs,
    driftPerTickMs: report.drift.perTickMs,
    edgeJumpMs: report.drift.edgeJumpMs,
    /** The latency from publish to start, as in the LambdaClock article; `null` if it is not measured. */
    publishToStartMs: report.publishToStartMs,
    counted,
    /** The same by the cost model, for a clock without faults. */
    modelled: { invocationsPerMinute: perMinute("lambdaRequest") ?? 0, transitionsPerMinute: perMinute("transition") },
    /** By the cost model, for 30 days, in US$; low and high if the rules fire at the end of their minute and at its start. */
    usdPerMonth: { usd: totalUsd, ...range },
  };
}
