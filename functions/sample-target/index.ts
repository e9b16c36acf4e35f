import { systemClock } from "../runtime/clock";
import { createLog } from "../runtime/log";
import { runSample } from "./run";

const log = createLog();

/** The target of schedules that name none. */
export async function handler(event: unknown): Promise<boolean> {
  return runSample(event, systemClock, Math.random, log);
}
