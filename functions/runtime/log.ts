import { Logger } from "@aws-lambda-powertools/logger";

/** Writes one JSON line: the event's name and its fields. A tick's life can be followed by `tick.id` across all functions. */
export type Log = (event: string, fields: object) => void;

/** The log of a function; the service name comes from POWERTOOLS_SERVICE_NAME, which the stack sets. */
export function createLog(): Log {
  const logger = new Logger();
  return (event, fields) => logger.info(event, { ...fields });
}
