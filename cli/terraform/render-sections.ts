import { PROJECT_DIR } from "../../host/work-dir";
import { estimateMonthlyCost } from "../cost/cost";
import { monitoringUsage } from "../cost/monitoring";
import { shownDirectory } from "./bundle";
import type { PlanSection } from "./plan-section";
import { renderPlans } from "./render-plan";

/** The plan comment of this project. @param directoryOf where the bundle of an environment is. */
export function renderSections(sections: readonly PlanSection[], directoryOf: (environment: string) => string): string {
  return renderPlans(sections, {
    monthlyCostUsd: (clock) => estimateMonthlyCost(clock, { monitoring: monitoringUsage(clock) }).totalUsd,
    bundleDirectory: (environment) => shownDirectory(directoryOf(environment), PROJECT_DIR),
  });
}
