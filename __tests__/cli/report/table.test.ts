import { LoggedCircumstances } from "../../../cli/report/circumstances";
import { TickCollector } from "../../../cli/report/records";
import { buildReport } from "../../../cli/report/summary";
import { renderReport } from "../../../cli/report/table";
import type { TickEvent } from "../../../cli/report/tick-log";
import type { ScheduleTiming } from "../../../schedule/outcome";
import { iso } from "../../../schedule/tick";
import { CLOCK, dispatched, HEARTBEAT, measured, missed, RELATIVE, START, started, suppressed } from "./events";

function render(timing: ScheduleTiming, forMs: number, events: TickEvent[], from = START, colour = false): string {
  const ticks = new TickCollector();
  for (const event of events) ticks.add(event);
  const schedules = [{ ...timing, span: { from, to: from + forMs } }];
  const report = buildReport({ generatedAt: START, observed: "local", schedules, ticks, dispatchSkewLimitMs: 10 });
  return renderReport(report, { colour });
}

const FAULTY = [
  dispatched(HEARTBEAT, START, -2),
  dispatched(HEARTBEAT, START, 700),
  started(HEARTBEAT, START, -2),
  dispatched(HEARTBEAT, START + 10_000, 620),
  missed(HEARTBEAT, START + 20_000, "dispatch-failed"),
  suppressed(HEARTBEAT, START + 40_000),
];

test("thresholds come first, then outcomes, the missed ticks and skew", () => {
  expect(render(HEARTBEAT, 50_000, FAULTY)).toBe(`local: the clock did not keep time

heartbeat  sfn-loop, clock pacing, every 10s
2026-11-22 18:25:10 to 18:26:00 UTC (50s), 5 ticks due
  ✗ FAIL  missed                                  3  must be 0
  ✗ FAIL  duplicate                               1  must be 0
  ✗ FAIL  p99 |dispatch skew|                700 ms  must be ≤ 10 ms
┌─────┬─────────┬──────┬────────┬────────────┬────────┬───────────┐
│ due │ on time │ late │ missed │ suppressed │ paused │ duplicate │
├─────┼─────────┼──────┼────────┼────────────┼────────┼───────────┤
│   5 │       1 │    1 │      3 │          0 │      0 │         1 │
└─────┴─────────┴──────┴────────┴────────────┴────────┴───────────┘
  available 20 %: 1 on time of 5 due
  missed  18:25:30.000 UTC  dispatch-failed   heartbeat-1795371930
  missed  18:25:40.000 UTC  not-seen          heartbeat-1795371940
  missed  18:25:50.000 UTC  claimant-lost     heartbeat-1795371950
┌──────────┬───┬────────┬───────┬──────┬──────┬──────┬─────┬──────┐
│ skew, ms │ n │   mean │    SD │  p50 │  p95 │  p99 │ min │  max │
├──────────┼───┼────────┼───────┼──────┼──────┼──────┼─────┼──────┤
│ dispatch │ 3 │ +439.3 │ 313.8 │ +620 │ +700 │ +700 │  -2 │ +700 │
│ start    │ 1 │  +58.0 │   0.0 │  +58 │  +58 │  +58 │ +58 │  +58 │
└──────────┴───┴────────┴───────┴──────┴──────┴──────┴─────┴──────┘
  median drift +622.0 ms a tick within a minute
┌──────────┬───────┬─────────────┬─────────────┬─────────────┬────────┐
│ ticks    │ count │ within 1 SD │ within 2 SD │ within 3 SD │ beyond │
├──────────┼───────┼─────────────┼─────────────┼─────────────┼────────┤
│ dispatch │     3 │           2 │           1 │           0 │      0 │
│ start    │     1 │           1 │           0 │           0 │      0 │
└──────────┴───────┴─────────────┴─────────────┴─────────────┴────────┘
`);
});

