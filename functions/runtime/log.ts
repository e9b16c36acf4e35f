import { Logger } from "@aws-lambda-powertools/logger";
import type { LogEvent } from "../../schedule/events";

/** Writes an event as one JSON line: its name as `message`, beside its fields. `tick.id` follows a tick across all functions. */
export type Log = (event: LogEvent) => void;

/** The log of a function. The stack sets the service name in POWERTOOLS_SERVICE_NAME. */
export function createLog(): Log {
  const logger = new Logger();
  return ({ kind, ...fields }) => logger.info(kind, fields);
}
