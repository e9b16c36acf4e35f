import type { SNSEvent } from "aws-lambda";
import { iso, readTickMessage } from "../../schedule/tick";
import { createLog } from "../runtime/log";

const log = createLog();

/** LambdaClock's second function: subscribed to the topic, it logs how long each tick took from publish to here. */
export async function handler(event: SNSEvent): Promise<void> {
  const startedAt = Date.now();
  const { tick } = readTickMessage(event);
  log("tick.measured", { tick, startedAt: iso(startedAt), latencyMs: startedAt - Date.parse(tick.dispatchedAt) });
}
