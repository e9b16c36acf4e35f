import { fieldsFor } from "../../../cli/start/local-fields";
import type { EnvironmentConfig } from "../../../config/schema";

const configured: Pick<EnvironmentConfig, "strategy" | "schedules"> = {
  strategy: { kind: "sfn-loop", horizon: 4 },
  schedules: [{ name: "heartbeat", interval: "10s", phase: "3s", payload: { greeting: "tick" } }],
};

test("without options the clock is the configured one", () => {
  expect(fieldsFor({}, configured)).toEqual({
    fields: { strategy: configured.strategy, schedules: configured.schedules },
    notes: [],
  });
});

test("the configured kind keeps its settings, another one has its defaults", () => {
  expect(fieldsFor({ strategy: "sfn-loop", pacing: "relative" }, configured).fields.strategy).toMatchObject({
    kind: "sfn-loop",
    horizon: 4,
    pacing: "relative",
  });
  expect(fieldsFor({ strategy: "lambda-clock", interval: "1m" }, configured).fields.strategy).toEqual({
    kind: "lambda-clock",
  });
});

test("another interval takes back what was measured against the old one, and is chosen if the strategy needs it", () => {
  const [schedule] = fieldsFor({ interval: "7s" }, configured).fields.schedules ?? [];
  expect(schedule).toEqual({ name: "heartbeat", interval: "7s", payload: { greeting: "tick" } });
  const { fields, notes } = fieldsFor({ strategy: "lambda-clock" }, configured);
  expect(fields.schedules).toMatchObject([{ interval: "1m" }]);
  expect(notes).toEqual(["heartbeat ticks every 1m instead of 10s: lambda-clock serves whole minutes"]);
});

test("a lead is set on every schedule", () => {
  expect(fieldsFor({ lead: "750ms" }, configured).fields.schedules).toMatchObject([{ phase: "3s", lead: "750ms" }]);
});
