import { createHash } from "node:crypto";
import type { Schedule } from "../schedule/schedule";
import { isCovered } from "../schedule/target";

/**
 * A role's inline policies take 10,240 characters together (IAM quotas). This much is left to the ARNs of the targets, or of
 * the state machines, with their quotes and commas.
 */
export const INLINE_BYTES = 9_000;

/**
 * Managed policies that name targets, all of them as soon as there is one. A role takes 10 by default (IAM quotas); one is left
 * to what an organization attaches to every role. A permissions boundary does not count.
 */
const POLICIES = 9;

/** A managed policy takes 6,144 characters (IAM quotas). This much is left by the rest of three statements. */
const POLICY_BYTES = 5_800;

/**
 * What all of them take. A policy that has no room for another ARN, of at most 305 bytes, may be empty by so much, so up to this
 * sum every target has a policy.
 */
export const MANAGED_BYTES = POLICIES * (POLICY_BYTES - 300);

/** The targets that schedules name, each once, in the order of the configuration. */
export function namedTargets(schedules: readonly Pick<Schedule, "targets">[]): string[] {
  return [...new Set(schedules.flatMap(({ targets }) => targets ?? []))];
}

/**
 * What a role names to reach targets: the patterns that cover one, and the ARNs of those that none covers.
 *
 * @param targets each once; their order is kept.
 * @param patterns ARNs that end with `*`.
 */
export function granted(targets: readonly string[], patterns: readonly string[]): string[] {
  if (patterns.length === 0) return [...targets];
  const used = patterns.filter((pattern) => targets.some((arn) => isCovered(arn, pattern)));
  return [...used, ...targets.filter((arn) => !used.some((pattern) => isCovered(arn, pattern)))];
}

/** What ARNs take in a policy, with their quotes and commas. */
export function arnBytes(arns: readonly string[]): number {
  return arns.reduce((sum, arn) => sum + arn.length + '"",'.length, 0);
}

/**
 * Divides ARNs that are more than an inline policy takes over managed policies. An ARN's hash chooses its policy, or the
 * next one that has room, so that another target changes one policy and moves no other target: while one policy has lost an
 * ARN and another has not got it, its ticks would be refused.
 *
 * @param arns of at most 305 bytes each with their quotes and commas.
 * @param beside bytes of the inline policy that something else takes of what is left to them.
 * @returns the policies' ARNs; one may have none. No policies if all ARNs fit in the inline one.
 * @throws RangeError if the ARNs take more than the policies have, which `problems` of the strategies refuse.
 */
export function dividedOverPolicies(arns: readonly string[], beside = 0): string[][] {
  if (arnBytes(arns) + beside <= INLINE_BYTES) return [];
  const policies = Array.from({ length: POLICIES }, (): string[] => []);
  // In an order of their own, so that the order of schedules moves no target between full policies.
  for (const arn of [...arns].sort()) {
    const chosen = createHash("sha256").update(arn).digest().readUInt32BE() % POLICIES;
    const inTurn = [...policies.slice(chosen), ...policies.slice(0, chosen)];
    const policy = inTurn.find((one) => arnBytes([...one, arn]) <= POLICY_BYTES);
    if (!policy)
      throw new RangeError(`the targets' ARNs take ${arnBytes(arns)} bytes, and the policies ${MANAGED_BYTES}`);
    policy.push(arn);
  }
  return policies;
}

/**
 * What is wrong with targets that one role names; undefined if its policies hold them.
 *
 * @param whose the role's function, as a message names it.
 */
export function tooManyTargets(
  schedules: readonly Pick<Schedule, "targets">[],
  patterns: readonly string[],
  whose: string,
): string | undefined {
  const bytes = arnBytes(granted(namedTargets(schedules), patterns));
  if (bytes <= MANAGED_BYTES) return undefined;
  return `name targets whose ARNs take ${bytes} bytes, and the policies of ${whose}'s role, which name each, have ${MANAGED_BYTES}. Name a topic, and subscribe the functions to it, or write targetPatterns, each of which stands for many targets.`;
}
