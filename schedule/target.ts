/** Whether a target's ARN is an SNS topic's. */
export function isTopic(arn: string): boolean {
  return serviceOf(arn) === "sns";
}

/** Whether a target's ARN is an SQS queue's. */
export function isQueue(arn: string): boolean {
  return serviceOf(arn) === "sqs";
}

/** Whether a pattern, an ARN that ends with `*`, stands for a target among others. */
export function isCovered(arn: string, pattern: string): boolean {
  return arn.startsWith(pattern.slice(0, -1));
}

/** Whether a queue's ARN is a FIFO queue's: AWS has their names end like that. */
export function isFifo(arn: string): boolean {
  return arn.endsWith(".fifo");
}

/** Whether a target is a Lambda function: all that are neither topics nor queues. */
export function isFunction(arn: string): boolean {
  return !isTopic(arn) && !isQueue(arn);
}

/**
 * The functions among targets, each once, and each also without its version or alias: what IAM is asked about when the
 * clock's topic is let in.
 */
export function functionArns(targets: readonly string[]): string[] {
  const functions = targets.filter(isFunction);
  return [...new Set(functions.flatMap((one) => [one.split(":").slice(0, 7).join(":"), one]))];
}

function serviceOf(arn: string): string | undefined {
  return arn.split(":")[2];
}
