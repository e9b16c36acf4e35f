import { readFileSync } from "node:fs";
import { findingsOf } from "../../../cli/verify/findings";
import { invocationsOf, type StreamLine } from "../../../cli/verify/invocations";
import { figuresOf } from "../../../cli/verify/measures";
import { renderFindings } from "../../../cli/verify/table";
import { MINUTE_MS } from "../../../schedule/duration";
import { iso } from "../../../schedule/tick";
import { STRATEGIES, strategyOf } from "../../../strategies";
import { CLOCK, HEARTBEAT, tickOf } from "../report/events";

const MINUTE = Date.parse("2026-11-22T18:25:00.000Z");
const SPAN = { from: MINUTE, to: MINUTE + 3 * MINUTE_MS };

const line = (group: string, stream: string, value: object): StreamLine => ({
  group,
  stream,
  text: JSON.stringify(value),
});
const start = (group: string, stream: string, at: number) =>
  line(group, stream, { time: iso(at), type: "platform.start", record: { requestId: "r", version: "$LATEST" } });
const report = (group: string, stream: string, initDurationMs?: number) =>
  line(group, stream, {
    time: iso(0),
    type: "platform.report",
    record: { metrics: { durationMs: 1, initDurationMs } },
  });

/** An invocation that plans, at `at` ms. */
function planned(stream: string, at: number): StreamLine[] {
  const plan = { message: "run.planned", schedule: "heartbeat", run: "r", minutes: [1], count: 6, from: null };
  return [start("/iterator", stream, at), line("/iterator", stream, plan), report("/iterator", stream)];
}

/** An invocation that begins `wake` ms after the end of the wait, and dispatches the tick due at `at`. */
function ticked(stream: string, at: number, wake: number, fields: object = {}): StreamLine[] {
  const event = { message: "tick.dispatched", tick: tickOf(HEARTBEAT, at, 2), late: false, attempts: 1, ...fields };
  return [start("/iterator", stream, at - 1_000 + wake), line("/iterator", stream, event), report("/iterator", stream)];
}

function figures(lines: readonly StreamLine[], logsPlans = true) {
  return figuresOf({ invocations: invocationsOf(lines), dispatching: ["/iterator", "/clock"], logsPlans, span: SPAN });
}

test("each line belongs to the last start of its stream, also if streams alternate", () => {
  const [a, b] = [ticked("a", MINUTE + 10_000, 40), ticked("b", MINUTE + 20_000, 50)];
  const alternating = a.flatMap((one, k) => [one, b[k] as StreamLine]);
  const found = invocationsOf(alternating);
  expect(found.map(({ startedAt, events }) => [startedAt, events.length])).toEqual([
    [MINUTE + 9_040, 1],
    [MINUTE + 19_050, 1],
  ]);
});

test("an event before the first start of its stream belongs to an invocation whose start is unknown", () => {
  const [, event] = ticked("a", MINUTE + 10_000, 40);
  expect(invocationsOf([event as StreamLine])).toMatchObject([
    { startedAt: null, events: [{ kind: "tick.dispatched" }] },
  ]);
});

test("firings are counted by minute, and their seconds are compared around the minute's edge", () => {
  const steady = [0, 1, 2].flatMap((k) => planned(`s${k}`, MINUTE + k * MINUTE_MS + 37_000));
  expect(figures(steady)).toMatchObject({ firings: [1, 1, 1], "firing-second": [0, 0, 0] });
  const drifting = figures([100, 59_900, 120_300].flatMap((at, k) => planned(`s${k}`, MINUTE + at)));
  expect(drifting).toMatchObject({ firings: [2, 0, 1], "firing-second": [0, 200, 200] });
});

test("without plans every invocation of a dispatching function is a firing", () => {
  const lines = [start("/clock", "a", MINUTE + 37_000), start("/target", "b", MINUTE + 38_000)];
  expect(figures(lines, false).firings).toEqual([1, 0, 0]);
});

test("a planner that plans for all schedules is one rule", () => {
  const lines = [0, 1, 2].flatMap((k) => [
    start("/clock", `s${k}`, MINUTE + k * MINUTE_MS + 37_000),
    line("/clock", `s${k}`, { message: "clock.planned", run: "r", minutes: [k], bursts: 3, count: 6, from: null }),
  ]);
  expect(figures(lines)).toMatchObject({ firings: [1, 1, 1], "firing-second": [0, 0, 0] });
});

