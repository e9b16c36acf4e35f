import { parseTickLine, type TickEvent } from "../../../cli/report/tick-log";
import { EVENTS } from "../../../schedule/events";
import { HEARTBEAT, START, tickOf } from "./events";

const TICK = tickOf(HEARTBEAT, START, 3);
const { dispatchedAt: _, ...PLANNED } = TICK;
type TickFields = TickEvent extends infer E ? (E extends TickEvent ? Omit<E, "source"> : never) : never;
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

const PAUSED = { schedule: "heartbeat", from: STARTED_AT, to: STARTED_AT };

/** An event of each kind that a report reads, as deployed functions log it. */
const LOGGED: TickFields[] = [
  { kind: "tick.dispatched", tick: TICK, late: false, attempts: 2 },
  { kind: "tick.dispatched", tick: TICK, late: true, attempts: 1, error: "B: down" },
  { kind: "tick.missed", tick: PLANNED, reason: "expired" },
  { kind: "tick.suppressed", tick: PLANNED },
  { kind: "tick.started", tick: TICK, startedAt: STARTED_AT },
  { kind: "tick.measured", tick: TICK, startedAt: STARTED_AT, latencyMs: 62 },
  { kind: "run.planned", schedule: "heartbeat", run: "r1", minutes: [29_922_865], count: 5, from: null },
  { kind: "clock.planned", run: "r1", minutes: [29_922_865], bursts: 6, count: 5, from: null },
  { kind: "schedule.paused", ...PAUSED },
];

test.each(LOGGED)("reads $kind with every field that a function logs", ({ kind, ...fields }) => {
  expect(parseTickLine(line(kind, fields), "/aws/lambda/iterator")).toEqual({
    kind,
    source: "/aws/lambda/iterator",
    ...fields,
  });
  for (const name of Object.keys(fields).filter((one) => one !== "error")) {
    expect(parseTickLine(line(kind, { ...fields, [name]: undefined }))).toBeUndefined();
  }
});

test("the events above are all that there are, but for those that no report reads", () => {
  const read = LOGGED.map(({ kind }) => kind as string);
  expect(new Set([...read, "run.checked", "pauses.unread"])).toEqual(new Set(Object.keys(EVENTS)));
});

test("a field that no function logs is not read", () => {
  const read = { kind: "schedule.paused", source: "", ...PAUSED };
  expect(parseTickLine(line("schedule.paused", { ...PAUSED, why: "migration" }))).toEqual(read);
});

test("reads the fields also inside an object `message`, as Lambda's JSON log format wraps them", () => {
  const inner = { message: "tick.started", tick: TICK, startedAt: STARTED_AT, service: "sample-target" };
  const wrapped = JSON.stringify({ timestamp: STARTED_AT, level: "INFO", requestId: "1", message: inner });
  expect(parseTickLine(wrapped)).toMatchObject({
    kind: "tick.started",
    startedAt: STARTED_AT,
  });
});

test("a tick of relative pacing has no scheduledAt", () => {
  const tick = { ...TICK, scheduledAt: null };
  expect(parseTickLine(line("tick.dispatched", { tick, late: false, attempts: 1 }))).toMatchObject({
    tick: { scheduledAt: null },
  });
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
  line("tick.dispatched", { tick: PLANNED, late: false, attempts: 1 }),
  line("tick.dispatched", { tick: { ...TICK, scheduledAt: "soon" }, late: false, attempts: 1 }),
  line("tick.started", { tick: TICK, startedAt: null }),
  line("tick.missed", { tick: PLANNED, reason: "tick.whim" }),
  line("run.planned", { schedule: "heartbeat", run: "r1", minutes: ["1"], count: 5, from: null }),
])("ignores %s", (text) => {
  expect(parseTickLine(text)).toBeUndefined();
});
