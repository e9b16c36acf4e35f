import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { FailureQueue } from "../../constructs/failure-queue";
import { statements, synthesizeStack } from "../template";

const QUEUE = "arn:aws:sqs:eu-central-1:111111111111:metronome-dev-failures";

const template = synthesizeStack((scope) => {
  new FailureQueue(scope, "failures", {
    name: "metronome-dev-failures",
    arn: QUEUE,
    senders: [
      { service: "events.amazonaws.com", arnPattern: "arn:aws:events:eu-central-1:111111111111:rule/metronome-dev-*" },
      { service: "sns.amazonaws.com", arnPattern: "arn:aws:sns:eu-central-1:111111111111:metronome-dev-*" },
    ],
  });
});

test("the queue keeps failures for 14 days, encrypted", () => {
  expect(template.text).toHaveResourceWithProperties(SqsQueue, {
    name: "metronome-dev-failures",
    message_retention_seconds: 1_209_600,
    sqs_managed_sse_enabled: true,
  });
});

test("it takes TLS only, and each sender may only send, and only for its own resources", () => {
  const send = { Effect: "Allow", Action: "sqs:SendMessage", Resource: QUEUE };
  const [tls, ...senders] = statements(template.resource("aws_sqs_queue").policy);
  expect(tls).toEqual({
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: "sqs:*",
    Resource: QUEUE,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  });
  expect(senders).toEqual([
    {
      ...send,
      Principal: { Service: "events.amazonaws.com" },
      Condition: { ArnLike: { "aws:SourceArn": "arn:aws:events:eu-central-1:111111111111:rule/metronome-dev-*" } },
    },
    {
      ...send,
      Principal: { Service: "sns.amazonaws.com" },
      Condition: { ArnLike: { "aws:SourceArn": "arn:aws:sns:eu-central-1:111111111111:metronome-dev-*" } },
    },
  ]);
});

test("the policy is the queue's own: a resource for it would be watched for another 25 s", () => {
  expect(template.resources("aws_sqs_queue_policy")).toEqual({});
});

test("a separate policy of an earlier state is forgotten, not destroyed: that would take the policy off the queue", () => {
  expect(template.json).toMatchObject({
    removed: [{ from: "aws_sqs_queue_policy.failures_policy_EB2A135F", lifecycle: { destroy: false } }],
  });
});
