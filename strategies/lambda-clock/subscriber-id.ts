/**
 * The id of the construct that subscribes a function.
 *
 * @param functionArn a target's ARN, or a token that stands for the sample function's. A colon before the alias stays as in
 *   the ARN: `f:a-b` and `f-a:b` are two functions.
 */
export function subscriberId(functionArn: string): string {
  return functionArn.startsWith("arn:")
    ? `subscriber-${functionArn.split(":").slice(6).join(":")}`
    : "sample-target-subscriber";
}
