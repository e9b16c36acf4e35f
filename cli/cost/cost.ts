import type { ClockDescription } from "../../schedule/clock";
import { BYTES_PER_GB, type PartUsage, type Resource } from "../../strategies/usage";
import { clockUsage, type Usage, type UsageOptions } from "./clock-usage";
import type { MonitoringUsage } from "./monitoring";
import { PRICE_REGION, PRICES, type Price } from "./prices";

/** Clock minutes in the month of an estimate: 30 days. */
export const MONTH_MINUTES = 43_200;

export interface CostOptions extends UsageOptions {
  /** What the environment's monitoring is billed for. @default none */
  readonly monitoring?: Partial<MonitoringUsage>;
}

/** One line of an estimate, for a month of 30 days. */
export interface CostLine extends Omit<PartUsage, "perMinute"> {
  readonly clock: Usage["clock"] | "monitoring";
  readonly quantity: number;
  readonly unit: string;
  readonly price: Price;
  readonly usd: number;
}

/** What a clock costs a month, in US$. */
export type CostEstimate = Readonly<ReturnType<typeof estimateMonthlyCost>>;

/** The seconds of the minute at which a rule may fire: the cheapest and the most expensive. */
const LATEST_SECOND = 59;
const EARLIEST_SECOND = 0;

/**
 * What a clock costs in a month of 30 days in steady state, line by line. During a handover both clocks are counted in
 * full, an upper bound, because only one of them dispatches each tick. A paused schedule costs its firings. Free tiers
 * are not deducted: an account has them once, and its other services may use them up.
 *
 * @throws RangeError if firingSecond is not a second of the minute.
 */
export function estimateMonthlyCost(clock: ClockDescription, options: CostOptions = {}) {
  const lines = linesOf(clock, options);
  const total = (second: number) => sum(linesOf(clock, { ...options, firingSecond: second }));
  return {
    /** The earliest day on which one of the prices was read: ISO 8601. */
    pricesRead:
      Object.values(PRICES)
        .map(({ read }) => read)
        .sort()[0] ?? "",
    lines,
    totalUsd: sum(lines),
    /** The total if the rules fire at the end of their minute, and at its start. AWS chooses the second. */
    get range() {
      return { lowUsd: total(LATEST_SECOND), highUsd: total(EARLIEST_SECOND) };
    },
    /** Sentences on what the figures include and leave out. */
    notes: notesOf(clock, options.monitoring !== undefined),
  };
}

function notesOf({ region, retiring, schedules }: ClockDescription, watched: boolean): string[] {
  const held = schedules.some(({ leadMs }) => leadMs) ? " (but for what they hold)" : "";
  return [
    ...(region === PRICE_REGION ? [] : [`These are the prices of ${PRICE_REGION}; those of ${region} may differ.`]),
    ...(retiring ? ["Both clocks of the handover are counted, as if each dispatched every tick."] : []),
    `Not included: ${watched ? "" : "monitoring, "}the targets' invocations${held} and logs, storage of logs and ledger rows, discounts, tax.`,
  ];
}

function linesOf(clock: ClockDescription, options: CostOptions): CostLine[] {
  return [...clockMonth(clock, options), ...monitoringMonth(options.monitoring)].map((one) => {
    const price = PRICES[one.resource];
    return { ...one, unit: price.unit, price, usd: (one.quantity * price.usd) / price.per };
  });
}

/** What is used in a month, before it has a price. */
type MonthlyUsage = Omit<CostLine, "unit" | "price" | "usd">;

function clockMonth(clock: ClockDescription, options: UsageOptions): MonthlyUsage[] {
  return clockUsage(clock, options).map(({ perMinute, ...usage }) => ({
    ...usage,
    quantity: MONTH_MINUTES * perMinute,
  }));
}

function monitoringMonth(monitoring: Partial<MonitoringUsage> = {}): MonthlyUsage[] {
  const { metrics = 0, alarms = 0, dashboards = 0, logBytesPerMinute = 0 } = monitoring;
  const logGb = (MONTH_MINUTES * logBytesPerMinute) / BYTES_PER_GB;
  const used: readonly (readonly [Resource, what: string, quantity: number])[] = [
    ["metric", "custom metrics", metrics],
    ["alarm", "alarms", alarms],
    ["dashboard", "dashboards", dashboards],
    ["logGb", "metrics embedded in log lines", logGb],
  ];
  return used
    .filter(([, , quantity]) => quantity > 0)
    .map(([resource, what, quantity]) => ({
      clock: "monitoring",
      schedule: null,
      part: "monitoring",
      resource,
      what,
      quantity,
    }));
}

function sum(lines: readonly CostLine[]): number {
  return lines.reduce((total, { usd }) => total + usd, 0);
}
