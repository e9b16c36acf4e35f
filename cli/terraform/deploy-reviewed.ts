import { inWorkDirectory, PROJECT_DIR } from "../../host/work-dir";
import type { AccessOptions } from "./access";
import { advance } from "./cdktf";
import { currentCommit } from "./commit";
import { freshPlan } from "./fresh-plan";
import { STACK_FILES } from "./plan-files";
import type { PlanReading } from "./plan-section";
import { readPlan } from "./read-plan";
import { checkReviewed, readReviewed } from "./reviewed-plan";
import type { Terraform } from "./terraform";

export interface DeployOptions extends AccessOptions {
  /** The plan that was reviewed: the directory that `npm run plan` wrote, or the digest that it printed. */
  readonly reviewed: { readonly directory: string } | { readonly digest: string };
}

/** What a deploy came to. */
export interface Deployed {
  /** Whether there was anything to apply. */
  readonly applied: boolean;
  /** How long the apply took, in ms; 0 without an apply. */
  readonly tookMs: number;
}

/**
 * Synthesizes and plans from this checkout, and applies that fresh plan if it has the digest that was reviewed.
 *
 * @throws RefusedPlan if it has another one; nothing is applied then.
 * @throws TerraformError if Terraform fails, and the signal's reason.
 */
export async function deployReviewed(name: string, options: DeployOptions): Promise<Deployed> {
  const { reviewed, say } = options;
  const expected = "directory" in reviewed ? readReviewed(reviewed.directory, name) : reviewed;
  return inWorkDirectory(`deploy-${name}`, async (work) => {
    const { terraform, changes, planJson, steps } = await freshPlan(work, name, options);
    checkReviewed(expected, steps, currentCommit(PROJECT_DIR, options.env));
    if (!changes) return { applied: false, tookMs: 0 };
    const start = performance.now();
    await apply(terraform, stepsOf(readPlan(planJson)), say);
    return { applied: true, tookMs: performance.now() - start };
  });
}

/** How many resources Terraform will report as finished: a replaced one twice. */
function stepsOf({ changes }: PlanReading): number {
  const steps = { create: 1, change: 1, destroy: 1, replace: 2, import: 0, move: 0, forget: 0 } as const;
  return changes.reduce((sum, { action }) => sum + steps[action], 0);
}

async function apply(terraform: Terraform, planned: number, say: (text: string) => void): Promise<void> {
  const progress = { done: 0, planned, now: "applying" };
  say(`applying the plan: ${planned} steps`);
  await terraform.apply(STACK_FILES.plan, (line) => {
    const before = progress.done;
    if (advance(progress, line) && progress.done > before) say(`${progress.done} of ${planned}: ${progress.now}`);
  });
}
