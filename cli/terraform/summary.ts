import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PLAN_FILES } from "./plan-files";
import { type PlanSection, readPlanSection } from "./plan-section";

/** Reads what a plan's directory says of the plan. @throws Error if it has no summary that this version can read. */
export function readSummary(directory: string): PlanSection {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(join(directory, PLAN_FILES.summary), "utf8"));
  } catch {
    throw new Error(`${directory} has no ${PLAN_FILES.summary} that can be read. Write it with: npm run plan`);
  }
  return readPlanSection(json);
}
