import type { SNSEvent } from "aws-lambda";
import { handler } from "../../functions/latency-analyser/index";
import { tickAt, tickMessage } from "../../schedule/tick";
import { clockOf, MINUTE } from "../simulation/schedules";

const mockLog = jest.fn();
jest.mock("../../functions/runtime/log", () => ({
  createLog:
    () =>
    (...line: unknown[]) =>
      mockLog(...line),
}));

const SCHEDULE = clockOf(1);
const { tick, payload } = tickMessage(SCHEDULE, tickAt(SCHEDULE, MINUTE), MINUTE + 12);
const notification = (message: unknown) => ({ Records: [{ Sns: { Message: JSON.stringify(message) } }] }) as SNSEvent;

beforeEach(() => mockLog.mockReset());
afterEach(() => jest.restoreAllMocks());

test.each([
  [492, "2026-11-22T18:25:00.492Z", 480],
  [12, "2026-11-22T18:25:00.012Z", 0],
  [7, "2026-11-22T18:25:00.007Z", -5],
])(
  "a message that comes %d ms after second 0 is measured from its publish on, with its sign",
  async (ms, startedAt, latencyMs) => {
    jest.spyOn(Date, "now").mockReturnValue(MINUTE + ms);
    await handler(notification({ tick, payload }));
    expect(mockLog.mock.calls).toEqual([[{ kind: "tick.measured", tick, startedAt, latencyMs }]]);
  },
);

test("a message that carries no tick fails, so that it shows in the function's errors", async () => {
  await expect(handler(notification({ alarm: true }))).rejects.toThrow(TypeError);
  expect(mockLog).not.toHaveBeenCalled();
});
