import { scheduleSpec } from "../../config/schedule-spec";
import { schedule } from "./examples";

test("a schedule with as little as one may write", () => {
  expect(scheduleSpec(schedule({ interval: "10s" }), "sfn-loop")).toEqual({
    name: "heartbeat",
    strategy: "sfn-loop",
    intervalMs: 10_000,
    phaseMs: 0,
    catchUpMs: 10_000,
    payload: {},
  });
});

test("a schedule with every field", () => {
  const fields = { interval: "5m", phase: "2m", catchUpWindow: "30s", payload: null } as const;
  expect(scheduleSpec(schedule(fields), "lambda-clock")).toEqual({
    name: "heartbeat",
    strategy: "lambda-clock",
    intervalMs: 300_000,
    phaseMs: 120_000,
    catchUpMs: 30_000,
    payload: null,
  });
});

test("a duration that was never validated is refused", () => {
  expect(() => scheduleSpec(schedule({ interval: "10" as never }), "sfn-loop")).toThrow('"10" is not a duration');
});
