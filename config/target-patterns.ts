import { z } from "zod";
import { isCovered } from "../schedule/target";
import { text } from "../strategies/fields";
import type { Refuse } from "../strategies/strategy";
import type { EnvironmentFields } from "./schema";

/** The ARN of a function, topic or queue whose name ends with the one `*`, behind at least one character. */
const PATTERN =
  /^arn:aws[a-z-]*:(lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]{1,63}|sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,255}|sqs:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,79})\*$/;

/**
 * ARNs of functions, topics or queues whose names end with `*`, for more targets than the clock's policies can name. The role
 * that reaches targets then names a pattern in place of all targets that it covers: it may reach **everything of that name**, also
 * versions and aliases, and what you create later. A schedule's targets are still named one by one.
 * @default none: a role names each target by its ARN, because that allows the least
 */
export const targetPatterns = z
  .array(
    text(
      PATTERN,
      'is not the ARN of functions, topics or queues whose names end with "*". Write it like "arn:aws:lambda:eu-central-1:111111111111:function:tenant-*".',
    ),
    {
      error: 'is not a list of ARNs that end with "*". Write ["arn:aws:lambda:…:function:tenant-*"], or leave it out.',
    },
  )
  .readonly()
  .default([]);

/** Each pattern covers a target, in the environment's account and region, and stands for more than another one does. */
export function checkTargetPatterns(
  { targetPatterns, schedules, account, region }: EnvironmentFields,
  refuse: Refuse,
): void {
  const targets = new Set(schedules.flatMap((schedule) => schedule.targets ?? []));
  targetPatterns.forEach((pattern, k) => {
    const path = ["targetPatterns", k];
    const [, , , ofRegion, ofAccount] = pattern.split(":");
    const wider = targetPatterns.find(
      (other, n) => n !== k && isCovered(pattern, other) && (other !== pattern || n < k),
    );
    if (account !== "" && region !== "" && (ofAccount !== account || ofRegion !== region)) {
      refuse(
        path,
        `is not in this environment's account and region (${account}, ${region}), and no target is elsewhere.`,
      );
    } else if (wider !== undefined) {
      refuse(path, `is covered by "${wider}", which is a pattern too. Leave one of them out.`);
    } else if (![...targets].some((arn) => isCovered(arn, pattern))) {
      refuse(path, "covers no target, and would only let the clock reach what it does not use. Leave it out.");
    }
  });
}
