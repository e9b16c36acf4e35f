import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetTopicAttributesCommand, PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { awsTargets, DispatchError, failureOf } from "../../functions/runtime/targets";
import { tickAt, tickMessage } from "../../schedule/tick";
import { FUNCTION_ARN, MINUTE, scheduleOf, TOPIC_ARN } from "../simulation/schedules";

const SCHEDULE = scheduleOf(10, 0, { payload: ["ünïcödé", 1] });
const MESSAGE = tickMessage(SCHEDULE, tickAt(SCHEDULE, MINUTE), MINUTE + 1);

/** An error as the SDK throws it. */
const failed = (name: string, fields: object = {}) => Object.assign(new Error("said the service"), { name, ...fields });
const answered = (name: string, httpStatusCode: number) => failed(name, { $metadata: { httpStatusCode } });

describe("what an error says of the dispatch", () => {
  test.each([
    ["throttled", answered("TooManyRequestsException", 429), "refused"],
    ["throttled by SNS", answered("ThrottledException", 400), "refused"],
    ["throttled by name only", failed("ThrottlingException"), "refused"],
    ["the service out of order", answered("ServiceException", 500), "refused"],
    ["the service away", answered("ServiceUnavailable", 503), "refused"],
    ["no such function", answered("ResourceNotFoundException", 404), "rejected"],
    ["not allowed", answered("AccessDeniedException", 403), "rejected"],
    ["a payload too large", answered("RequestEntityTooLargeException", 413), "rejected"],
    ["nobody listens", failed("Error", { code: "ECONNREFUSED" }), "refused"],
    ["no such host", failed("Error", { code: "ENOTFOUND" }), "refused"],
    ["no name service", failed("Error", { code: "EAI_AGAIN" }), "refused"],
    ["no answer in time", failed("TimeoutError", { $metadata: { attempts: 1 } }), "unknown"],
    ["the connection broken off", failed("Error", { code: "ECONNRESET" }), "unknown"],
    ["a pipe broken", failed("Error", { code: "EPIPE" }), "unknown"],
    ["an answer that cannot be read", new SyntaxError("Unexpected token"), "unknown"],
    ["no error at all", "text", "unknown"],
  ])("%s: %s is %s", (_, error, failure) => expect(failureOf(error)).toBe(failure));
});

describe("targets of AWS", () => {
  const invoke = jest.spyOn(LambdaClient.prototype, "send");
  const publish = jest.spyOn(SNSClient.prototype, "send");
  const region = process.env.AWS_REGION;
  beforeAll(() => {
    process.env.AWS_REGION = "eu-central-1";
  });
  afterAll(() => {
    if (region === undefined) delete process.env.AWS_REGION;
    else process.env.AWS_REGION = region;
    jest.restoreAllMocks();
  });
  beforeEach(() => {
    invoke.mockReset().mockImplementation(() => Promise.resolve({}));
    publish.mockReset().mockImplementation(() => Promise.resolve({}));
  });

  test("a function is invoked asynchronously with the message as its event", async () => {
    await awsTargets().dispatch(FUNCTION_ARN, MESSAGE);
    const [command] = invoke.mock.calls[0] as unknown as [InvokeCommand];
    expect(command).toBeInstanceOf(InvokeCommand);
    expect(command.input).toMatchObject({ FunctionName: FUNCTION_ARN, InvocationType: "Event" });
    expect(JSON.parse(command.input.Payload as unknown as string)).toEqual(MESSAGE);
    expect(publish).not.toHaveBeenCalled();
  });

  test("a topic is published to, with nothing but the message", async () => {
    await awsTargets().dispatch(TOPIC_ARN, MESSAGE);
    const [command] = publish.mock.calls[0] as unknown as [PublishCommand];
    expect(command).toBeInstanceOf(PublishCommand);
    expect(command.input).toEqual({ TopicArn: TOPIC_ARN, Message: JSON.stringify(MESSAGE) });
    expect(invoke).not.toHaveBeenCalled();
  });

  test("a failure tells the target, how it failed and why", async () => {
    const cause = answered("TooManyRequestsException", 429);
    invoke.mockImplementation(() => Promise.reject(cause));
    const error = await awsTargets()
      .dispatch(FUNCTION_ARN, MESSAGE)
      .catch((reason) => reason);
    expect(error).toBeInstanceOf(DispatchError);
    expect(error).toMatchObject({
      target: FUNCTION_ARN,
      failure: "refused",
      cause,
      message: `${FUNCTION_ARN}: TooManyRequestsException: said the service`,
    });
    expect(invoke).toHaveBeenCalledTimes(1);
  });

  test("warming a function runs nothing, and warming a topic publishes nothing", async () => {
    await awsTargets().warm(FUNCTION_ARN);
    await awsTargets().warm(TOPIC_ARN);
    const inputs = (mock: jest.SpyInstance) => mock.mock.calls.map(([command]) => (command as InvokeCommand).input);
    expect(inputs(invoke)).toEqual([{ FunctionName: FUNCTION_ARN, InvocationType: "DryRun" }]);
    expect(inputs(publish)).toEqual([{ TopicArn: TOPIC_ARN }]);
    expect(publish.mock.calls[0]?.[0]).toBeInstanceOf(GetTopicAttributesCommand);
  });

  test("warming tries once more, for a connection that had died, and never throws", async () => {
    invoke.mockImplementation(() => Promise.reject(answered("AccessDeniedException", 403)));
    await expect(awsTargets().warm(FUNCTION_ARN)).resolves.toBeUndefined();
    expect(invoke).toHaveBeenCalledTimes(2);
  });
});
