/** One list price of AWS. */
export interface Price {
  /** What is counted, in the plural, such as `"transitions"`. */
  readonly unit: string;
  /** US$ for `per` units. */
  readonly usd: number;
  readonly per: number;
  /** Units a month that cost nothing, also after an account's first year; an account has them once. 0 where there are none. */
  readonly free: number;
  readonly region: string;
  /** The day on which the source was read: ISO 8601. */
  readonly read: string;
  /** Where it stands; several are secondary, because not every page of AWS's own could be read. */
  readonly source: string;
}

/** A price for everything the cost model counts. */
export type PriceList = Readonly<Record<Resource, Price>>;

/** What a clock is billed for. */
export type Resource =
  | "transition"
  | "expressRequest"
  | "expressGbHour"
  | "lambdaRequest"
  | "lambdaGbSecond"
  | "ledgerWrite"
  | "topicRequest"
  | "topicDelivery"
  | "queueRequest"
  | "ruleFiring"
  | "logGb"
  | "trace"
  | "metric"
  | "alarm"
  | "dashboard";

const REGION = "us-east-1";
const MILLION = 1_000_000;
const read = (read: string, source: string) => ({ region: REGION, read, source }) as const;

/**
 * List prices of us-east-1 in US$, before any discount: the one place they stand. For those that fall with volume it is
 * the first step of the scale.
 */
export const PRICES: PriceList = {
  transition: {
    unit: "transitions",
    usd: 25,
    per: MILLION,
    free: 4_000,
    ...read("2026-11-21", "https://aws.amazon.com/step-functions/pricing/"),
  },
  expressRequest: {
    unit: "runs",
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
    ...read("2026-11-21", "https://github.com/api-evangelist/aws-lambda/blob/main/plans/aws-lambda-plans-pricing.yml"),
  },
  /** arm64, as all functions here are. */
  lambdaGbSecond: {
    unit: "GB-seconds",
    usd: 0.0000133334,
    per: 1,
    free: 400_000,
    ...read("2026-11-21", "https://git.mcrn.ar/mariano/lambda_local_runner"),
  },
  /** On demand, items of up to 1 KB; a conditional write that is refused is billed too. */
  ledgerWrite: {
    unit: "writes",
    usd: 0.625,
    per: MILLION,
    free: 0,
    ...read("2026-11-22", "https://airbyte.com/data-engineering-resources/dynamodb-pricing"),
  },
  topicRequest: {
    unit: "requests",
    usd: 0.5,
    per: MILLION,
    free: MILLION,
    ...read("2026-11-21", "https://www.factualminds.com/blog/amazon-sns-pricing-publishes-fanout-protocols/"),
  },
  /** To functions. An explicit line saying so was not found; the source lists the kinds of delivery that do cost. */
  topicDelivery: {
    unit: "deliveries",
    usd: 0,
    per: MILLION,
    free: 0,
    ...read("2026-11-21", "https://www.factualminds.com/blog/amazon-sns-pricing-publishes-fanout-protocols/"),
  },
  queueRequest: {
    unit: "requests",
    usd: 0.4,
    per: MILLION,
    free: MILLION,
    ...read("2026-11-21", "https://cloudburn.io/blog/amazon-sqs-pricing"),
  },
  /** Of a rule on the default event bus. */
  ruleFiring: {
    unit: "firings",
    usd: 0,
    per: MILLION,
    free: 0,
    ...read("2026-11-21", "https://www.factualminds.com/blog/amazon-eventbridge-pricing-events-pipes-schema-archive/"),
  },
  /** What is written, not what is kept; 1 GB is taken as 10⁹ bytes. */
  logGb: {
    unit: "GB",
    usd: 0.5,
    per: 1,
    free: 5,
    ...read(
      "2026-11-21",
      "https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards/",
    ),
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
    ...read("2026-11-21", "https://signoz.io/guides/cloudwatch-pricing"),
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
