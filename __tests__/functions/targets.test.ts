import { tmpdir } from "node:os";
import { awsTargets, DispatchError, failureOf } from "../../functions/runtime/targets";
import { tickAt, tickMessage } from "../../schedule/tick";
import { readEvent } from "../../tick/src/read-event";
import { FUNCTION_ARN, MINUTE, QUEUE_ARN, scheduleOf, TOPIC_ARN } from "../simulation/schedules";
import { type AwsServer, accept, answerWith, startAwsServer, useEndpoint } from "./aws-server";
import { startBlackHole } from "./black-hole";

const SCHEDULE = scheduleOf(10, 0, { payload: ["ünïcödé", 1] });
const MESSAGE = tickMessage(SCHEDULE, tickAt(SCHEDULE, MINUTE), MINUTE + 1);
const LIMIT_MS = 2_000;

/** An error as the SDK throws it. */
const failed = (name: string, fields: object = {}) => Object.assign(new Error("said the service"), { name, ...fields });
const answered = (name: string, httpStatusCode: number) => failed(name, { $metadata: { httpStatusCode } });
const refusedConnection = failed("Error", { code: "ECONNREFUSED", syscall: "connect" });

describe("what an error says of the dispatch", () => {
  test.each([
    ["throttled", answered("TooManyRequestsException", 429), "refused"],
    ["throttled by SNS", answered("ThrottledException", 400), "refused"],
    ["throttled by SQS", answered("RequestThrottled", 403), "refused"],
    ["throttled by the key of a queue", answered("KmsThrottled", 400), "refused"],
    ["no such queue", answered("QueueDoesNotExist", 400), "rejected"],
    ["throttled by name only", failed("ThrottlingException"), "refused"],
    ["throttled with any status", answered("ThrottlingException", 500), "refused"],
    ["the service away", answered("ServiceUnavailable", 503), "refused"],
    ["the service out of order", answered("ServiceException", 500), "unknown"],
    ["a bad gateway", answered("BadGateway", 502), "unknown"],
    ["a gateway that waited in vain", answered("GatewayTimeout", 504), "unknown"],
    ["an acceptance that cannot be read", answered("SyntaxError", 202), "unknown"],
    ["no such function", answered("ResourceNotFoundException", 404), "rejected"],
    ["not allowed", answered("AccessDeniedException", 403), "rejected"],
    ["a payload too large", answered("RequestEntityTooLargeException", 413), "rejected"],
    ["sent elsewhere", answered("Moved", 301), "rejected"],
    ["nobody listens", refusedConnection, "refused"],
    ["no such host", failed("Error", { code: "ENOTFOUND" }), "refused"],
    ["no name service", failed("Error", { code: "EAI_AGAIN" }), "refused"],
    ["the network gives the connection up", failed("Error", { code: "ETIMEDOUT", syscall: "connect" }), "refused"],
    ["no address of several answers", failed("AggregateError", { errors: [refusedConnection] }), "refused"],
    ["one address broke off", failed("AggregateError", { errors: [refusedConnection, new Error()] }), "unknown"],
    ["no answer in time", failed("TimeoutError", { code: "ETIMEDOUT", $metadata: { attempts: 1 } }), "unknown"],
    ["the connection broken off", failed("Error", { code: "ECONNRESET", syscall: "read" }), "unknown"],
    ["a pipe broken", failed("Error", { code: "EPIPE", syscall: "write" }), "unknown"],
    ["an answer that cannot be read", new SyntaxError("Unexpected token"), "unknown"],
    ["no error at all", "text", "unknown"],
  ])("%s: %s is %s", (_, error, failure) => expect(failureOf(error)).toBe(failure));
});

