import { z } from "zod";
import { text, wholeNumber } from "../strategies/fields";

const keyArn = text(
  /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/,
  'is not the ARN of a KMS key. Write it like "arn:aws:kms:eu-central-1:111111111111:key/<id>", not an alias, or leave it out.',
);

/** Keys of yours, in place of those of AWS. Each costs US$1 a month, and its requests. */
export const encryption = z.strictObject(
  {
    /**
     * ARN of the KMS key of all log groups, in the environment's region. Its key policy must let logs.<region>.amazonaws.com use
     * it.
     * @default CloudWatch Logs' own encryption, because logs hold names, instants and ids, and no payload
     */
    logs: keyArn.optional(),
    /**
     * ARN of the KMS key of the functions' environment variables, in the environment's region. `lambda-clock` keeps the
     * schedules' payloads there. Its key policy must let IAM policies of the account grant its use, as a new key's does.
     * @default Lambda's own key, because a payload is no place for a secret: the state and plans have it too
     */
    functions: keyArn.optional(),
  },
  { error: 'is not which keys encrypt what. Write { logs: "arn:…", functions: "arn:…" }, or leave it out.' },
);

/**
 * Invocations at one instant that are reserved for each function that keeps the time (the Iterator, LambdaClock), so that no
 * other function of the account can take them. It is also the most that this function may have. 1 to 10000.
 * @default none is reserved, because an account needs 100 beside it (Lambda quotas), and a new account has 10 in all; the
 * alarm on throttled invocations tells when the account has too few
 */
export const reservedConcurrency = wholeNumber(1, 10_000, " (invocations)", "Leave it out to reserve none.");
