/** A running execution, as ListExecutions lists it. */
export interface RunningExecution {
  readonly arn: string;
  /** ms since the epoch. */
  readonly startedAt: number;
}

/**
 * Whether another execution has precedence over `self`. The article's check counts every running execution, its own
 * included; this one leaves itself out and gives precedence to the one that started first (the lower ARN if two
 * started in the same ms), so of two parallel executions exactly one goes on.
 *
 * @param self this execution; if it is listed too, the listed start is used for both sides of the comparison.
 */
export function isDuplicate(self: RunningExecution, running: readonly RunningExecution[]): boolean {
  const own = running.find((execution) => execution.arn === self.arn) ?? self;
  return running.some((other) => other.arn !== own.arn && precedes(other, own));
}

function precedes(a: RunningExecution, b: RunningExecution): boolean {
  return a.startedAt === b.startedAt ? a.arn < b.arn : a.startedAt < b.startedAt;
}
