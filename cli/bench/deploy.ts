import { join } from "node:path";
import { stackId } from "../../constructs/naming";
import { createStateBucket } from "../../emulator/state-bucket";
import { PRICE_REGION } from "../cost/prices";
import { runApp } from "../terraform/synthesize";
import { Terraform } from "../terraform/terraform";
import { type BenchCase, environmentOf, environmentsOf } from "./cases";

/** The file of a plan, in its stack's directory. */
const PLAN = "bench.plan";

/** How to deploy. */
export interface DeployOptions {
  /** The directory to synthesize into. */
  readonly output: string;
  /** URL of the embedded AWS. */
  readonly endpoint: string;
  /** Terraform's environment variables. */
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Synthesizes these variants as one app. @throws Error in the app's own words if it does not synthesize. */
export async function synthesizeCases(all: readonly BenchCase[], options: DeployOptions): Promise<void> {
  await runApp(["stacks/synthesize.ts", JSON.stringify(environmentsOf(all, options.endpoint))], options);
}

/** Terraform in a variant's synthesized directory. */
export function terraformOf(benchCase: BenchCase, { output, endpoint, env, signal }: DeployOptions): Terraform {
  const { environment } = benchCase.bench;
  return new Terraform({
    directory: join(output, "stacks", stackId(environment)),
    access: { name: environment, config: environmentOf(benchCase, endpoint), env },
    signal,
  });
}

/**
 * Applies a variant's stack.
 *
 * @param say shows what is going on, in a few words.
 * @throws TerraformError
 */
export async function deployCase(
  benchCase: BenchCase,
  options: DeployOptions,
  say: (text: string) => void,
): Promise<void> {
  const { backend } = environmentOf(benchCase, options.endpoint);
  await createStateBucket(backend.bucket, PRICE_REGION, options.endpoint);
  const terraform = terraformOf(benchCase, options);
  say("initializing");
  await terraform.init({ readonlyLock: false });
  say("planning");
  await terraform.plan(PLAN);
  say("applying");
  await terraform.apply(PLAN, () => undefined);
}
