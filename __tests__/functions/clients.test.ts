import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { dynamoLedger } from "../../functions/runtime/ledger";
import { awsTargets } from "../../functions/runtime/targets";
import { iso, tickAt, tickMessage } from "../../schedule/tick";
import { FUNCTION_ARN, MINUTE, scheduleOf, TOPIC_ARN } from "../simulation/schedules";
import { type AwsServer, type Respond, startAwsServer, withhold } from "./aws-server";

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

/** Each kind of request that a function sends, how often it is tried, and how long an answer is waited for each time, in ms. */
const REQUESTS: [string, number, number | null, () => Promise<unknown>][] = [
  ["a claim of a tick", 3, 300, () => dynamoLedger("ledger").claimTick(TICK, "call")],
  ["an invocation", 1, 200, async () => (await awsTargets().prepare(FUNCTION_ARN, MESSAGE, 200)).write()],
  ["a publish", 1, 200, async () => (await awsTargets().prepare(TOPIC_ARN, MESSAGE, 200)).write()],
  ["a connection opened to Lambda", 2, null, () => awsTargets().warm([FUNCTION_ARN])],
  ["a connection opened to SNS", 2, null, () => awsTargets().warm([TOPIC_ARN])],
  [
    "the duplicate check",
    3,
    1_000,
    async () => {
      jest.resetModules();
      const { handler } = await import("../../functions/duplicate-check/index");
      return handler({ stateMachine: "arn:machine", execution: "arn:self", startedAt: iso(MINUTE) });
    },
  ],
];

test.each(REQUESTS)("%s that gets no answer ends, after %d tries of %d ms", async (_, tries, limitMs, send) => {
  server = await startAwsServer(withhold);
  const error = await send().then(
    () => null,
    ({ message }) => message,
  );
  const expected = limitMs && expect.stringContaining(`exceeded the configured ${limitMs} ms requestTimeout`);
  expect([error, server.received.length]).toEqual([expected, tries]);
});

test.each(REQUESTS.filter(([what]) => ["a claim of a tick", "an invocation"].includes(what)))(
  "%s whose answer stops halfway ends",
  async (_, __, ___, send) => {
    server = await startAwsServer(half);
    await expect(send()).rejects.toThrow();
  },
);

test("no function creates a client of the SDK but by createClient", async () => {
  server = await startAwsServer(withhold);
  const directory = join(__dirname, "..", "..", "functions");
  const sources = readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  const creates = (name: string) => /new \w*Client\(/.test(readFileSync(join(directory, name), "utf8"));
  expect(sources.filter(creates)).toEqual([join("runtime", "clients.ts")]);
});
