import type { Resource } from "../../strategies/usage";

/** One list price of AWS. */
export interface Price {
  /** What is counted, in the plural, such as `"transitions"`. */
  readonly unit: string;
  /** US$ for `per` units. */
  readonly usd: number;
  readonly per: number;
  readonly region: string;
  /** The day on which the value was read: ISO 8601. AWS fills most prices into its pages by script, so some were read in publications that quote the page. */
  readonly read: string;
  /** AWS's own page that shows the price. */
  readonly source: string;
}

/** The region of all prices. */
export const PRICE_REGION = "us-east-1";
const MILLION = 1_000_000;

/** @param page path of AWS's page. @param price `per` is 1 by default. */
function listPrice(
  page: string,
  read: string,
  price: Pick<Price, "unit" | "usd"> & Partial<Pick<Price, "per">>,
): Price {
  return { per: 1, ...price, region: PRICE_REGION, read, source: `https://aws.amazon.com/${page}/` };
}

const STEP_FUNCTIONS = "step-functions/pricing";
const LAMBDA = "lambda/pricing";
const SNS = "sns/pricing";
const CLOUDWATCH = "cloudwatch/pricing";

/** List prices of us-east-1 in US$, before any discount. Of a price that falls with volume it is the first step. */
export const PRICES: Readonly<Record<Resource, Price>> = {
  transition: listPrice(STEP_FUNCTIONS, "2026-11-21", { unit: "transitions", usd: 25, per: MILLION }),
  expressRequest: listPrice(STEP_FUNCTIONS, "2026-11-21", { unit: "executions", usd: 1, per: MILLION }),
  expressGbHour: listPrice(STEP_FUNCTIONS, "2026-11-21", { unit: "GB-hours", usd: 0.06 }),
  lambdaRequest: listPrice(LAMBDA, "2026-11-21", { unit: "invocations", usd: 0.2, per: MILLION }),
  /** arm64, as all functions here are. */
  lambdaGbSecond: listPrice(LAMBDA, "2026-11-21", { unit: "GB-seconds", usd: 0.0000133334 }),
  /** On demand, items of up to 1 KB. A conditional write that is refused is billed as well. */
  ledgerWrite: listPrice("dynamodb/pricing/on-demand", "2026-11-22", { unit: "writes", usd: 0.625, per: MILLION }),
  /** On demand, strongly consistent, items of up to 4 KB. */
  ledgerRead: listPrice("dynamodb/pricing/on-demand", "2026-11-22", { unit: "reads", usd: 0.125, per: MILLION }),
  topicRequest: listPrice(SNS, "2026-11-21", { unit: "requests", usd: 0.5, per: MILLION }),
  /** To functions. Published lists name the kinds of delivery that cost, and functions are not among them. */
  topicDelivery: listPrice(SNS, "2026-11-21", { unit: "deliveries", usd: 0, per: MILLION }),
  /** To a key that AWS manages, which costs nothing itself. */
  keyRequest: listPrice("kms/pricing", "2026-11-26", { unit: "requests", usd: 0.03, per: 10_000 }),
  queueRequest: listPrice("sqs/pricing", "2026-11-21", { unit: "requests", usd: 0.4, per: MILLION }),
  /** Of a rule on the default event bus. */
  ruleFiring: listPrice("eventbridge/pricing", "2026-11-21", { unit: "firings", usd: 0, per: MILLION }),
  /** Written, not stored; 1 GB is taken as 10⁹ bytes. */
  logGb: listPrice(CLOUDWATCH, "2026-11-21", { unit: "GB", usd: 0.5 }),
  trace: listPrice("xray/pricing", "2026-11-22", { unit: "traces", usd: 5, per: MILLION }),
  metric: listPrice(CLOUDWATCH, "2026-11-21", { unit: "metrics", usd: 0.3 }),
  alarm: listPrice(CLOUDWATCH, "2026-11-21", { unit: "alarms", usd: 0.1 }),
  dashboard: listPrice(CLOUDWATCH, "2026-11-21", { unit: "dashboards", usd: 3 }),
};
