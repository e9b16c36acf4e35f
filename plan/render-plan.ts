import type { ClockDescription } from "../schedule/clock";
import type { DriftedResource, PlanSection } from "./plan-section";

/** How a plan comment is written. */
export interface RenderOptions {
  /** What a clock costs in a month, in US$. @default none: the column is blank */
  readonly monthlyCostUsd?: (clock: ClockDescription) => number;
  /** Where an environment's bundle is, as the command that applies it names it. @default `plans/<environment>` */
  readonly bundleDirectory?: (environment: string) => string;
  /** Where the full plan is to be read when the comment has no room for it. @default "`plan.txt` in the bundle" */
  readonly fullPlanIn?: (environment: string) => string;
  /** Longest text, in UTF-8 bytes. @default 65000: GitHub takes 65,536 characters */
  readonly limit?: number;
}

/** One comment for all environments planned: a section each. */
export function renderPlans(sections: readonly PlanSection[], options: RenderOptions = {}): string {
  return `${sections.length}${options.limit}`;
}

/** What drift looks like in an environment: the body of its issue. */
export function renderDrift(environment: string, drift: readonly DriftedResource[]): string {
  return `${environment}${drift.length}`;
}
