import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../../functions/runtime/clock";
import { awsTargets, type PreparedDispatch } from "../../functions/runtime/targets";
import { tickAt, tickMessage } from "../../schedule/tick";
import { FUNCTION_ARN, MINUTE, QUEUE_ARN, scheduleOf, TOPIC_ARN } from "../simulation/schedules";
import { type AwsServer, accept, startAwsServer } from "./aws-server";

const SCHEDULE = scheduleOf(10);
const MESSAGE = tickMessage(SCHEDULE, tickAt(SCHEDULE, MINUTE), MINUTE);
const LIMIT_MS = 5_000;

let server: AwsServer;
beforeEach(async () => {
  server = await startAwsServer(accept);
});
afterEach(() => server.close());

/** Time enough for a request to arrive that should not have been sent. */
const lookTwice = () => sleep(50);

const prepareAll = (targets: readonly string[]) => {
  const aws = awsTargets();
  return Promise.all(targets.map((target) => aws.prepare(target, MESSAGE, LIMIT_MS)));
};

describe.each([
  ["a function", FUNCTION_ARN],
  ["a topic", TOPIC_ARN],
  ["a queue", QUEUE_ARN],
])("the dispatch to %s", (_, target) => {
  test("is signed when it is prepared, and sent when it is written", async () => {
    const [prepared] = await prepareAll([target]);
    await lookTwice();
    expect([server.connections, server.received]).toEqual([[], []]);
    const order = Date.now();
    const { writtenAt, answeredAt, cpuMs } = await (prepared as PreparedDispatch).write();
    expect(server.received.map(({ headers }) => headers.authorization)).toEqual([
      expect.stringMatching(/^AWS4-HMAC-SHA256 Credential=.*Signature=/),
    ]);
    expect(writtenAt).toBeGreaterThanOrEqual(order);
    expect(answeredAt).toBeGreaterThanOrEqual(writtenAt);
    expect(cpuMs).toBeGreaterThan(0);
  });

  test("that is dropped is never sent, and leaves no connection, no timer and no rejection that nobody handles", async () => {
    const unhandled = jest.fn();
    process.on("unhandledRejection", unhandled);
    const before = process.getActiveResourcesInfo().sort();
    for (const prepared of await prepareAll([target, target])) prepared.abandon();
    await new Promise((resolve) => setImmediate(resolve));
    expect(process.getActiveResourcesInfo().sort()).toEqual(before);
    await lookTwice();
    expect([server.connections, server.received]).toEqual([[], []]);
    expect(unhandled).not.toHaveBeenCalled();
    process.off("unhandledRejection", unhandled);
  });
});

test("a request that waits for a connection is written when it has got one, and not when it was to be written", async () => {
  const answers: (() => void)[] = [];
  server.respond = (request, response, nth) => void answers.push(() => accept(request, response, nth));
  const prepared = await prepareAll(Array(4).fill(FUNCTION_ARN));
  const written = prepared.map((one) => one.write());
  while (answers.length < 3) await sleep(1);
  await lookTwice();
  expect(answers).toHaveLength(3);
  const firstAnswer = Date.now();
  answers.shift()?.();
  while (answers.length < 3) await sleep(1);
  for (const answer of answers) answer();
  const instants = (await Promise.all(written)).map(({ writtenAt }) => writtenAt);
  expect(instants.filter((at) => at >= firstAnswer)).toHaveLength(1);
  expect(server.connections).toHaveLength(3);
});

test("a request on a new connection is written when that is open, and one on a known connection at once", async () => {
  let connected = 0;
  const watch = (message: unknown) =>
    void (message as { request: ClientRequest }).request.socket?.prependOnceListener("connect", () => {
      connected += 1;
    });
  subscribe("http.client.request.start", watch);
  const aws = awsTargets({ ...systemClock, now: () => connected });
  const write = async () => (await aws.prepare(FUNCTION_ARN, MESSAGE, LIMIT_MS)).write();
  expect((await write()).writtenAt).toBe(1);
  expect((await write()).writtenAt).toBe(1);
  expect(server.connections).toHaveLength(1);
  unsubscribe("http.client.request.start", watch);
});
