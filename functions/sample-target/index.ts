import { systemClock } from "../runtime/clock";
import { optional } from "../runtime/environment";
import { createLog } from "../runtime/log";
import { embeddedMetrics } from "../runtime/metrics";
import { startMeter } from "../runtime/start-meter";
import { runSample } from "./run";

const log = createLog();
const meter = startMeter(embeddedMetrics(optional("METRICS_ENVIRONMENT")));

/** The target of schedules that name none. */
export async function handler(event: unknown): Promise<boolean> {
  return runSample(event, systemClock, Math.random, log, meter);
}
