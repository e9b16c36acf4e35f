import { join } from "node:path";
import { stackId } from "../../constructs/naming";
import { inWorkDirectory } from "../../host/work-dir";
import { type AccessOptions, openAccess } from "./access";
import { withoutBookkeeping } from "./bookkeeping";
import { writeWhole } from "./bundle";
import { BUNDLE_FILES } from "./manifest";
import type { DriftedResource } from "./plan-section";
import { useCommittedLock } from "./provider-locks";
import { readPlan } from "./read-plan";
import { renderDrift } from "./render-plan";
import { errorContext } from "./source";
import { synthesize } from "./synthesize";
import { Terraform } from "./terraform";

export interface DriftOptions extends AccessOptions {
  /** Where `drift.md` goes. */
  readonly directory: string;
  /** Is told what happens, in sentences. */
  readonly say: (text: string) => void;
}

/**
 * Finds out what changed outside Terraform, without a lock and without a change, and writes `drift.md`.
 *
 * @returns the resources concerned; what the provider itself has filled in since the last apply is no drift.
 * @throws TerraformError where Terraform fails, and the signal's reason.
 */
export async function findDrift(name: string, options: DriftOptions): Promise<readonly DriftedResource[]> {
  const { directory, signal, say } = options;
  return inWorkDirectory(`drift-${name}`, async (work) => {
    const access = await openAccess(name, options);
    for (const note of access.notes) say(note);
    const stack = stackId(name);
    const stackDir = await synthesize({ stack, output: join(work, "cdktf.out"), env: access.env, signal });
    const lock = useCommittedLock({ stack, environment: name, embedded: access.embedded }, stackDir);
    const context = errorContext(access, stack);
    const terraform = new Terraform({ directory: stackDir, env: access.env, context, signal });
    await terraform.init(lock);
    await terraform.plan(BUNDLE_FILES.plan, { onlyDrift: true });
    const { drift } = readPlan(withoutBookkeeping(await terraform.planJson(BUNDLE_FILES.plan)));
    writeWhole(directory, "drift.md", renderDrift(name, drift));
    return drift;
  });
}
