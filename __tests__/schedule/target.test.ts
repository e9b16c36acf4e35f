import { functionArns, isFifo, isFunction, isQueue, isTopic } from "../../schedule/target";
import { FUNCTION_ARN, QUEUE_ARN, TOPIC_ARN } from "../simulation/schedules";

test.each([
  [TOPIC_ARN, "topic"],
  ["arn:aws-cn:sns:cn-north-1:111111111111:sqs", "topic"],
  [FUNCTION_ARN, "function"],
  ["arn:aws:lambda:eu-central-1:111111111111:function:sns", "function"],
  [QUEUE_ARN, "queue"],
  ["arn:aws:sqs:eu-central-1:111111111111:sns", "queue"],
  ["${" + "aws_lambda_function.sample.arn}", "function"],
])("%s is a %s", (target, kind) => {
  const kinds = { topic: isTopic(target), queue: isQueue(target), function: isFunction(target) };
  expect(Object.entries(kinds).flatMap(([one, is]) => (is ? [one] : []))).toEqual([kind]);
});

test.each([
  [`${QUEUE_ARN}.fifo`, true],
  [QUEUE_ARN, false],
  [`${QUEUE_ARN}-fifo`, false],
])("%s is a FIFO queue: %s", (arn, fifo) => expect(isFifo(arn)).toBe(fifo));

test("the functions among targets: each once, with its version or alias and without", () => {
  expect(functionArns([`${FUNCTION_ARN}:live`, TOPIC_ARN, FUNCTION_ARN, QUEUE_ARN, `${FUNCTION_ARN}:3`])).toEqual([
    FUNCTION_ARN,
    `${FUNCTION_ARN}:live`,
    `${FUNCTION_ARN}:3`,
  ]);
  expect(functionArns([TOPIC_ARN, QUEUE_ARN])).toEqual([]);
});
