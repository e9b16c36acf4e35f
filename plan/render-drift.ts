import { code, counted, prose } from "./markdown";
import type { DriftedResource } from "./plan-section";
import { driftList } from "./render-section";

/** What a drift report begins with; the environment follows. */
export const DRIFT_MARKER = "<!-- lambda-metronome drift v1";

/** Most resources that a report names: below any limit of an issue's length. */
const MOST_NAMED = 200;

/**
 * What differs in an environment from what was deployed, as the body of its issue: names of attributes, no values.
 *
 * @param drift as `readPlan` reads it from a plan with `-refresh-only`.
 */
export function renderDrift(environment: string, drift: readonly DriftedResource[]): string {
  const name = prose(environment);
  const marker = `${DRIFT_MARKER} env=${environment.replace(/[^\w-]/g, "")} -->`;
  if (drift.length === 0) return `${marker}\n\n${name}: everything is as it was deployed.\n`;
  const differ = `${counted(drift.length, "resource")} ${drift.length === 1 ? "differs" : "differ"}`;
  return [
    marker,
    `**Drift in ${name}: ${differ} from what was deployed**`,
    driftList(drift, MOST_NAMED),
    [
      `- To put it back: ${code(`npm run plan -- ${environment}`)} shows what a deploy would do; then deploy that plan.`,
      "- To keep it: write it into the configuration, and deploy that. The next deploy undoes it otherwise.",
      "- Somebody or something changed it by hand: CloudTrail knows who.",
    ].join("\n"),
  ]
    .join("\n\n")
    .concat("\n");
}
