import { TickCollector } from "../../../cli/report/records";
import type { ObservedSchedule } from "../../../cli/report/schedule-account";
import { buildReport, observedRecords, type ReportInput, toReportJson } from "../../../cli/report/summary";
import type { TickEvent } from "../../../cli/report/tick-log";
import type { ScheduleTiming } from "../../../schedule/outcome";
import { iso } from "../../../schedule/tick";
import { CLOCK, dispatched, HEARTBEAT, measured, missed, RELATIVE, START, started, suppressed } from "./events";

function observe(timing: ScheduleTiming, forMs: number, from = START): ObservedSchedule {
  return { ...timing, span: { from, to: from + forMs } };
}

function input(schedule: ObservedSchedule, events: TickEvent[], limit?: number): ReportInput {
  const ticks = new TickCollector();
  for (const event of events) ticks.add(event);
  return { generatedAt: START, observed: "local", schedules: [schedule], ticks, dispatchSkewLimitMs: limit };
}

function report(schedule: ObservedSchedule, events: TickEvent[], limit?: number) {
  const [only] = buildReport(input(schedule, events, limit)).schedules;
  return only as NonNullable<typeof only>;
}

/** Events of `count` ticks with the skew that `skewOf` gives to each. */
function ticks(timing: ScheduleTiming, count: number, skewOf: (k: number) => number = () => 1): TickEvent[] {
  return Array.from({ length: count }, (_, k) => START + k * timing.intervalMs).flatMap((at, k) => [
    dispatched(timing, at, skewOf(k)),
    started(timing, at, skewOf(k)),
  ]);
}

const SIX = observe(HEARTBEAT, 60_000);

test("a clock that kept time is ok", () => {
  expect(report(SIX, ticks(HEARTBEAT, 6), 10)).toMatchObject({
    schedule: "heartbeat",
    strategy: "sfn-loop",
    interval: "10s",
    phase: "0s",
    span: { from: "2026-11-22T18:25:10.000Z", to: "2026-11-22T18:26:10.000Z" },
    ok: true,
    due: 6,
    outcomes: { "on-time": 6, missed: 0 },
    duplicate: 0,
    dispatchSkewMs: { count: 6, mean: 1, p99: 1 },
    startSkewMs: { count: 6, mean: 61 },
    drift: { perTickMs: 0, edgeJumpMs: 0 },
    publishToStartMs: null,
  });
});

test.each([
  ["missed", [missed(HEARTBEAT, START + 50_000, "expired")]],
  ["duplicate", [...ticks(HEARTBEAT, 6).slice(10), dispatched(HEARTBEAT, START)]],
  ["missed", [suppressed(HEARTBEAT, START + 50_000)]],
  ["partial", [{ ...dispatched(HEARTBEAT, START + 50_000), error: "B: down" } as TickEvent]],
  ["off-grid", [...ticks(HEARTBEAT, 6).slice(10), dispatched(HEARTBEAT, START + 3_000)]],
  ["dispatch-skew-p99", [dispatched(HEARTBEAT, START + 50_000, -11)]],
])("%s fails its threshold, and no other", (name, events) => {
  const { ok, thresholds } = report(SIX, [...ticks(HEARTBEAT, 5), ...events], 10);
  expect(thresholds.filter(({ pass }) => !pass).map((threshold) => threshold.name)).toEqual([name]);
  expect(ok).toBe(false);
});

test("without a limit the skew is reported and not judged; without a dispatch a limit fails", () => {
  expect(
    report(
      SIX,
      ticks(HEARTBEAT, 6, () => 400),
    ).thresholds.map(({ name }) => name),
  ).not.toContain("dispatch-skew-p99");
  expect(report(SIX, [], 10).thresholds.at(-1)).toEqual({
    name: "dispatch-skew-p99",
    value: null,
    limit: 10,
    pass: false,
  });
});

test("a span in which nothing was due is ok, as a pause is; a report of no schedule is not", () => {
  expect(report(observe({ ...HEARTBEAT, intervalMs: 3_600_000 }, 60_000), [], 10)).toMatchObject({ due: 0, ok: true });
  const [from, to] = [iso(START), iso(START + 60_000)];
  const paused = report(SIX, [{ kind: "schedule.paused", schedule: "heartbeat", from, to, source: "iterator" }], 10);
  expect(paused).toMatchObject({ due: 6, outcomes: { paused: 6 }, ok: true });
  expect(buildReport({ generatedAt: START, observed: "local", schedules: [], ticks: new TickCollector() }).ok).toBe(
    false,
  );
});

test("relative pacing once a minute has no skew to measure, and is ok", () => {
  const minutely = { ...RELATIVE, intervalMs: 60_000 };
  const events = [0, 1, 2].map((k) => dispatched(minutely, START + k * 60_100));
  expect(report(observe(minutely, 180_000), events, 10)).toMatchObject({ due: 3, dispatchSkewMs: null, ok: true });
});

test("missed ticks are counted by reason, and the first 100 named", () => {
  const { missed: lost } = report(observe(HEARTBEAT, 1_500_000), [missed(HEARTBEAT, START, "overtaken")]);
  expect(lost).toMatchObject({ count: 150, byReason: { overtaken: 1, "not-seen": 149 } });
  expect(lost.first).toHaveLength(100);
  expect(lost.first[0]).toEqual({
    id: "heartbeat-1795371910",
    expectedAt: "2026-11-22T18:25:10.000Z",
    reason: "overtaken",
    error: null,
  });
});

