import type { SNSEvent } from "aws-lambda";
import { iso, readTickMessage } from "../../schedule/tick";
import { metricsVariables, optional } from "../runtime/environment";
import { createLog } from "../runtime/log";
import { embeddedMetrics } from "../runtime/metrics";
import { startMeter } from "../runtime/start-meter";

const log = createLog();
const meter = startMeter(embeddedMetrics(...metricsVariables()));
/** Schedules that are measured here, because their targets are not ours and measure nothing. */
const measured = new Set(JSON.parse(optional("MEASURED") ?? "[]") as string[]);

/** LambdaClock's second function: subscribed to the topic, it logs how long each tick took from publish to here. */
export async function handler(event: SNSEvent): Promise<void> {
  const startedAt = Date.now();
  const { tick } = readTickMessage(event);
  log({
    kind: "tick.measured",
    tick,
    startedAt: iso(startedAt),
    latencyMs: startedAt - Date.parse(tick.dispatchedAt),
  });
  // It comes here before its instant if its schedule has a lead; the targets hold it until then, as they have promised.
  const heldUntil = tick.scheduledAt === null ? startedAt : Date.parse(tick.scheduledAt);
  if (measured.has(tick.schedule)) meter(tick, Math.max(startedAt, heldUntil));
}