test("the wake of a tick is counted from the second at which its wait ended; a planning invocation has none", () => {
  const both = [...planned("a", MINUTE + 9_000).slice(0, 2), ...ticked("a", MINUTE + 10_000, 0).slice(1)];
  expect(figures([...ticked("b", MINUTE + 20_000, 70), ...both]).wake).toEqual([70]);
});

test("claims, answers and sandboxes are measured if their lines tell", () => {
  const at = MINUTE + 10_000;
  const told = figures(ticked("a", at, 40, { claimMs: 8, answeredAt: iso(at + 17) }));
  expect([told.claim, told.answer, told["cold-start"]]).toEqual([[8], [15], []]);
  expect(figures([start("/iterator", "a", MINUTE), report("/iterator", "a", 241.6)])["cold-start"]).toEqual([242]);
});

test("a target that starts before its dispatch shows that two clocks are apart", () => {
  const tick = tickOf(HEARTBEAT, MINUTE + 10_000, 2);
  const begun = (delay: number) =>
    line("/target", `t${delay}`, { message: "tick.started", tick, startedAt: iso(MINUTE + 10_002 + delay) });
  const lines = [-40, 60].flatMap((delay) => [start("/target", `t${delay}`, MINUTE + 10_000), begun(delay)]);
  expect(figures(lines)).toMatchObject({ start: [0, 60], clocks: [40, 0] });
});

test("an invocation that fires a tick by hand has waited for none", () => {
  const byHand = ticked("a", MINUTE + 23_456, 70).map((one) => ({
    ...one,
    text: one.text.replace('"id":"', '"id":"manual-'),
  }));
  expect(figures(byHand).wake).toEqual([]);
});

test("the wake of a tick with a lead is counted from its own second, and the start of a target that holds it is not", () => {
  const tick = tickOf(HEARTBEAT, MINUTE + 10_000, -750);
  const lines = [
    start("/iterator", "a", MINUTE + 8_060),
    line("/iterator", "a", { message: "tick.dispatched", tick, late: false, attempts: 1 }),
    start("/target", "t", MINUTE + 9_400),
    line("/target", "t", { message: "tick.started", tick, startedAt: iso(MINUTE + 10_000) }),
  ];
  const measured = { invocations: invocationsOf(lines), dispatching: ["/iterator"], logsPlans: true, span: SPAN };
  const leads = new Map([[HEARTBEAT.name, 750]]);
  expect(figuresOf({ ...measured, leads })).toMatchObject({ wake: [60], start: [], clocks: [] });
});

test("what the analyser measured is the arrival", () => {
  const tick = tickOf(CLOCK, MINUTE, 0);
  const event = { message: "tick.measured", tick, startedAt: iso(MINUTE + 73), latencyMs: 73 };
  expect(figures([start("/analyser", "a", MINUTE), line("/analyser", "a", event)]).arrival).toEqual([73]);
});

test("an assumption holds, differs, or was not seen", () => {
  const settings = { kind: "sfn-loop", pacing: "clock", machineType: "STANDARD" };
  const assumptions = strategyOf(settings).assumptions(settings);
  const lines = [
    ...[0, 1, 2].flatMap((k) => planned(`p${k}`, MINUTE + k * MINUTE_MS + 37_000)),
    ...ticked("late", MINUTE + 10_000, 1_700),
  ];
  const found = findingsOf(assumptions, figures(lines));
  const holds = Object.fromEntries(found.map(({ measure, holds: one }) => [measure, one]));
  expect(holds).toMatchObject({ firings: true, "firing-second": true, wake: false, claim: null });
  const text = renderFindings(
    {
      schemaVersion: 1,
      generatedAt: iso(MINUTE),
      environment: "dev",
      region: "eu-central-1",
      strategy: "sfn-loop",
      embedded: true,
      span: { from: iso(SPAN.from), to: iso(SPAN.to) },
      keepsTime: true,
      assumptions: found,
    },
    { colour: false },
  );
  expect(text).toMatch(/A rule fires once in each minute\.\s+│\s+3 │\s+1 │\s+1 │\s+1 │\s+✓ holds/);
  expect(text).toMatch(/Note: This is an embedded AWS/);
  expect(text).toMatch(/✗ differs/);
  expect(Math.max(...text.split("\n").map((row) => row.length))).toBeLessThanOrEqual(100);
});

test("every assumption is one sentence of docs/verify.md, word for word", () => {
  const page = readFileSync("docs/verify.md", "utf8");
  const all = Object.values(STRATEGIES).flatMap((one) => one.assumptions(one.schema.parse({ kind: one.kind })));
  for (const { claim } of all) expect(page).toContain(claim);
});
