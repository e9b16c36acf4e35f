import type { Environment } from "../../config/environment";

/** An environment as a workflow needs it. */
export interface ListedEnvironment {
  readonly environment: string;
  /** The AWS account, 12 digits. */
  readonly account: string;
  readonly region: string;
}

/** Which environments are listed. */
export interface ListOptions {
  /** Lists only environments with `ci`, which workflows plan and deploy. @default false */
  readonly ci?: boolean;
  /** Lists only this one. @default all */
  readonly only?: string;
}

/**
 * The environments in the order of the file.
 *
 * @throws RangeError if `only` names no environment.
 */
export function listEnvironments(
  environments: Readonly<Record<string, Environment>>,
  { ci, only }: ListOptions = {},
): ListedEnvironment[] {
  const listed = Object.entries(environments)
    .filter(([, environment]) => !ci || environment.ci)
    .filter(([name]) => !only || name === only)
    .map(([environment, { account, region }]) => ({ environment, account, region }));
  if (only && listed.length === 0) throw new RangeError(notThere(environments, only));
  return listed;
}

function notThere(environments: Readonly<Record<string, Environment>>, name: string): string {
  const shown = JSON.stringify(name);
  return Object.hasOwn(environments, name)
    ? `${shown} has no access for CI. Give it \`ci\` in config/environments.ts (docs/ci.md).`
    : `${shown} is not an environment. Write one of ${Object.keys(environments).join(", ")}.`;
}
