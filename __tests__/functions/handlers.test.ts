import type { Context } from "aws-lambda";
import type { IteratorEvent } from "../../functions/iterator/index";
import type { Ledger } from "../../functions/runtime/ledger";
import type { TickMessage } from "../../schedule/tick";
import { clockOf, loopOf, MINUTE } from "../simulation/schedules";

const mockClaims: string[][] = [];
const mockDispatched: TickMessage[] = [];
const mockTables: string[] = [];
jest.mock("../../functions/runtime/clock", () => ({
  systemClock: { now: () => mockNow, waitUntil: async () => undefined },
}));
jest.mock("../../functions/runtime/log", () => ({ createLog: () => () => undefined }));
jest.mock("../../functions/runtime/hand-pauses", () => ({ dynamoPauses: () => ({ of: async () => undefined }) }));
jest.mock("../../functions/runtime/ledger", () => ({
  LEDGER_LIMITS: { tries: 1, answerWithinMs: 1 },
  dynamoLedger: (table: string): Ledger => {
    mockTables.push(table);
    return {
      claimMinute: async (_, __, run) => ({ won: mockClaims.push(["minute", run]) > 0 }) as { won: true },
      claimTick: async (tick, call) => ({ won: mockClaims.push([tick.id, call]) > 0 }) as { won: true },
    };
  },
}));
jest.mock("../../functions/runtime/targets", () => ({
  awsTargets: () => ({
    prepare: async (_: string, message: TickMessage) => ({
      write: async () => {
        mockDispatched.push(message);
        return { writtenAt: mockNow, answeredAt: mockNow, cpuMs: 0 };
      },
    }),
    warm: async () => undefined,
  }),
}));

const mockNow = MINUTE + 59_500;
const context = { awsRequestId: "request-1" } as Context;
const PAYLOAD = { "path.$": "$.not.a.path", nested: [null, "ü"] };

beforeEach(() => {
  jest.resetModules();
  for (const list of [mockClaims, mockDispatched, mockTables]) list.length = 0;
  process.env.LEDGER_TABLE = "metronome-ledger";
  process.env.ROLE = "serving";
  process.env.PAUSED = "[]";
});
afterEach(() => {
  delete process.env.LEDGER_TABLE;
  delete process.env.ROLE;
  delete process.env.PAUSED;
  delete process.env.SCHEDULES;
  delete process.env.HORIZON;
});

const CALL = expect.stringMatching(/^request-1\/[0-9a-f-]{36}$/);

test("the Iterator reads the payload from its text, claims for its execution, and dispatches as this request", async () => {
  const { handler } = await import("../../functions/iterator/index");
  const event: IteratorEvent = {
    iterator: { index: 0, count: 0 },
    execution: "arn:execution",
    schedule: { ...loopOf(10), payload: JSON.stringify(PAYLOAD) },
  };
  expect(await handler(event, context)).toMatchObject({ index: 7, continue: true, wakeAt: "2026-11-22T18:26:09.000Z" });
  expect(mockTables).toEqual(["metronome-ledger"]);
  expect(mockClaims).toEqual([...Array(3).fill(["minute", "arn:execution"]), ["beat-1795371960", CALL]]);
  expect(mockDispatched.map(({ payload }) => payload)).toEqual([PAYLOAD]);
});

test("LambdaClock reads its schedules from its environment, and publishes as this request", async () => {
  process.env.SCHEDULES = JSON.stringify([clockOf(1, { payload: PAYLOAD })]);
  process.env.HORIZON = "1";
  const { handler } = await import("../../functions/lambda-clock/index");
  await handler({ time: "2026-11-22T18:25:30Z" }, context);
  expect(mockClaims).toEqual([["beat-1795371960", CALL]]);
  expect(mockDispatched.map(({ payload }) => payload)).toEqual([PAYLOAD]);
});

test.each(["iterator", "lambda-clock"])("%s without its ledger's name does not start", async (name) => {
  delete process.env.LEDGER_TABLE;
  await expect(import(`../../functions/${name}/index`)).rejects.toThrow("environment variable LEDGER_TABLE is not set");
});

test("two deliveries of one asynchronous event, which bear one request id, claim as two", async () => {
  process.env.SCHEDULES = JSON.stringify([clockOf(1)]);
  process.env.HORIZON = "1";
  const { handler } = await import("../../functions/lambda-clock/index");
  await Promise.all([
    handler({ time: "2026-11-22T18:25:30Z" }, context),
    handler({ time: "2026-11-22T18:25:30Z" }, context),
  ]);
  expect(new Set(mockClaims.map(([, claimant]) => claimant)).size).toBe(2);
});
