import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { TopicSubscriber } from "../../../strategies/lambda-clock/topic-subscriber";
import { FUNCTION, FUNCTION_ALIAS, TOPIC } from "../../config/examples";
import { synthesizeStack } from "../../template";

const QUEUE = "arn:aws:sqs:eu-central-1:111111111111:failures";

const subscribe = (functionArn: string) =>
  synthesizeStack((scope) => {
    new TopicSubscriber(scope, "subscriber", { topicArn: TOPIC, functionArn, failureQueueArn: QUEUE });
  });

test("the topic, and no other, may invoke the function", () => {
  const { text } = subscribe(FUNCTION);
  expect(text).toHaveResourceWithProperties(LambdaPermission, {
    action: "lambda:InvokeFunction",
    principal: "sns.amazonaws.com",
    function_name: FUNCTION,
    source_arn: TOPIC,
  });
  expect(text).not.toContain('"qualifier"');
});

test("a permission of an alias is given on the function, for the alias", () => {
  const template = subscribe(FUNCTION_ALIAS);
  expect(template.resource("aws_lambda_permission")).toEqual(
    expect.objectContaining({ function_name: FUNCTION, qualifier: "live", source_arn: TOPIC }),
  );
  expect(template.resource("aws_sns_topic_subscription").endpoint).toBe(FUNCTION_ALIAS);
});

test("the function is subscribed once it may be invoked, and leaves what it did not get in the queue", () => {
  const template = subscribe(FUNCTION);
  const [permission] = Object.keys(template.resources("aws_lambda_permission"));
  expect(template.text).toHaveResourceWithProperties(SnsTopicSubscription, {
    topic_arn: TOPIC,
    protocol: "lambda",
    endpoint: FUNCTION,
    redrive_policy: JSON.stringify({ deadLetterTargetArn: QUEUE }),
    depends_on: [`aws_lambda_permission.${permission}`],
  });
});

test("it has no filter: a filter takes up to 15 minutes to take effect", () => {
  expect(subscribe(FUNCTION).resource("aws_sns_topic_subscription")).not.toHaveProperty("filter_policy");
});