test("lambda-clock has its article's table", () => {
  const minutes = [START + 50_000, START + 110_000];
  const events = minutes.flatMap((at, k) => [dispatched(CLOCK, at), measured(CLOCK, at, 480 + k * 10)]);
  expect(render(CLOCK, 120_000, events, START + 50_000)).toContain(`
┌──────────┬───┬──────┬─────┬─────┬─────┬─────┬─────┬─────┐
│ skew, ms │ n │ mean │  SD │ p50 │ p95 │ p99 │ min │ max │
├──────────┼───┼──────┼─────┼─────┼─────┼─────┼─────┼─────┤
│ dispatch │ 2 │  0.0 │ 0.0 │   0 │   0 │   0 │   0 │   0 │
│ start    │ 0 │ none seen                                │
└──────────┴───┴──────────────────────────────────────────┘
┌─────────────────────────────────────────────────┬───────────┐
│ publish to start, as in the LambdaClock article │           │
├─────────────────────────────────────────────────┼───────────┤
│ Average                                         │ 485.00 ms │
│ Standard Deviation                              │   5.00 ms │
│ Count                                           │         2 │
│ Failures                                        │         0 │
│ Within One SD                                   │         2 │
│ Within Two SD                                   │         0 │
│ Within Three SD                                 │         0 │
│ Beyond Three SD                                 │         0 │
└─────────────────────────────────────────────────┴───────────┘
`);
});

test("relative pacing says what its skew is against", () => {
  const instants = Array.from({ length: 12 }, (_, k) => START + Math.floor(k / 6) * 60_000 + (k % 6) * 10_100);
  const text = render(
    RELATIVE,
    120_000,
    instants.map((at) => dispatched(RELATIVE, at)),
  );
  expect(text).toContain("heartbeat  sfn-loop, relative pacing, every 10s\n");
  expect(text).toContain("  median drift +100.0 ms a tick within a minute, -500.0 ms at the minute's edge\n");
  expect(text).toContain("  skew is against the tick before plus the interval: there is no grid\n");
});

test("a missed tick has its logged cause below it, and a pause and ticks that were not due are named", () => {
  const failed = { ...missed(HEARTBEAT, START, "dispatch-failed"), error: "TooManyRequestsException" } as TickEvent;
  const pause = {
    kind: "schedule.paused",
    source: "iterator",
    schedule: "heartbeat",
    from: "2026-11-22T18:25:20.000Z",
    to: "2026-11-22T18:26:00.000Z",
  } as const;
  const text = render(HEARTBEAT, 50_000, [failed, dispatched(HEARTBEAT, START + 3_000), pause]);
  expect(text).toContain("dispatch-failed   heartbeat-1795371910\n          TooManyRequestsException\n");
  expect(text).toContain("  paused  2026-11-22T18:25:20Z to 2026-11-22T18:26:00Z\n");
  expect(text).toContain("  not due 18:25:13.000 UTC  heartbeat-1795371913\n");
  expect(text).toContain("  available 0 %: 0 on time of 1 due not paused\n");
});

test("a pause by hand is named with who began it and why, tick by tick or in one; two of them stay apart", () => {
  const pause = (second: number, note: string, by = "arn:alice") => {
    const at = START + second * 1_000;
    const [from, to] = [iso(at), iso(at + 1)];
    const until = iso(START + 60_000);
    return { kind: "schedule.paused", source: "pacer", schedule: "heartbeat", from, to, by, note, until } as const;
  };
  const pauses = [pause(0, "migration"), pause(10, "migration"), pause(20, "restart"), pause(30, "restart", "arn:bob")];
  const text = render(HEARTBEAT, 50_000, [...pauses, dispatched(HEARTBEAT, START + 40_000)]);
  expect(text.split("\n").filter((line) => line.startsWith("  paused"))).toEqual([
    "  paused  2026-11-22T18:25:10Z to 2026-11-22T18:25:20Z, by hand: “migration”, by arn:alice",
    "  paused  2026-11-22T18:25:30Z to 2026-11-22T18:25:30Z, by hand: “restart”, by arn:alice",
    "  paused  2026-11-22T18:25:40Z to 2026-11-22T18:25:40Z, by hand: “restart”, by arn:bob",
  ]);
});

