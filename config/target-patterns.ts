import { z } from "zod";
import { text } from "../strategies/fields";

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
