/**
 * An ARN of a resource in one account and region.
 *
 * @param resource the part behind the account, such as `rule/my-rule`.
 */
export function arn(service: string, region: string, account: string, resource: string): string {
  return `arn:${partition(region)}:${service}:${region}:${account}:${resource}`;
}

/** An ARN of a resource that is in no region, such as IAM's. @param region one of the partition's. */
export function globalArn(service: string, region: string, account: string, resource: string): string {
  return `arn:${partition(region)}:${service}::${account}:${resource}`;
}

/** An ARN of a resource that is in no region and no account, such as a bucket's. @param region one of the partition's. */
export function partitionArn(service: string, region: string, resource: string): string {
  return `arn:${partition(region)}:${service}:::${resource}`;
}

/**
 * The names under which KMS knows a service that calls it for somebody (KMS Developer Guide, `kms:ViaService`). In China the
 * services' own domain is another, so both are named there.
 */
export function viaService(service: string, region: string): string[] {
  const name = `${service}.${region}.amazonaws.com`;
  return partition(region) === "aws-cn" ? [name, `${name}.cn`] : [name];
}

/** The partition a region belongs to (docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html). */
function partition(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
