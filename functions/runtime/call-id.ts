import { randomUUID } from "node:crypto";
import type { Context } from "aws-lambda";

/**
 * The id of one call of a function, as the claimant of ticks. The request id alone is not enough: Lambda may deliver an
 * asynchronous event twice, and both calls bear the same one (docs.aws.amazon.com/lambda, "Asynchronous invocation").
 */
export function callId({ awsRequestId }: Pick<Context, "awsRequestId">): string {
  return `${awsRequestId}/${randomUUID()}`;
}
