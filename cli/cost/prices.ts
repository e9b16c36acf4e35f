import type { Resource } from "../../strategies/usage";

/** One list price of AWS. */
export interface Price {
  /** What is counted, in the plural, such as `"transitions"`. */
  readonly unit: string;
  /** US$ for `per` units. */
  readonly usd: number;
  readonly per: number;
  /** Units a month that cost nothing, for each account once and beyond its first year; 0 if none. */
  readonly free: number;
  readonly region: string;
  /** The day on which the value was read: ISO 8601. AWS fills most prices into its pages by script, so some were read in publications that quote the page. */
  readonly read: string;
  /** AWS's own page that shows the price. */
  readonly source: string;
}

/** A price for each thing that the cost model counts. */
export type PriceList = Readonly<Record<Resource, Price>>;

const REGION = "us-east-1";
const MILLION = 1_000_000;
const read = (read: string, source: string) => ({ region: REGION, read, source }) as const;

/** List prices of us-east-1 in US$, before any discount. Of a price that falls with volume it is the first step. */
export const PRICES: PriceList = {
  transition: {
    unit: "transitions",
    usd: 25,
    per: MILLION,
    free: 4_000,
    ...read("2026-11-21", "https://aws.amazon.com/step-functions/pricing/"),
  },
  expressRequest: {
    unit: "executions",
    usd: 1,
    per: MILLION,
    free: 0,
    ...read("2026-11-21", "https://aws.amazon.com/step-functions/pricing/"),
  },
  /** The first 1,000 GB-hours a month; those beyond cost less. */
  expressGbHour: {
    unit: "GB-hours",
    usd: 0.06,
    per: 1,
    free: 0,
    ...read("2026-11-21", "https://aws.amazon.com/step-functions/pricing/"),
  },
  lambdaRequest: {
    unit: "invocations",
    usd: 0.2,
    per: MILLION,
    free: MILLION,
    ...read("2026-11-21", "https://aws.amazon.com/lambda/pricing/"),
  },
  /** arm64, as all functions here are. */
  lambdaGbSecond: {
    unit: "GB-seconds",
    usd: 0.0000133334,
    per: 1,
    free: 400_000,
    ...read("2026-11-21", "https://aws.amazon.com/lambda/pricing/"),
  },
  /** On demand, items of up to 1 KB. A conditional write that is refused is billed as well. */
  ledgerWrite: {
    unit: "writes",
    usd: 0.625,
    per: MILLION,
    free: 0,
    ...read("2026-11-22", "https://aws.amazon.com/dynamodb/pricing/on-demand/"),
  },
  topicRequest: {
    unit: "requests",
    usd: 0.5,
    per: MILLION,
    free: MILLION,
    ...read("2026-11-21", "https://aws.amazon.com/sns/pricing/"),
  },
  /** To functions: the page lists the kinds of delivery that cost, and functions are not among them. */
  topicDelivery: {
    unit: "deliveries",
    usd: 0,
    per: MILLION,
    free: 0,
    ...read("2026-11-21", "https://aws.amazon.com/sns/pricing/"),
  },
  queueRequest: {
    unit: "requests",
    usd: 0.4,
    per: MILLION,
    free: MILLION,
    ...read("2026-11-21", "https://aws.amazon.com/sqs/pricing/"),
  },
  /** Of a rule on the default event bus. */
  ruleFiring: {
    unit: "firings",
    usd: 0,
    per: MILLION,
    free: 0,
    ...read("2026-11-21", "https://aws.amazon.com/eventbridge/pricing/"),
  },
  /** Written, not stored; 1 GB is taken as 10⁹ bytes. */
  logGb: {
    unit: "GB",
    usd: 0.5,
    per: 1,
    free: 5,
    ...read("2026-11-21", "https://aws.amazon.com/cloudwatch/pricing/"),
  },
  trace: {
    unit: "traces",
    usd: 5,
    per: MILLION,
    free: 100_000,
    ...read("2026-11-22", "https://aws.amazon.com/xray/pricing/"),
  },
  metric: {
    unit: "metrics",
    usd: 0.3,
    per: 1,
    free: 10,
    ...read("2026-11-21", "https://aws.amazon.com/cloudwatch/pricing/"),
  },
  alarm: {
    unit: "alarms",
    usd: 0.1,
    per: 1,
    free: 10,
    ...read("2026-11-21", "https://aws.amazon.com/cloudwatch/pricing/"),
  },
  dashboard: {
    unit: "dashboards",
    usd: 3,
    per: 1,
    free: 3,
    ...read("2026-11-21", "https://aws.amazon.com/cloudwatch/pricing/"),
  },
};
