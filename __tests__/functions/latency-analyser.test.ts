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

jest.mock("../../functions/runtime/environment", () => ({
  metricsVariables: () => [],
  optional: () => '["beat"]',
}));
const mockMeter = jest.fn();
jest.mock("../../functions/runtime/start-meter", () => ({
  startMeter:
    () =>
    (...start: unknown[]) =>
      mockMeter(...start),
}));

const SCHEDULE = clockOf(1);
const { tick, payload } = tickMessage(SCHEDULE, tickAt(SCHEDULE, MINUTE), MINUTE + 12);
const notification = (message: unknown) => ({ Records: [{ Sns: { Message: JSON.stringify(message) } }] }) as SNSEvent;

beforeEach(() => {
  mockLog.mockReset();
  mockMeter.mockReset();
});
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

test.each([
  [MINUTE - 650, 0],
  [MINUTE + 40, 40],
])("a start that its target holds is measured at the tick's instant at the earliest", async (now, skewMs) => {
  const held = tickMessage({ ...SCHEDULE, leadMs: 750 }, tickAt(SCHEDULE, MINUTE), MINUTE - 750);
  jest.spyOn(Date, "now").mockReturnValue(now);
  await handler(notification(held));
  expect(mockMeter.mock.calls).toEqual([[held.tick, MINUTE + skewMs]]);
});
