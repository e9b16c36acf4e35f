/** The project, as it stands first in every physical name and in the tag `Project`. */
export const PROJECT = "metronome";

/** Shortest limit of all services' names: Lambda functions, IAM roles and EventBridge rules take 64 characters. */
export const LONGEST_NAME = 64;

/** The id of an environment's stack; also the key of its state, so changing the strategy is one plan on one state. */
export function stackId(environment: string): string {
  return `metronome-${environment}`;
}

/** The limit of CloudWatch's alarms and dashboards. */
export const LONGEST_CLOUDWATCH_NAME = 255;

/**
 * The one place where physical names come from: project, environment and role, so that two environments fit into one
 * account.
 *
 * @param role what the thing is for, such as `iterator` or `loop-heartbeat`.
 * @param longest the service's limit, where it is another than the shortest of all.
 * @throws RangeError where the name would be longer.
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

/** The log group of a function, given its physical name. */
export function functionLogGroup(functionName: string): string {
  return `/aws/lambda/${functionName}`;
}
