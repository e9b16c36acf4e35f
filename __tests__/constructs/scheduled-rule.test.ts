import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { ScheduledRule } from "../../constructs/scheduled-rule";
import { synthesizeStack } from "../template";

const QUEUE = "arn:aws:sqs:eu-central-1:111111111111:failures";

const synthesizeRule = (roleArn?: string) =>
  synthesizeStack((scope) => {
    new ScheduledRule(scope, "minute-rule", {
      name: "metronome-dev-loop-heartbeat",
      description: "Starts a run",
      expression: "rate(1 minute)",
      targetArn: "arn:aws:lambda:eu-central-1:111111111111:function:clock",
      roleArn,
      failureQueueArn: QUEUE,
    });
  });

test("the rule fires by its expression", () => {
  expect(synthesizeRule().text).toHaveResourceWithProperties(CloudwatchEventRule, {
    name: "metronome-dev-loop-heartbeat",
    description: "Starts a run",
    schedule_expression: "rate(1 minute)",
  });
});

test("a firing is delivered within 60 s or left in the queue: EventBridge's own default is 24 h", () => {
  const template = synthesizeRule();
  const [rule] = Object.keys(template.resources("aws_cloudwatch_event_rule"));
  expect(template.text).toHaveResourceWithProperties(CloudwatchEventTarget, {
    rule: `\${aws_cloudwatch_event_rule.${rule}.name}`,
    arn: "arn:aws:lambda:eu-central-1:111111111111:function:clock",
    retry_policy: { maximum_event_age_in_seconds: 60, maximum_retry_attempts: 3 },
    dead_letter_config: { arn: QUEUE },
  });
});

test("the role is the target's where it needs one", () => {
  const role = "arn:aws:iam::111111111111:role/start";
  expect(synthesizeRule(role).resource("aws_cloudwatch_event_target").role_arn).toBe(role);
  expect(synthesizeRule().resource("aws_cloudwatch_event_target")).not.toHaveProperty("role_arn");
});
