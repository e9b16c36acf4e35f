import { Annotations } from "cdktf";
import { strategyOf } from "../strategies";
import type { ClockStack } from "./clock-stack";

/** Concurrent executions that a new account may have in a region, by reports of its owners; AWS raises it with its use. */
const NEW_ACCOUNT_CONCURRENCY = 10;

/**
 * Warns, when the stack is synthesized, if its clocks need more concurrent executions than a new account has: Lambda
 * would throttle them, and ticks would be late or missed. Nobody but AWS knows an account's limit, so this is no error.
 */
export function warnOfConcurrency(stack: ClockStack): void {
  const { environment, strategy, retiring, schedules, endpoint } = stack.props;
  if (endpoint) return;
  const clocks = retiring ? [strategy, retiring] : [strategy];
  const ofClocks = clocks.reduce((sum, settings) => sum + strategyOf(settings).concurrency(settings, schedules), 0);
  const needed = ofClocks + schedules.filter(({ targets }) => targets === null).length;
  if (needed <= NEW_ACCOUNT_CONCURRENCY) return;
  Annotations.of(stack).addWarning(
    `${environment} needs up to ${needed} concurrent executions of Lambda functions, and those of your targets. A new AWS account has ${NEW_ACCOUNT_CONCURRENCY} in a region. See "Concurrent executions" of Lambda in the Service Quotas console, and request more there.`,
  );
}
