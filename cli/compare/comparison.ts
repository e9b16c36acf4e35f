import type { ClockDescription, Settings } from "../../schedule/clock";
import { type Duration, durationToMs } from "../../schedule/duration";
import type { Schedule } from "../../schedule/schedule";
import { STRATEGIES, strategyOf } from "../../strategies";
import type { Variant } from "../../strategies/strategy";
import { type CostLine, estimateMonthlyCost } from "../cost/cost";
import { monitoringUsage } from "../cost/monitoring";
import { PRICE_REGION } from "../cost/prices";
import type { Benchmark, BenchmarkRun } from "./benchmark";

/** What a variant costs and does in a month of 30 days. */
export interface MonthlyFigures {
  /** The clock's own cost, without its monitoring. */
  readonly usd: number;
  /** If the rules fire at the end of their minute, and at its start. */
  readonly lowUsd: number;
  readonly highUsd: number;
  /** Invocations of this project's functions, without those of the targets. */
  readonly invocations: number;
  readonly lines: readonly CostLine[];
  /** What the default metrics, alarms and dashboard add. */
  readonly monitoring: { readonly usd: number; readonly lines: readonly CostLine[] };
}

/** One variant for the requested interval. */
export interface ComparedVariant extends Omit<Variant, "bench"> {
  /** Why it cannot serve the interval; `null` if it can. */
  readonly refused: string | null;
  /** `null` if it cannot serve the interval. */
  readonly month: MonthlyFigures | null;
  /** The recorded run, if possible at the requested interval; `null` if none is recorded. */
  readonly precision: Omit<BenchmarkRun, "id" | "strategy"> | null;
}

/** The result of `npm run compare`: the variants of all strategies side by side. */
export interface Comparison {
  readonly schemaVersion: 1;
  readonly interval: Duration;
  readonly benchmark: Pick<Benchmark, "recordedAt" | "environment"> | null;
  readonly prices: { readonly region: string; readonly read: string };
  readonly notes: readonly string[];
  readonly variants: readonly ComparedVariant[];
}

/** The variants of all strategies, in the order they are shown. */
export function allVariants(): Variant[] {
  return Object.values(STRATEGIES).flatMap(({ variants }) => variants);
}

/**
 * Compares all variants for one schedule with one function as its target, untraced, before free tiers.
 *
 * @param interval a valid duration.
 * @param benchmark the recorded one; `null` if none is recorded.
 */
export function compareStrategies(interval: Duration, benchmark: Benchmark | null): Comparison {
  const intervalMs = durationToMs(interval) as number;
  const variants = allVariants();
  const [first] = variants.map((variant) => estimateMonthlyCost(comparedClock(variant, intervalMs)));
  return {
    schemaVersion: 1,
    interval,
    benchmark: benchmark && { recordedAt: benchmark.recordedAt, environment: benchmark.environment },
    prices: { region: PRICE_REGION, read: first?.pricesRead ?? "" },
    notes: first?.notes ?? [],
    variants: variants.map((variant) => compared(variant, intervalMs, interval, benchmark)),
  };
}

function compared(
  { bench: _, ...variant }: Variant,
  intervalMs: number,
  interval: Duration,
  benchmark: Benchmark | null,
): ComparedVariant {
  const refused = refusal(variant, intervalMs);
  if (refused !== null) return { ...variant, refused: `${interval} ${refused}`, month: null, precision: null };
  return {
    ...variant,
    refused,
    month: monthlyFigures(comparedClock(variant, intervalMs)),
    precision: recorded(variant, intervalMs, benchmark),
  };
}

/** The clock of a variant that is compared: one schedule with one function, untraced, with the default monitoring. */
export function comparedClock({ strategy }: Pick<Variant, "strategy">, intervalMs: number): ClockDescription {
  const { targets: _, payload: __, ...schedule } = comparedSchedule(intervalMs);
  return {
    environment: "compared",
    region: PRICE_REGION,
    strategy: settingsOf(strategy),
    retiring: null,
    schedules: [{ ...schedule, targets: { functions: 1, topics: 0, queues: 0 } }],
    tracing: false,
    monitoring: { metrics: "total", alarms: true, dashboard: false },
  };
}

function comparedSchedule(intervalMs: number): Schedule {
  return {
    name: "compared",
    intervalMs,
    phaseMs: 0,
    catchUpMs: intervalMs,
    overdue: "skip",
    targets: null,
    payload: {},
    paused: null,
  };
}

/** The settings of a variant, with their defaults. */
function settingsOf(strategy: Settings): Settings {
  return strategyOf(strategy).schema.parse(strategy);
}

/** What the strategy refuses about this interval, without the remedies; `null` if nothing. */
function refusal({ strategy }: Pick<Variant, "strategy">, intervalMs: number): string | null {
  const [problem] = strategyOf(strategy).problems(settingsOf(strategy), [comparedSchedule(intervalMs)], "strategy");
  return problem?.message.split(/\. (?=[A-Z])/)[0] ?? null;
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

function recorded(
  { id }: Pick<Variant, "id">,
  interval: number,
  benchmark: Benchmark | null,
): ComparedVariant["precision"] {
  const runs = benchmark?.runs.filter((run) => run.id === id) ?? [];
  const run = runs.find(({ intervalMs }) => intervalMs === interval) ?? runs[0];
  if (!run) return null;
  const { id: _, strategy: __, ...figures } = run;
  return figures;
}
