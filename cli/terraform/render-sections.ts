import { PROJECT_DIR } from "../../host/work-dir";
import { estimateMonthlyCost } from "../cost/cost";
import { monitoringUsage } from "../cost/monitoring";
import { shownDirectory } from "./plan-files";
import type { PlanSection } from "./plan-section";
import { renderPlans } from "./render-plan";

/** The plan comment of this project. @param directoryOf gives the directory of an environment's plan. */
export function renderSections(sections: readonly PlanSection[], directoryOf: (environment: string) => string): string {
  return renderPlans(sections, {
    monthlyCostUsd: (clock) => estimateMonthlyCost(clock, { monitoring: monitoringUsage(clock) }).totalUsd,
    planDirectory: (environment) => shownDirectory(directoryOf(environment), PROJECT_DIR),
  });
}
