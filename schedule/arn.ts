/** Whether a target's ARN is an SNS topic's; all other targets are Lambda functions. */
export function isTopic(arn: string): boolean {
  return arn.split(":")[2] === "sns";
}

/**
 * An ARN of a resource in one account and region.
 *
 * @param resource the part behind the account, such as `rule/my-rule`.
 */
export function arn(service: string, region: string, account: string, resource: string): string {
  return `arn:${partition(region)}:${service}:${region}:${account}:${resource}`;
}

/** The partition a region belongs to (docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html). */
function partition(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
