import type { Settings } from "../schedule/clock";
import type { Schedule } from "../schedule/schedule";
import { functionArns } from "../schedule/target";
import { findStrategy } from ".";

/** A managed policy takes 6,144 characters (IAM quotas); this much of CI's is left to the ARNs of functions that schedules name. */
export const CI_TARGETS_BYTES = 2_000;

/**
 * The functions that schedules name, as CI's roles name them: what a deploy lets the clock's topics into. If they are more
 * than the roles' policies hold, the roles name them only if one of the environment's clocks has such topics.
 *
 * @param clocks the environment's strategies.
 */
export function ciTargets(schedules: readonly Pick<Schedule, "targets">[], clocks: readonly Settings[]): string[] {
  const functions = functionArns(schedules.flatMap(({ targets }) => targets ?? []));
  const isNeeded = clocks.some(({ kind }) => findStrategy(kind)?.access.subscribesTargets);
  return isNeeded || ciTargetBytes(functions) <= CI_TARGETS_BYTES ? functions : [];
}

/** What functions take in a policy of CI's roles, without quotes and commas. */
export function ciTargetBytes(functions: readonly string[]): number {
  return functions.reduce((sum, arn) => sum + arn.length, 0);
}
