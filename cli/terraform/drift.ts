import { inWorkDirectory } from "../../host/work-dir";
import { type OpenStackOptions, openStack } from "./open-stack";
import { STACK_FILES, writeWhole } from "./plan-files";
import type { DriftedResource } from "./plan-section";
import { readPlan } from "./read-plan";
import { renderDrift } from "./render-plan";

export interface DriftOptions extends OpenStackOptions {
  /** The directory for `drift.md`. */
  readonly directory: string;
}

/**
 * Finds what changed outside Terraform, without a lock and without a change, and writes `drift.md`.
 *
 * @returns the resources concerned; what the provider itself has filled in since the last apply is no drift.
 * @throws what `openStack` throws, TerraformError, and the signal's reason.
 */
export async function findDrift(name: string, options: DriftOptions): Promise<readonly DriftedResource[]> {
  return inWorkDirectory(`drift-${name}`, async (work) => {
    const { terraform } = await openStack(work, name, options);
    await terraform.plan(STACK_FILES.plan, { onlyDrift: true });
    const { drift } = readPlan(await terraform.planJson(STACK_FILES.plan));
    writeWhole(options.directory, "drift.md", renderDrift(name, drift));
    return drift;
  });
}