describe("targets of AWS", () => {
  let server: AwsServer;
  beforeEach(async () => {
    server = await startAwsServer(accept);
  });
  afterEach(() => server.close());

  const dispatch = async (target: string) => (await awsTargets().prepare(target, MESSAGE, LIMIT_MS)).write();
  const failureOfDispatch = () =>
    dispatch(FUNCTION_ARN).then(
      () => undefined,
      (error) => error,
    );

  test("a function is invoked asynchronously with the message as its event", async () => {
    await dispatch(FUNCTION_ARN);
    const [request] = server.received;
    expect(decodeURIComponent(request?.url ?? "")).toContain(`/functions/${FUNCTION_ARN}/invocations`);
    expect(request?.headers["x-amz-invocation-type"]).toBe("Event");
    expect(JSON.parse(request?.body ?? "")).toEqual(MESSAGE);
    expect(server.received).toHaveLength(1);
  });

  test("a topic is published to, with nothing but the message", async () => {
    await dispatch(TOPIC_ARN);
    const body = Object.fromEntries(new URLSearchParams(server.received[0]?.body));
    expect(body).toEqual({
      Action: "Publish",
      Version: expect.any(String),
      TopicArn: TOPIC_ARN,
      Message: JSON.stringify(MESSAGE),
    });
    expect(server.received).toHaveLength(1);
  });

  /** The one request to SQS that the server got. */
  const sent = () => {
    expect(server.received).toHaveLength(1);
    const [request] = server.received;
    expect(request?.headers["x-amz-target"]).toBe("AmazonSQS.SendMessage");
    return JSON.parse(request?.body ?? "") as Record<string, string>;
  };

  test("a queue is sent the message, and nothing else, at the endpoint that the SDK is set to", async () => {
    const warn = jest.spyOn(console, "warn");
    await dispatch(QUEUE_ARN);
    expect(sent()).toEqual({
      QueueUrl: "https://sqs.eu-central-1.amazonaws.com/111111111111/heartbeat",
      MessageBody: JSON.stringify(MESSAGE),
    });
    expect(warn).not.toHaveBeenCalled();
  });

  test("a FIFO queue has a tick once, and the ticks of a schedule in order; in China too", async () => {
    await dispatch("arn:aws-cn:sqs:cn-north-1:111111111111:beats.fifo");
    expect(sent()).toEqual({
      QueueUrl: "https://sqs.cn-north-1.amazonaws.com.cn/111111111111/beats.fifo",
      MessageBody: JSON.stringify(MESSAGE),
      MessageDeduplicationId: MESSAGE.tick.id,
      MessageGroupId: SCHEDULE.name,
    });
  });

  test("a queue gets characters that SQS refuses as JSON escapes, and the package for targets reads them", async () => {
    const message = { ...MESSAGE, payload: "\ufffe \uffff \u{1f469}" };
    await (await awsTargets().prepare(QUEUE_ARN, message, LIMIT_MS)).write();
    const { MessageBody: body = "" } = sent();
    expect(body).not.toMatch(/[\ufffe\uffff]/);
    const event = { Records: [{ messageId: "a", body, attributes: { MessageGroupId: SCHEDULE.name } }] };
    expect(readEvent(event)).toEqual([{ message, record: { id: "a", group: SCHEDULE.name } }]);
  });

  test("a failure tells the target, how it failed and why, and is not repeated here", async () => {
    server.respond = answerWith(429);
    const error = await failureOfDispatch();
    expect(error).toBeInstanceOf(DispatchError);
    expect(error).toMatchObject({
      target: FUNCTION_ARN,
      failure: "refused",
      cause: { $metadata: { httpStatusCode: 429 } },
    });
    expect(error.message).toMatch(new RegExp(`^${FUNCTION_ARN}: `));
    expect(server.received).toHaveLength(1);
  });

  test.each([
    [500, "unknown"],
    [502, "unknown"],
    [503, "refused"],
    [504, "unknown"],
    [404, "rejected"],
  ])("an answer of %d is %s", async (status, failure) => {
    server.respond = answerWith(status);
    expect(await failureOfDispatch()).toMatchObject({ failure });
    expect(server.received).toHaveLength(1);
  });

  test("a connection that breaks off once the request was there is unknown", async () => {
    server.respond = ({ socket }) => void socket.destroy();
    expect(await failureOfDispatch()).toMatchObject({ failure: "unknown" });
  });

  test("a port at which nobody listens refuses", async () => {
    await server.close();
    const restore = useEndpoint(server.endpoint);
    expect(await failureOfDispatch()).toMatchObject({ failure: "refused" });
    restore();
  });

  test("a connection that does not come about is refused: nothing was sent", async () => {
    const hole = await startBlackHole();
    const restore = useEndpoint(hole.endpoint);
    try {
      const error = await failureOfDispatch();
      expect(error).toMatchObject({ failure: "refused", cause: { name: "TimeoutError" } });
      // What the installed @smithy/node-http-handler says. `failureOf` goes by it, because the error has no code.
      expect(error.message).toContain("the request socket did not establish a connection with the server");
    } finally {
      restore();
      await hole.close();
    }
  });

  test("a request that cannot be built is refused", async () => {
    delete process.env.AWS_ACCESS_KEY_ID;
    // No other source of credentials either.
    Object.assign(process.env, { AWS_EC2_METADATA_DISABLED: "true", HOME: tmpdir(), AWS_PROFILE: "" });
    for (const name of ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"])
      delete process.env[name];
    await expect(awsTargets().prepare(FUNCTION_ARN, MESSAGE, LIMIT_MS)).rejects.toMatchObject({ failure: "refused" });
    expect(server.received).toEqual([]);
  });
});
