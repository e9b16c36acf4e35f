import { join } from "node:path";
import { stackId } from "../../constructs/naming";
import { createStateBucket } from "../../emulator/state-bucket";
import { buildApp } from "../../stacks/app";
import { Terraform } from "../terraform/terraform";
import { type Contestant, environmentOf, environmentsOf, REGION } from "./contestants";

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

/** Synthesizes these variants as one app. @throws ConfigError if one of them is not a valid environment. */
export function synthesizeContestants(all: readonly Contestant[], { output, endpoint }: DeployOptions): void {
  buildApp(environmentsOf(all, endpoint), { app: { outdir: output } }).synth();
}

/** Terraform in a variant's synthesized directory. */
export function terraformOf(contestant: Contestant, { output, endpoint, env, signal }: DeployOptions): Terraform {
  const { environment } = contestant.bench;
  const stack = stackId(environment);
  const { account, backend } = environmentOf(contestant, endpoint);
  return new Terraform({
    directory: join(output, "stacks", stack),
    env,
    signal,
    context: { environment, stack, account, bucket: backend.bucket, embedded: true },
  });
}

/**
 * Applies a variant's stack.
 *
 * @param say shows what is going on, in a few words.
 * @throws TerraformError
 */
export async function deployContestant(
  contestant: Contestant,
  options: DeployOptions,
  say: (text: string) => void,
): Promise<void> {
  const { backend } = environmentOf(contestant, options.endpoint);
  await createStateBucket(backend.bucket, REGION, options.endpoint);
  const terraform = terraformOf(contestant, options);
  say("initializing");
  await terraform.init({ readonlyLock: false });
  say("planning");
  await terraform.plan(PLAN);
  say("applying");
  await terraform.apply(PLAN, () => undefined);
}
