import { isCovered, isFunction } from "../schedule/target";
import type { Problem, Refuse } from "../strategies/strategy";
import { arnBytes } from "../strategies/target-policies";
import type { EnvironmentFields } from "./schema";

/** A role's inline policies take 10,240 characters (IAM quotas). This much is left to the ARNs of the targets' keys. */
const KEYS_BYTES = 4_000;

/** Keys of topics and queues, in their region, and no more than a policy holds. */
export function checkTopicKeys({ topicKeyArns, schedules, region }: EnvironmentFields, refuse: Refuse): void {
  if (topicKeyArns.length > 0 && schedules.every(({ targets = [] }) => targets.every(isFunction))) {
    refuse(["topicKeyArns"], "is for the keys of topics and queues, and no target is one. Leave it out.");
  }
  const bytes = arnBytes(topicKeyArns);
  if (bytes > KEYS_BYTES) {
    refuse(
      ["topicKeyArns"],
      `take ${bytes} bytes, and the policy of a role that reaches topics and queues has ${KEYS_BYTES} for them. Encrypt several of these with one key.`,
    );
  }
  topicKeyArns.forEach((arn, k) => {
    if (region === "" || arn.split(":")[3] === region) return;
    refuse(
      ["topicKeyArns", k],
      `is not in this environment's region, ${region}, and a key is in the region of its topic or queue. Write the key's ARN there.`,
    );
  });
}

/** Targets of one schedule: each once, and in the environment's account and region. */
export function checkTargets(
  { targets = [] }: EnvironmentFields["schedules"][number],
  { account, region }: Pick<EnvironmentFields, "account" | "region">,
  at: Problem["path"],
  refuse: Refuse,
): void {
  const before = new Set<string>();
  targets.forEach((arn, k) => {
    if (arn === "") return;
    if (before.has(arn)) {
      refuse([...at, k], "is named before: it would get every tick twice. Name it once.");
    } else if (isForeign(arn, { account, region })) {
      refuse(
        [...at, k],
        `is not in this environment's account and region (${account}, ${region}). Name a topic there, and subscribe the function or queue to it.`,
      );
    }
    before.add(arn);
  });
}

/** Whether an ARN is of another account or region; not if the environment's own cannot be read. */
export function isForeign(arn: string, { account, region }: Pick<EnvironmentFields, "account" | "region">): boolean {
  const [, , , arnRegion, arnAccount] = arn.split(":");
  return account !== "" && region !== "" && (arnAccount !== account || arnRegion !== region);
}

/** Each pattern covers a target, in the environment's account and region, and stands for more than another one does. */
export function checkTargetPatterns(
  { targetPatterns, schedules, account, region }: EnvironmentFields,
  refuse: Refuse,
): void {
  // An empty text stands for a target that is wrong on its own.
  const targets = new Set(schedules.flatMap((schedule) => schedule.targets ?? []));
  targetPatterns.forEach((pattern, k) => {
    const path = ["targetPatterns", k];
    const wider = targetPatterns.find(
      (other, n) => n !== k && isCovered(pattern, other) && (other !== pattern || n < k),
    );
    if (isForeign(pattern, { account, region })) {
      refuse(
        path,
        `is not in this environment's account and region (${account}, ${region}), and no target is elsewhere. Leave it out.`,
      );
    } else if (wider !== undefined) {
      refuse(path, `is covered by "${wider}", which is a pattern too. Leave one of them out.`);
    } else if (!targets.has("") && ![...targets].some((arn) => isCovered(arn, pattern))) {
      refuse(path, "covers no target, and would only let the clock reach what it does not use. Leave it out.");
    }
  });
}
