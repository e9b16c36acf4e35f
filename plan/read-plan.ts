import type { PlanReading } from "./plan-section";

/**
 * Reads what `terraform show -json <plan>` writes (plan format 1.2).
 *
 * @param planJson the parsed JSON, which holds secrets in clear: of it only names, paths and the clock's description are kept.
 * @throws Error where it is no plan, or of a format this version does not know.
 */
export function readPlan(planJson: unknown): PlanReading {
  throw new Error(`not a plan: ${typeof planJson}`);
}
