import { join } from "node:path";
import { stackId } from "../../constructs/naming";
import { type Access, type AccessOptions, openAccess } from "./access";
import { useCommittedLock } from "./provider-locks";
import { copySynthesized, synthesize } from "./synthesize";
import { Terraform } from "./terraform";

export interface OpenStackOptions extends AccessOptions {
  /** cdktf's output directory of an earlier synth. @default the app is synthesized */
  readonly synthesized?: string;
}

/** The synthesized stack of an environment, with Terraform initialized in it. */
export interface OpenStack {
  readonly access: Access;
  /** The directory with `cdk.tf.json`. */
  readonly directory: string;
  readonly terraform: Terraform;
}

/**
 * Synthesizes the clock's stack of an environment and initializes Terraform in it.
 *
 * @param work an empty directory of the caller's own.
 * @throws what `openAccess` and `useCommittedLock` throw, Error if the app does not synthesize, TerraformError, and the signal's reason.
 */
export async function openStack(work: string, name: string, options: OpenStackOptions): Promise<OpenStack> {
  const { signal, say, synthesized } = options;
  const access = await openAccess(name, options);
  const stack = stackId(name);
  if (!synthesized) say("synthesizing");
  const directory = synthesized
    ? copySynthesized(synthesized, stack, join(work, stack))
    : await synthesize({ stack, output: join(work, "cdktf.out"), env: access.env, signal });
  const readonlyLock = useCommittedLock(access, directory, say);
  const terraform = new Terraform({ directory, access, signal });
  say("initializing providers and state");
  await terraform.init({ readonlyLock });
  return { access, directory, terraform };
}
