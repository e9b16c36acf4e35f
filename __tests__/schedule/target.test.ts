import { functionArns, isTopic } from "../../schedule/target";
import { FUNCTION_ARN, TOPIC_ARN } from "../simulation/schedules";

test.each([
  [TOPIC_ARN, true],
  ["arn:aws-cn:sns:cn-north-1:111111111111:beat.fifo", true],
  [FUNCTION_ARN, false],
  ["arn:aws:lambda:eu-central-1:111111111111:function:sns", false],
  ["arn:aws:sqs:eu-central-1:111111111111:sns", false],
])("%s is a topic: %s", (target, topic) => expect(isTopic(target)).toBe(topic));

test("the functions among targets: each once, with its version or alias and without", () => {
  expect(functionArns([`${FUNCTION_ARN}:live`, TOPIC_ARN, FUNCTION_ARN, `${FUNCTION_ARN}:3`])).toEqual([
    FUNCTION_ARN,
    `${FUNCTION_ARN}:live`,
    `${FUNCTION_ARN}:3`,
  ]);
  expect(functionArns([TOPIC_ARN])).toEqual([]);
});
