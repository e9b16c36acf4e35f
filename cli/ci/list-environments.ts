import type { Environment } from "../../config/environment";

/** An environment as a workflow needs it: who it is, and where. */
export interface ListedEnvironment {
  readonly environment: string;
  /** The AWS account, 12 digits. */
  readonly account: string;
  readonly region: string;
}

/** Which environments are listed. */
export interface ListOptions {
  /** Those only that workflows plan and deploy, which is those with `ci`. @default false */
  readonly ci?: boolean;
  /** This one only. @default all */
  readonly only?: string;
}

/**
 * The environments in the order of the file.
 *
 * @throws RangeError where `only` names none of them.
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
