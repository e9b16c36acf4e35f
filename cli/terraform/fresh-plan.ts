import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Access } from "./access";
import { refuseLostState } from "./lost-state";
import { type OpenStackOptions, openStack } from "./open-stack";
import { STACK_FILES } from "./plan-files";
import { type PlanSteps, planSteps } from "./plan-steps";
import type { Terraform } from "./terraform";

/** A plan that was just made, in a work directory of its own. */
export interface FreshPlan {
  /** Terraform in the directory that has the plan. */
  readonly terraform: Terraform;
  readonly access: Access;
  /** Whether applying it changes anything. */
  readonly changes: boolean;
  /** The plan as `terraform show -json` writes it, parsed. It holds secrets in clear: never write it to a file. */
  readonly planJson: unknown;
  readonly steps: PlanSteps;
}

/**
 * Synthesizes and plans an environment.
 *
 * @param work an empty directory of the caller's own.
 * @throws what `openStack` and `refuseLostState` throw, TerraformError, and the signal's reason.
 */
export async function freshPlan(work: string, name: string, options: OpenStackOptions): Promise<FreshPlan> {
  const { access, directory, terraform } = await openStack(work, name, options);
  // Read before the plan: if the state moves on in between, the digest is of an older state, and no deploy accepts it.
  const state = await terraform.stateVersion();
  if (state === null) await refuseLostState(access);
  options.say("planning");
  const changes = await terraform.plan(STACK_FILES.plan);
  const planJson = await terraform.planJson(STACK_FILES.plan);
  const read = (file: string) => readFileSync(join(directory, file), "utf8");
  const configuration: unknown = JSON.parse(read(STACK_FILES.configuration));
  const steps = planSteps({ planJson, configuration, providers: read(STACK_FILES.providers) });
  return { terraform, access, changes, planJson, steps: { environment: name, state, steps } };
}
