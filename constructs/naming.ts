/** The project, as it stands first in every physical name and in the tag `Project`. */
export const PROJECT = "metronome";

/** Shortest limit of all services' names: Lambda functions, IAM roles and EventBridge rules take 64 characters. */
export const LONGEST_NAME = 64;

/** The id of an environment's stack; also the key of its state, so changing the strategy is one plan on one state. */
export function stackId(environment: string): string {
  return `metronome-${environment}`;
}

/** The key of a stack's state in its environment's bucket. */
export function stateKey(stack: string): string {
  return `${stack}/terraform.tfstate`;
}

/** The limit of CloudWatch's alarms and dashboards. */
export const LONGEST_CLOUDWATCH_NAME = 255;

/**
 * The one source of physical names: project, environment and role, so that two environments fit into one
 * account.
 *
 * @param role what the thing is for, such as `iterator` or `loop-heartbeat`.
 * @param longest the service's limit. @default the shortest limit of all services
 * @throws RangeError if the name would be longer.
 */
export function physicalName(environment: string, role: string, longest = LONGEST_NAME): string {
  const name = `${PROJECT}-${environment}-${role}`;
  if (name.length > longest) {
    throw new RangeError(
      `the name "${name}" has ${name.length} characters, and AWS takes ${longest}: shorten the environment's or the schedule's name`,
    );
  }
  return name;
}

/**
 * The physical name of a part of CI's access to an environment. It is outside of `metronome-<env>-`, which is all that
 * CI manages, so CI cannot touch its own access; no environment may be called `ci`, `ci-…` or `state-…`.
 *
 * @throws RangeError if the name would be longer than 64 characters.
 */
export function ciName(environment: string, role: "plan" | "deploy" | "state" | "reads" | "boundary"): string {
  return physicalName(`ci-${environment}`, role);
}

/**
 * The path of the policies of roles that are behind CI's boundary. It is in their ARNs, so that CI may write those and no
 * policy of the same name that a role without the boundary may have.
 */
export const BOUNDED_PATH = "/metronome-bounded/";

/** The log group of a function, given its physical name. */
export function functionLogGroup(functionName: string): string {
  return `/aws/lambda/${functionName}`;
}
