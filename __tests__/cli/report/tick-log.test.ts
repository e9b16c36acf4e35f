import { parseTickLine } from "../../../cli/report/tick-log";
import { HEARTBEAT, START, tickOf } from "./events";

const TICK = tickOf(HEARTBEAT, START, 3);
const { dispatchedAt: _, ...PLANNED } = TICK;
const STARTED_AT = "2026-11-22T18:25:10.065Z";

function line(message: string, fields: object): string {
  return JSON.stringify({
    level: "INFO",
    message,
    service: "iterator",
    timestamp: "2026-11-22T18:25:10.004Z",
    ...fields,
  });
}

test.each([
  ["tick.dispatched", { tick: TICK, late: false, attempts: 2 }, { tick: TICK, attempts: 2 }],
  ["tick.dispatched", { tick: TICK, attempts: 1, error: "B: down" }, { tick: TICK, attempts: 1, error: "B: down" }],
  ["tick.missed", { tick: PLANNED, reason: "expired" }, { tick: PLANNED, reason: "expired" }],
  ["tick.suppressed", { tick: PLANNED }, { tick: PLANNED }],
  ["tick.started", { tick: TICK, startedAt: STARTED_AT }, { tick: TICK, startedAt: STARTED_AT }],
  ["tick.measured", { tick: TICK, startedAt: STARTED_AT, latencyMs: 62 }, { tick: TICK, startedAt: STARTED_AT }],
  [
    "run.planned",
    { schedule: "heartbeat", run: "r1", minutes: [29_922_865], count: 5, from: null },
    { schedule: "heartbeat", run: "r1", minutes: [29_922_865], count: 5, from: null },
  ],
  [
    "schedule.paused",
    { schedule: "heartbeat", from: STARTED_AT, to: STARTED_AT },
    { schedule: "heartbeat", from: STARTED_AT, to: STARTED_AT, note: "" },
  ],
  [
    "schedule.paused",
    { schedule: "heartbeat", from: STARTED_AT, to: STARTED_AT, note: "migration" },
    { schedule: "heartbeat", from: STARTED_AT, to: STARTED_AT, note: "migration" },
  ],
])("reads %s", (kind, fields, expected) => {
  expect(parseTickLine(line(kind, fields))).toEqual({ kind, source: "iterator", ...expected });
});

test("reads the fields also inside an object `message`, as Lambda's JSON log format wraps them", () => {
  const inner = { message: "tick.started", tick: TICK, startedAt: STARTED_AT, service: "sample-target" };
  const wrapped = JSON.stringify({ timestamp: STARTED_AT, level: "INFO", requestId: "1", message: inner });
  expect(parseTickLine(wrapped)).toMatchObject({
    kind: "tick.started",
    source: "sample-target",
    startedAt: STARTED_AT,
  });
});

test("the reader's source goes before the line's service", () => {
  const text = line("tick.suppressed", { tick: PLANNED });
  expect(parseTickLine(text, "/aws/lambda/iterator")?.source).toBe("/aws/lambda/iterator");
});

test("a tick of relative pacing has no scheduledAt", () => {
  const tick = { ...TICK, scheduledAt: null };
  expect(parseTickLine(line("tick.dispatched", { tick, attempts: 1 }))).toMatchObject({ tick: { scheduledAt: null } });
});

test.each([
  "",
  "START RequestId: 8f5e Version: $LATEST",
  "REPORT RequestId: 8f5e\tDuration: 12.3 ms",
  'TypeError: the event carries no tick: {"tick.id"',
  '"tick.started"',
  '["tick.started"]',
  '{"message":"tick.unheard-of"}',
  '{"message":"tick.started"}',
  '{"message":{"message":["tick.started"]}}',
  line("tick.dispatched", { tick: PLANNED, attempts: 1 }),
  line("tick.dispatched", { tick: { ...TICK, scheduledAt: "soon" }, attempts: 1 }),
  line("tick.started", { tick: TICK, startedAt: null }),
  line("tick.missed", { tick: PLANNED, reason: "tick.whim" }),
  line("run.planned", { schedule: "heartbeat", run: "r1", minutes: ["1"], count: 5, from: null }),
])("ignores %s", (text) => {
  expect(parseTickLine(text)).toBeUndefined();
});
