import type { ClockDescription } from "../../schedule/clock";
import { ASSUMED, type Part, type Usage } from "../../strategies/usage";
import { type Amount, amount, times } from "./amount";
import { clockUsage, type UsageOptions } from "./clock-usage";
import { PRICES, type Price, type PriceList, type Resource } from "./prices";

/** Clock minutes in the month of an estimate: 30 days. */
export const MONTH_MINUTES = 43_200;

/** What an environment has beside its clocks to watch them with. */
export interface Monitoring {
  /** Custom metrics: each combination of name and dimension values is one. @default 0 */
  readonly metrics?: number;
  /** @default 0 */
  readonly alarms?: number;
  /** @default 0 */
  readonly dashboards?: number;
  /** Log bytes a minute that metrics embedded in log lines take. @default 0 */
  readonly logBytesPerMinute?: number;
}

export interface CostOptions extends UsageOptions {
  /**
   * Whether the free tiers are deducted, as if nothing else of the account used them.
   * @default false, because an account has them once and something else may have used them
   */
  readonly freeTier?: boolean;
  /** @default none */
  readonly monitoring?: Monitoring;
  /** @default list prices of us-east-1 */
  readonly prices?: PriceList;
}

/** One line of an estimate, for a month of 30 days. */
export interface CostLine {
  readonly clock: Usage["clock"] | "monitoring";
  /** The schedule it is for; `null` where all share it. */
  readonly schedule: string | null;
  readonly part: Part | "monitoring";
  readonly resource: Resource;
  /** What is counted, in words. */
  readonly what: string;
  readonly quantity: number;
  readonly unit: string;
  /** The arithmetic of the quantity, without the free tier. */
  readonly formula: string;
  readonly price: Price;
  /** How much of the quantity the free tier pays. */
  readonly freeQuantity: number;
  readonly usd: number;
}

/** What a clock costs a month, in US$. */
export interface CostEstimate {
  readonly environment: string;
  /** The environment's region. */
  readonly region: string;
  /** The region whose prices were taken. */
  readonly priceRegion: string;
  /** The day from which on all prices were read: ISO 8601. */
  readonly pricesRead: string;
  readonly freeTier: boolean;
  readonly firingSecond: number;
  readonly lines: readonly CostLine[];
  readonly totalUsd: number;
  /** The total where the rules fire at the end of their minute, and at its start: nobody can choose that. */
  readonly range: { readonly lowUsd: number; readonly highUsd: number };
  /** Sentences on what the figures are and are not. */
  readonly notes: readonly string[];
}

/** The seconds of the minute between which a rule fires: the cheapest, and the dearest. */
const LATEST_SECOND = 59;
const EARLIEST_SECOND = 0;

/**
 * What a clock costs in a month of 30 days in steady state, line by line. During a handover both clocks are counted, the
 * dispatches of both too, of which each tick has one in the end: an upper bound. A paused schedule costs its firings.
 *
 * @throws RangeError where firingSecond is not a second of the minute; TypeError where a duration is none.
 */
export function estimateMonthlyCost(clock: ClockDescription, options: CostOptions = {}): CostEstimate {
  const { freeTier = false, prices = PRICES, firingSecond = ASSUMED.firingSecond } = options;
  const lines = linesOf(clock, { ...options, firingSecond });
  const total = (second: number) => sum(linesOf(clock, { ...options, firingSecond: second }));
  const priceRegion = lines[0]?.price.region ?? PRICES.transition.region;
  return {
    environment: clock.environment,
    region: clock.region,
    priceRegion,
    pricesRead: oldest(prices),
    freeTier,
    firingSecond,
    lines,
    totalUsd: sum(lines),
    range: { lowUsd: total(LATEST_SECOND), highUsd: total(EARLIEST_SECOND) },
    notes: notesOf(clock, priceRegion, options.monitoring !== undefined),
  };
}

function oldest(prices: PriceList): string {
  const [first = ""] = Object.values(prices)
    .map(({ read }) => read)
    .sort();
  return first;
}

function notesOf({ region, retiring }: ClockDescription, priceRegion: string, watched: boolean): string[] {
  return [
    ...(region === priceRegion
      ? []
      : [`Prices of ${region} were not read: these are ${priceRegion}'s, and ${region} may differ.`]),
    ...(retiring ? ["Both clocks of the handover are counted, as if each dispatched every tick."] : []),
    `Not included: ${watched ? "" : "monitoring, "}the targets' own runs and logs, storage of logs and of the ledger's rows, discounts, tax.`,
  ];
}

function linesOf(clock: ClockDescription, options: CostOptions): CostLine[] {
  const { freeTier = false, prices = PRICES } = options;
  const used = clockUsage(clock, options).map((usage) => ({
    ...usage,
    month: times(MONTH_MINUTES, usage.perMinute),
  }));
  const left = new Map<Resource, number>();
  return [...used, ...monitoringUsage(options.monitoring)].map(({ clock, schedule, part, resource, what, month }) => {
    const price = prices[resource];
    const free = freeTier ? (left.get(resource) ?? price.free) : 0;
    const freeQuantity = Math.min(free, month.value);
    left.set(resource, free - freeQuantity);
    const usd = ((month.value - freeQuantity) * price.usd) / price.per;
    const quantity = month.value;
    return {
      clock,
      schedule,
      part,
      resource,
      what,
      quantity,
      unit: price.unit,
      formula: month.text,
      price,
      freeQuantity,
      usd,
    };
  });
}

interface MonitoringLine extends Pick<CostLine, "clock" | "schedule" | "part" | "resource" | "what"> {
  readonly month: Amount;
}

function monitoringUsage(monitoring: Monitoring = {}): MonitoringLine[] {
  const { metrics = 0, alarms = 0, dashboards = 0, logBytesPerMinute = 0 } = monitoring;
  const line = (resource: Resource, what: string, month: Amount): MonitoringLine => ({
    clock: "monitoring",
    schedule: null,
    part: "monitoring",
    resource,
    what,
    month,
  });
  return [
    line("metric", "custom metrics", amount(metrics)),
    line("alarm", "alarms", amount(alarms)),
    line("dashboard", "dashboards", amount(dashboards)),
    line("logGb", "metrics embedded in log lines", times(MONTH_MINUTES, logBytesPerMinute, 1e-9)),
  ].filter(({ month }) => month.value > 0);
}

function sum(lines: readonly CostLine[]): number {
  return lines.reduce((total, { usd }) => total + usd, 0);
}
