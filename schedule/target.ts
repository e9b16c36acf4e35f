/** Whether a target's ARN is an SNS topic's; all other targets are Lambda functions. */
export function isTopic(arn: string): boolean {
  return arn.split(":")[2] === "sns";
}

/**
 * The functions among targets, each once, and each also without its version or alias: what IAM is asked about when the
 * clock's topic is let in.
 */
export function functionArns(targets: readonly string[]): string[] {
  const functions = targets.filter((target) => !isTopic(target));
  return [...new Set(functions.flatMap((one) => [one.split(":").slice(0, 7).join(":"), one]))];
}
