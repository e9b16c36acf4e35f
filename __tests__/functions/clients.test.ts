import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { dynamoLedger } from "../../functions/runtime/ledger";
import { awsTargets } from "../../functions/runtime/targets";
import { iso, tickAt, tickMessage } from "../../schedule/tick";
import { FUNCTION_ARN, MINUTE, QUEUE_ARN, scheduleOf, TOPIC_ARN } from "../simulation/schedules";
import { type AwsServer, accept, type Respond, startAwsServer, withhold } from "./aws-server";

jest.setTimeout(20_000);
jest.mock("../../functions/runtime/log", () => ({ createLog: () => () => undefined }));

const SCHEDULE = scheduleOf(10);
const TICK = tickAt(SCHEDULE, MINUTE);
const MESSAGE = tickMessage(SCHEDULE, TICK, MINUTE);

/** Begins an answer, and never ends it. */
const half: Respond = (_, response) =>
  void response.writeHead(200, { "content-type": "application/json", "content-length": "100" }).write('{"a":');

let server: AwsServer;
afterEach(() => server.close());

/** What a function asks of services: its name, how often it is tried, how long an answer is waited for each time, in ms. */
type Asked = [what: string, tries: number, limitMs: number, create: () => Promise<() => Promise<unknown>>];

const dispatchTo = (target: string) => async () => {
  const targets = awsTargets();
  return async () => (await targets.prepare(target, MESSAGE, 200)).write();
};

const REQUESTS: Asked[] = [
  [
    "a claim",
    3,
    300,
    async () => {
      const ledger = dynamoLedger("ledger");
      return () => ledger.claimTick(TICK, "call");
    },
  ],
  ["an invocation", 1, 200, dispatchTo(FUNCTION_ARN)],
  ["a publish", 1, 200, dispatchTo(TOPIC_ARN)],
  ["a message to a queue", 1, 200, dispatchTo(QUEUE_ARN)],
  [
    "the duplicate check",
    3,
    1_000,
    async () => {
      jest.resetModules();
      const { handler } = await import("../../functions/duplicate-check/index");
      return () => handler({ stateMachine: "arn:machine", execution: "arn:self", startedAt: iso(MINUTE) });
    },
  ],
];

test.each(REQUESTS)("%s that gets no answer ends, after %d tries of %d ms", async (_, tries, limitMs, create) => {
  server = await startAwsServer(accept);
  const ask = await create();
  await ask();
  server.respond = withhold;
  await expect(ask()).rejects.toThrow(`exceeded the configured ${limitMs} ms requestTimeout`);
  expect(server.received).toHaveLength(1 + tries);
});

test("a service that has not answered yet has longer, because the first connections of a small function take long", async () => {
  server = await startAwsServer(withhold);
  const ask = await dispatchTo(FUNCTION_ARN)();
  await expect(ask()).rejects.toThrow("exceeded the configured 2000 ms requestTimeout");
});

test("an answer that stops halfway ends the request, and what may have arrived is unknown", async () => {
  server = await startAwsServer(half);
  const ask = await dispatchTo(FUNCTION_ARN)();
  await expect(ask()).rejects.toMatchObject({ failure: "unknown" });
});

test("the wait for a free connection is not part of a request's limit", async () => {
  server = await startAwsServer(accept);
  const targets = awsTargets();
  await (await targets.prepare(FUNCTION_ARN, MESSAGE, 400)).write();
  server.respond = (request, response, nth) => void setTimeout(() => accept(request, response, nth), 150);
  const prepared = await Promise.all(Array.from({ length: 12 }, () => targets.prepare(FUNCTION_ARN, MESSAGE, 400)));
  // Four rounds of 150 ms on three connections.
  await expect(Promise.all(prepared.map((one) => one.write()))).resolves.toHaveLength(12);
});

test("no function creates a client of the SDK but by createClient", async () => {
  server = await startAwsServer(withhold);
  const directory = join(__dirname, "..", "..", "functions");
  const sources = readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  const creates = (name: string) => /new \w*Client\(/.test(readFileSync(join(directory, name), "utf8"));
  expect(sources.filter(creates)).toEqual([join("runtime", "clients.ts")]);
});
