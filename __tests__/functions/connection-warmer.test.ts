import { awsTargets } from "../../functions/runtime/targets";
import { tickAt, tickMessage } from "../../schedule/tick";
import { FUNCTION_ARN, MINUTE, QUEUE_ARN, scheduleOf, TOPIC_ARN } from "../simulation/schedules";
import { type AwsServer, accept, answerWith, startAwsServer } from "./aws-server";

const SCHEDULE = scheduleOf(10);
const MESSAGE = tickMessage(SCHEDULE, tickAt(SCHEDULE, MINUTE), MINUTE);

let server: AwsServer;
let now: number;
const clock = { now: () => now, waitUntil: async () => undefined };
beforeEach(async () => {
  now = MINUTE;
  server = await startAwsServer(accept);
});
afterEach(() => server.close());

test("warming a function runs nothing, a topic publishes nothing, and a queue sends nothing", async () => {
  await awsTargets(clock).warm([FUNCTION_ARN, TOPIC_ARN, QUEUE_ARN]);
  const of = (url: RegExp) => server.received.filter((request) => url.test(request.url));
  expect(of(/functions/).map(({ headers }) => headers["x-amz-invocation-type"])).toEqual(["DryRun"]);
  const [queues, topics] = [true, false].map((is) =>
    of(/^\/$/).filter(({ headers }) => is === "x-amz-target" in headers),
  );
  expect(topics?.map(({ body }) => new URLSearchParams(body).get("Action"))).toEqual(["GetTopicAttributes"]);
  expect(queues?.map(({ headers, body }) => [headers["x-amz-target"], JSON.parse(body)])).toEqual([
    ["AmazonSQS.GetQueueUrl", { QueueName: "heartbeat" }],
  ]);
});

test("a message to a queue goes by the connection that was opened for it", async () => {
  const aws = awsTargets(clock);
  await aws.warm([QUEUE_ARN]);
  await (await aws.prepare(QUEUE_ARN, MESSAGE, 2_000)).write();
  expect([server.received.length, server.connections.length]).toEqual([2, 1]);
});

test.each([
  [1, 1],
  [3, 3],
  [14, 3],
])("%d targets of one service have %d connections opened, which their dispatches use", async (targets, connections) => {
  const aws = awsTargets(clock);
  const arns = Array.from({ length: targets }, (_, k) => `${FUNCTION_ARN}-${k}`);
  await aws.warm(arns);
  expect([server.received.length, server.connections.length]).toEqual([connections, connections]);
  const prepared = await Promise.all(arns.map((arn) => aws.prepare(arn, MESSAGE, 2_000)));
  await Promise.all(prepared.map((one) => one.write()));
  expect([server.received.length, server.connections.length]).toEqual([connections + targets, connections]);
});

test("a function for many schedules may keep more connections", async () => {
  const arns = Array.from({ length: 14 }, (_, k) => `${FUNCTION_ARN}-${k}`);
  await awsTargets(clock, 10).warm(arns);
  expect([server.received.length, server.connections.length]).toEqual([10, 10]);
});

test("schedules that warm one after the other share the connections", async () => {
  const aws = awsTargets(clock);
  await Promise.all(Array.from({ length: 14 }, (_, k) => aws.warm([`${TOPIC_ARN}-${k}`])));
  await aws.warm([TOPIC_ARN]);
  expect([server.received.length, server.connections.length]).toEqual([3, 3]);
});

test("a connection that has not been used for 5 s is asked again", async () => {
  const aws = awsTargets(clock);
  for (const after of [0, 4_999, 5_000]) {
    now = MINUTE + after;
    await aws.warm([FUNCTION_ARN]);
  }
  expect(server.received).toHaveLength(3);
});

test("a connection that has died meanwhile is replaced before the dispatch needs it", async () => {
  const aws = awsTargets(clock);
  await aws.warm([FUNCTION_ARN]);
  // It takes the request and gives no answer, as a connection does whose other end is gone.
  server.respond = (request, response, nth) => {
    if (request.socket !== server.connections[0]) accept(request, response, nth);
  };
  now += 10_000;
  await aws.warm([FUNCTION_ARN]);
  const dispatch = await aws.prepare(FUNCTION_ARN, MESSAGE, 2_000);
  await dispatch.write();
  expect(server.connections).toHaveLength(2);
});

test.each([
  ["refuses", answerWith(403), 1],
  ["breaks off", ({ socket }: { socket: { destroy(): void } }) => void socket.destroy(), 2],
])("warming never throws: a service that %s is asked %d times", async (_, respond, times) => {
  server.respond = respond;
  await expect(awsTargets(clock).warm([FUNCTION_ARN])).resolves.toBeUndefined();
  expect(server.received).toHaveLength(times);
});

test("connections that could not be opened are tried again by the next that needs them", async () => {
  server.respond = ({ socket }) => void socket.destroy();
  const aws = awsTargets(clock);
  await aws.warm([FUNCTION_ARN]);
  server.respond = accept;
  await aws.warm([FUNCTION_ARN]);
  expect(server.received).toHaveLength(3);
});
