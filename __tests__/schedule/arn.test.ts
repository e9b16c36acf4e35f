import { arn, functionArns, globalArn, isTopic, partitionArn } from "../../schedule/arn";
import { FUNCTION_ARN, TOPIC_ARN } from "../simulation/schedules";

test.each([
  [TOPIC_ARN, true],
  ["arn:aws-cn:sns:cn-north-1:111111111111:beat.fifo", true],
  [FUNCTION_ARN, false],
  ["arn:aws:lambda:eu-central-1:111111111111:function:sns", false],
  ["arn:aws:sqs:eu-central-1:111111111111:sns", false],
])("%s is a topic: %s", (target, topic) => expect(isTopic(target)).toBe(topic));

test.each([
  ["eu-central-1", "arn:aws:events:eu-central-1:111111111111:rule/beat"],
  ["us-east-1", "arn:aws:events:us-east-1:111111111111:rule/beat"],
  ["cn-north-1", "arn:aws-cn:events:cn-north-1:111111111111:rule/beat"],
  ["us-gov-west-1", "arn:aws-us-gov:events:us-gov-west-1:111111111111:rule/beat"],
])("an ARN in %s is of the region's partition", (region, expected) => {
  expect(arn("events", region, "111111111111", "rule/beat")).toBe(expected);
});

test.each([
  ["eu-central-1", "arn:aws"],
  ["cn-north-1", "arn:aws-cn"],
])("what is in no region, or in no account either, is of the partition of %s", (region, start) => {
  expect(globalArn("iam", region, "111111111111", "role/beat")).toBe(`${start}:iam::111111111111:role/beat`);
  expect(partitionArn("s3", region, "a-bucket")).toBe(`${start}:s3:::a-bucket`);
});

test("the functions among targets: each once, with its version or alias and without", () => {
  expect(functionArns([`${FUNCTION_ARN}:live`, TOPIC_ARN, FUNCTION_ARN, `${FUNCTION_ARN}:3`])).toEqual([
    FUNCTION_ARN,
    `${FUNCTION_ARN}:live`,
    `${FUNCTION_ARN}:3`,
  ]);
  expect(functionArns([TOPIC_ARN])).toEqual([]);
});
