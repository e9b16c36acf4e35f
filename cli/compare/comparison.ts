import { combinationProblems } from "../../config/combinations";
import { describeClock } from "../../config/describe-clock";
import type { EnvironmentConfig } from "../../config/types";
import type { ClockDescription } from "../../schedule/clock";
import { type Duration, durationToMs } from "../../schedule/duration";
import { type CostLine, estimateMonthlyCost } from "../cost/cost";
import { monitoringUsage } from "../cost/monitoring";
import type { Benchmark, BenchmarkRun } from "./benchmark";
import { VARIANTS, type Variant } from "./variants";

/** What a variant costs and does in a month of 30 days. */
export interface MonthlyFigures {
  /** The clock's own cost, without its monitoring. */
  readonly usd: number;
  /** With rules that fire at the end of their minute, and at its start. */
  readonly lowUsd: number;
  readonly highUsd: number;
  /** Invocations of this project's functions; the targets' own are not among them. */
  readonly invocations: number;
  readonly lines: readonly CostLine[];
  /** What metrics, alarms and dashboard add, as they are by default. */
  readonly monitoring: { readonly usd: number; readonly lines: readonly CostLine[] };
}

/** One variant for the asked interval. */
export interface ComparedVariant extends Variant {
  /** Why it cannot serve the interval; `null` where it can. */
  readonly refused: string | null;
  /** `null` where it cannot serve the interval. */
  readonly month: MonthlyFigures | null;
  /** The recorded run, at the asked interval or, where there is none, at another; `null` where none is recorded. */
  readonly precision: Omit<BenchmarkRun, "id" | "strategy"> | null;
}

/** `npm run compare`: the strategies side by side. */
export interface Comparison {
  readonly schemaVersion: 1;
  readonly interval: Duration;
  readonly benchmark: Pick<Benchmark, "recordedAt" | "environment"> | null;
  readonly prices: { readonly region: string; readonly read: string };
  readonly notes: readonly string[];
  readonly variants: readonly ComparedVariant[];
}

/** The region that prices are known of. */
const REGION = "us-east-1";

/**
 * Compares all variants for one schedule with one function as its target, untraced, before free tiers.
 *
 * @param benchmark the recorded one, `null` where there is none yet.
 */
export function compareStrategies(interval: Duration, benchmark: Benchmark | null): Comparison {
  const clocks = VARIANTS.map((variant) => describeClock("compared", asked(variant, interval)));
  const [any] = clocks.map((clock) => estimateMonthlyCost(clock));
  return {
    schemaVersion: 1,
    interval,
    benchmark: benchmark && { recordedAt: benchmark.recordedAt, environment: benchmark.environment },
    prices: { region: any?.priceRegion ?? REGION, read: any?.pricesRead ?? "" },
    notes: any?.notes ?? [],
    variants: VARIANTS.map((variant, k) => {
      const refused = refusal(variant, interval);
      return {
        ...variant,
        refused,
        month: refused === null ? monthlyFigures(clocks[k] as ClockDescription) : null,
        precision: refused === null ? recorded(variant, interval, benchmark) : null,
      };
    }),
  };
}

/** An environment of this variant; what is not its strategy and its schedule does not matter here. */
function asked({ strategy }: Variant, interval: Duration): EnvironmentConfig {
  return {
    account: "111111111111",
    region: REGION,
    strategy,
    schedules: [{ name: "compared", interval }],
    backend: { bucket: "compared" },
    tracing: false,
  };
}

/** What the configuration's validation says of this interval: what is wrong, without the remedies. */
function refusal(variant: Variant, interval: Duration): string | null {
  const [problem] = combinationProblems(asked(variant, interval));
  if (!problem) return null;
  const [what] = problem.message.split(/\. (?=[A-Z])/);
  return `${interval} ${what}`;
}

function monthlyFigures(clock: ClockDescription): MonthlyFigures {
  const { totalUsd, range, lines } = estimateMonthlyCost(clock);
  const watched = estimateMonthlyCost(clock, { monitoring: monitoringUsage(clock) });
  const invocations = lines
    .filter(({ resource }) => resource === "lambdaRequest")
    .reduce((sum, { quantity }) => sum + quantity, 0);
  const monitoring = {
    usd: watched.totalUsd - totalUsd,
    lines: watched.lines.filter(({ part }) => part === "monitoring"),
  };
  return { usd: totalUsd, ...range, invocations, lines, monitoring };
}

function recorded({ id }: Variant, interval: Duration, benchmark: Benchmark | null): ComparedVariant["precision"] {
  const runs = benchmark?.runs.filter((run) => run.id === id) ?? [];
  const run = runs.find(({ intervalMs }) => intervalMs === durationToMs(interval)) ?? runs[0];
  if (!run) return null;
  const { id: _, strategy: __, ...figures } = run;
  return figures;
}
