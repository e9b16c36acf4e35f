import type { Environment } from "../../config/environment";

/** An environment as a workflow needs it. */
export type ListedEnvironment = Pick<Environment, "account" | "region"> & { readonly environment: string };

/**
 * The environments in the order of the file.
 *
 * @param ci lists only environments with `ci`, which workflows plan and deploy.
 * @param only lists only the environment of this name, if it is not empty.
 * @throws RangeError if `only` has no access for CI.
 */
export function listEnvironments(
  environments: Readonly<Record<string, Environment>>,
  { ci, only }: { readonly ci?: boolean; readonly only?: string } = {},
): ListedEnvironment[] {
  const listed = Object.entries(environments)
    .filter(([name, environment]) => (!ci || environment.ci) && (!only || name === only))
    .map(([environment, { account, region }]) => ({ environment, account, region }));
  if (only && listed.length === 0) {
    throw new RangeError(`"${only}" has no access for CI. Give it \`ci\` in config/environments.ts (docs/ci.md).`);
  }
  return listed;
}