test("under relative pacing the drift within a run and the jump at its edge show", () => {
  const instants = Array.from({ length: 18 }, (_, k) => START + Math.floor(k / 6) * 60_000 + (k % 6) * 10_100);
  const events = instants.flatMap((at) => [dispatched(RELATIVE, at), started(RELATIVE, at)]);
  expect(report(observe(RELATIVE, 180_000), events)).toMatchObject({
    ok: true,
    due: 18,
    drift: { perTickMs: 100, edgeJumpMs: -500 },
    dispatchSkewMs: { count: 15, mean: 100 },
    startSkewMs: { count: 15, mean: 160 },
  });
});

test("on a grid, drift within the minute is the same figure", () => {
  const { drift } = report(observe(HEARTBEAT, 180_000, START + 50_000), [
    ...Array.from({ length: 18 }, (_, k) => dispatched(HEARTBEAT, START + 50_000 + k * 10_000, (k % 6) * 20)),
  ]);
  expect(drift).toEqual({ perTickMs: 20, edgeJumpMs: -100 });
});

test("lambda-clock has its article's table, with the missed ticks as failures", () => {
  const minutes = [0, 1, 2].map((k) => START + 50_000 + k * 60_000);
  const events = minutes.flatMap((at) => [dispatched(CLOCK, at), measured(CLOCK, at, 480)]);
  expect(report(observe(CLOCK, 240_000, START + 50_000), events)).toMatchObject({
    due: 4,
    outcomes: { "on-time": 3, missed: 1 },
    drift: { perTickMs: null },
    publishToStartMs: { average: 480, count: 3, failures: 1, withinOneSd: 3 },
  });
});

test("lambda-clock has no such table for a schedule that its analyser measures nothing of", () => {
  const minutes = [0, 1, 2].map((k) => START + 50_000 + k * 60_000);
  const events = minutes.map((at) => dispatched(CLOCK, at));
  const { publishToStartMs, spread } = report(observe(CLOCK, 240_000, START + 50_000), events);
  expect([publishToStartMs, spread.dispatch.count, spread.dispatch.failures]).toEqual([null, 3, 1]);
});

test("report.json is the report, and ticks.jsonl the records of the observed spans", () => {
  const given = input(SIX, ticks(HEARTBEAT, 8));
  const whole = buildReport(given);
  expect(whole).toMatchObject({
    schemaVersion: 2,
    generatedAt: "2026-11-22T18:25:10.000Z",
    observed: "local",
    ok: true,
  });
  expect(JSON.parse(toReportJson(whole))).toEqual(whole);
  expect(observedRecords(given)).toHaveLength(6);
});

describe("a schedule with a lead", () => {
  const HELD = { ...HEARTBEAT, leadMs: 750 };
  const startedAt = (at: number, skewMs: number): TickEvent =>
    ({ ...started(HELD, at, -750), startedAt: iso(at + skewMs) }) as TickEvent;
  const events = (startSkew: number) =>
    Array.from({ length: 6 }, (_, k) => START + k * 10_000).flatMap((at) => [
      dispatched(HELD, at, -750),
      startedAt(at, startSkew),
    ]);

  test("keeps time if it is dispatched its lead early and starts at its instant", () => {
    const built = buildReport(input(observe(HELD, 60_000), events(3), 100));
    expect(built).toMatchObject({ ok: true, notes: [] });
    expect(built.schedules).toMatchObject([
      { lead: "750ms", outcomes: { "on-time": 6 }, dispatchSkewMs: { p99: -750 }, startSkewMs: { p99: 3 } },
    ]);
  });

  test.each([
    [-2, true],
    [-3, false],
    [-620, false],
  ])("whose target starts with a skew of %s ms: holds: %s", (skewMs, holds) => {
    const built = buildReport(input(observe(HELD, 60_000), events(skewMs), 100));
    expect(built.ok).toBe(holds);
    const note = `A target of "heartbeat" started ${-skewMs} ms before scheduledAt: it does not hold. Use onTick, or drop the lead of 750ms.`;
    expect(built.notes).toEqual(holds ? [] : [note]);
    const failed = built.schedules[0]?.thresholds.filter(({ pass }) => !pass);
    expect(failed).toEqual(holds ? [] : [{ name: "started-early", value: 6, limit: 0, pass: false }]);
  });
});

test("a schedule with hours has its ticks outside of them not due, and no drift from a change of rate", () => {
  // Every 10 s until 18:25:40 UTC, which is from START on for 30 s; then every 30 s.
  const [fromS, toS] = [18 * 3_600, 18 * 3_600 + 25 * 60 + 40];
  const window = { days: [0, 1, 2, 3, 4, 5, 6], fromS, toS, zone: "UTC" };
  const timed = {
    ...HEARTBEAT,
    hours: { rates: [{ intervalMs: 10_000, active: [window] }, { intervalMs: 30_000 }] },
  };
  const due = [0, 10, 20, 50, 80].map((second) => START + second * 1_000);
  const built = report(
    observe(timed, 90_000),
    due.map((at) => dispatched(timed, at, 1)),
  );
  expect(built).toMatchObject({
    ok: true,
    due: 5,
    outcomes: { "on-time": 5, missed: 0 },
    offGrid: 0,
    drift: { perTickMs: 0, edgeJumpMs: 0 },
    hours: "10s 18:00-18:25:40 UTC, else 30s",
  });
  const off = report(
    observe(timed, 90_000),
    [...due, START + 30_000].map((at) => dispatched(timed, at, 1)),
  );
  expect(off).toMatchObject({ ok: false, due: 5, offGrid: 1 });
});
