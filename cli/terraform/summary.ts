import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "./fingerprint";
import { BUNDLE_FILES, readManifest } from "./manifest";
import { type PlanSection, readPlanSection } from "./plan-section";

/**
 * Reads what a bundle says of its plan; also where only its summary was kept, for reviewers.
 *
 * @throws Error where there is no summary, or where it is of another plan than the one in the bundle.
 */
export function readSummary(directory: string): PlanSection {
  const section = readPlanSection(summaryJson(directory));
  const whole = existsSync(join(directory, BUNDLE_FILES.manifest));
  if (whole && section.bundle && sha256(readManifest(directory).bytes) !== section.bundle.sha256) {
    throw new Error(
      `${directory}: ${BUNDLE_FILES.summary} is of another plan than ${BUNDLE_FILES.manifest}. Take the bundle as "npm run plan" wrote it.`,
    );
  }
  return section;
}

function summaryJson(directory: string): unknown {
  try {
    return JSON.parse(readFileSync(join(directory, BUNDLE_FILES.summary), "utf8"));
  } catch {
    throw new Error(`${directory} has no ${BUNDLE_FILES.summary} that can be read. Write a bundle with: npm run plan`);
  }
}
