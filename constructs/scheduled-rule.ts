import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { dependable, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

export interface ScheduledRuleProps {
  readonly name: string;
  readonly description: string;
  /** `rate(…)` or `cron(…)`. */
  readonly expression: string;
  readonly targetArn: string;
  /**
   * The role EventBridge takes to reach the target.
   * @default none: the target's own policy lets it in, as a Lambda function's does
   */
  readonly roleArn?: string;
  /** ARN of the queue for firings that could not be delivered. */
  readonly failureQueueArn: string;
}

/**
 * Oldest firing that is still delivered, in s (the least EventBridge takes), and how often delivery is tried again.
 * EventBridge's defaults, 24 h and 185 times, would start minutes that are long over.
 */
const OLDEST_FIRING_S = 60;
const RETRIES = 3;

/** A rule that fires by the clock, and its one target. */
export class ScheduledRule extends Construct {
  readonly arn: string;
  private readonly target: CloudwatchEventTarget;

  constructor(scope: Construct, id: string, props: ScheduledRuleProps) {
    super(scope, id);
    const rule = new CloudwatchEventRule(this, "rule", {
      name: props.name,
      description: props.description,
      scheduleExpression: props.expression,
    });
    this.target = new CloudwatchEventTarget(this, "target", {
      rule: rule.name,
      targetId: "clock",
      arn: props.targetArn,
      roleArn: props.roleArn,
      retryPolicy: { maximumEventAgeInSeconds: OLDEST_FIRING_S, maximumRetryAttempts: RETRIES },
      deadLetterConfig: { arn: props.failureQueueArn },
    });
    this.arn = rule.arn;
  }

  /**
   * Creates the rule's target only after these resources exist. If the rule fired earlier, it would claim ticks that it
   * cannot deliver, and during a handover the other clock would skip them as already claimed.
   */
  startAfter(...needed: readonly ITerraformDependable[]): void {
    this.target.dependsOn = [...(this.target.dependsOn ?? []), ...needed.map(dependable)];
  }
}
