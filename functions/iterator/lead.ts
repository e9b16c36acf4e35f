import { SECOND_MS } from "../../schedule/duration";

/**
 * How long before a tick the Wait state ends, in ms. Step Functions waits until whole seconds only, and starts the
 * Iterator about 100 ms later (p99 about 300 ms: bitesizedserverless.com, "Serverless messaging latency compared", 2022).
 * The Iterator waits out the rest in process.
 */
export const LEAD_MS = SECOND_MS;
