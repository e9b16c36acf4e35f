import type { MetricsOf } from "../../schedule/metrics";

/** An environment variable that the stack may have set; undefined if it has not. */
export function optional(name: string): string | undefined {
  return process.env[name] || undefined;
}

/** What metrics a function keeps: the environment's name, undefined for one without metrics, and of what. */
export function metricsVariables(): [environment: string | undefined, of: MetricsOf] {
  return [optional("METRICS_ENVIRONMENT"), optional("METRICS_OF") === "schedules" ? "schedules" : "total"];
}

/**
 * An environment variable that the stack must have set.
 *
 * @throws Error naming the variable if it is missing or empty.
 */
export function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`environment variable ${name} is not set: the stack that deploys this function sets it`);
  return value;
}