test("a day of a pause by hand at 1 s is read in a moment, and is one pause", () => {
  const by = { by: "arn:alice", note: "migration", until: iso(START + 86_400_000) };
  const circumstances = new LoggedCircumstances();
  for (let at = START; at < START + 86_400_000; at += 1_000) {
    circumstances.addPause({ from: iso(at), to: iso(at + 1), ...by });
  }
  expect(circumstances.pausesByHand).toEqual([{ from: START, to: START + 86_399_001, by: by.by, note: by.note }]);
  expect([START - 1, START, START + 500, START + 86_399_001].map((at) => circumstances.isPaused(at))).toEqual([
    false,
    true,
    true,
    false,
  ]);
});

test("ticks by hand are named, and are in no other figure", () => {
  const byHand = (id: string, at: number, fields = {}) => {
    const one = dispatched(HEARTBEAT, at) as TickEvent & { tick: object };
    return { ...one, ...fields, by: "arn:alice", tick: { ...one.tick, id } } as TickEvent;
  };
  const clean = render(HEARTBEAT, 10_000, [dispatched(HEARTBEAT, START)]);
  const text = render(HEARTBEAT, 10_000, [
    dispatched(HEARTBEAT, START),
    byHand("manual-heartbeat-1795371913123", START + 3_123),
    byHand("manual-heartbeat-1795360000", START + 4_000, { error: "arn:two: refused" }),
  ]);
  const named = [
    "  by hand 18:25:13.123 UTC  manual-heartbeat-1795371913123, by arn:alice",
    "  by hand 18:25:14.000 UTC  manual-heartbeat-1795360000, by arn:alice: arn:two: refused",
  ];
  expect(text.split("\n").filter((line) => line.includes("by hand"))).toEqual(named);
  expect(
    text
      .split("\n")
      .filter((line) => !line.includes("by hand"))
      .join("\n"),
  ).toBe(clean);
});

test("of a thousand ticks the worst in a thousand is shown", () => {
  const ticks = Array.from({ length: 1_000 }, (_, k) => dispatched(HEARTBEAT, START + k * 10_000, k % 500));
  expect(render(HEARTBEAT, 10_000_000, ticks)).toMatch(/p99\.9 │ min │ {2}max │\n.*\n│ dispatch │ \+249\.5 │ 144\.3/);
});

test("the length of a span is in whole seconds, also if an interrupt cut it", () => {
  expect(render(HEARTBEAT, 19_914, [])).toContain(" UTC (20s), 2 ticks due");
});

test("a span without a due tick is no failure and says so, and missed ticks beyond those named are counted", () => {
  expect(render(HEARTBEAT, 0, [])).toContain("✓ pass  no tick was due in the observed span\n");
  expect(render(HEARTBEAT, 0, [])).toMatch(/^local: no tick was due\n/);
  expect(render(HEARTBEAT, 250_000, [])).toContain("\n  and 5 more missed\n");
});

test("no line is wider than 80 columns", () => {
  const weeks = { ...HEARTBEAT, name: "a".repeat(32), intervalMs: 90_000, phaseMs: 70_000 };
  const far = Array.from({ length: 300 }, (_, k) => dispatched(weeks, START + k * 90_000, -12_345));
  const many = render(weeks, 300 * 90_000, far);
  const lines = [...many.split("\n"), ...render(HEARTBEAT, 50_000, FAULTY).split("\n")];
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
});

test("the text has colours only if they are asked for", () => {
  const ansi = "\u001b[";
  expect(render(HEARTBEAT, 50_000, FAULTY)).not.toContain(ansi);
  const coloured = render(HEARTBEAT, 50_000, FAULTY, START, true);
  expect(coloured).toContain(`${ansi}31m✗ FAIL${ansi}39m`);
});
