import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { TickCollector } from "../../../cli/report/records";
import { RecordsFile } from "../../../cli/report/report-files";
import { observedRecords } from "../../../cli/report/summary";
import type { TickEvent } from "../../../cli/report/tick-log";
import type { Span } from "../../../schedule/outcome";
import { iso } from "../../../schedule/tick";
import { CLOCK, dispatched, HEARTBEAT, measured, missed, RELATIVE, START, started, suppressed } from "./events";

const SPAN = { from: START, to: START + 60_000 };

class Collector extends TickCollector {
  records = (name: string, span: Span) => observedRecords({ schedules: [{ ...HEARTBEAT, name, span }], ticks: this });
  sightings = (name: string, span: Span) =>
    this.ticks(name, span).map(({ id, scheduledAt, dispatchedAt, missed, suppressed }) => {
      return { id, scheduledAt, dispatchedAt, missed, suppressed };
    });
  latencies = (name: string, span: Span) => this.ticks(name, span).flatMap((tick) => tick.latencies());
}

function collect(...events: TickEvent[]): Collector {
  const ticks = new Collector();
  for (const event of events) ticks.add(event);
  return ticks;
}

test("a dispatch and a start make one record", () => {
  expect(collect(started(HEARTBEAT, START, 3), dispatched(HEARTBEAT, START, 3)).records("heartbeat", SPAN)).toEqual([
    {
      id: "heartbeat-1795371910",
      schedule: "heartbeat",
      strategy: "sfn-loop",
      scheduledAt: "2026-11-22T18:25:10.000Z",
      dispatchedAt: "2026-11-22T18:25:10.003Z",
      answeredAt: "2026-11-22T18:25:10.023Z",
      startedAt: "2026-11-22T18:25:10.063Z",
    },
  ]);
});

test("a start that names another instant than the log of its dispatch is of that dispatch, the nearest to it", () => {
  const ticks = collect(dispatched(HEARTBEAT, START, 2), started(HEARTBEAT, START, 0), started(HEARTBEAT, START, 900));
  expect(ticks.records("heartbeat", SPAN).map(({ dispatchedAt, answeredAt }) => [dispatchedAt, answeredAt])).toEqual([
    [iso(START + 2), iso(START + 22)],
    [iso(START + 900), null],
  ]);
});

test("an unlogged start is null, an unlogged dispatch is the one that its start names, and a missed or suppressed tick has no record", () => {
  const records = collect(
    dispatched(HEARTBEAT, START),
    started(HEARTBEAT, START + 10_000),
    missed(HEARTBEAT, START + 20_000, "expired"),
    suppressed(HEARTBEAT, START + 30_000),
  ).records("heartbeat", SPAN);
  expect(records.map(({ dispatchedAt, startedAt }) => [dispatchedAt, startedAt])).toEqual([
    [iso(START), null],
    [iso(START + 10_000), iso(START + 10_060)],
  ]);
});

test("a tick that was dispatched twice, or started twice by one function, has two records of one id", () => {
  const twice = collect(
    dispatched(HEARTBEAT, START, 2),
    dispatched(HEARTBEAT, START, 900),
    started(HEARTBEAT, START, 2),
  );
  expect(twice.records("heartbeat", SPAN).map(({ id }) => id)).toEqual([
    "heartbeat-1795371910",
    "heartbeat-1795371910",
  ]);
  expect(twice.sightings("heartbeat", SPAN)[0]?.dispatchedAt).toEqual([START + 2, START + 900]);

  const delivered = collect(dispatched(HEARTBEAT, START), started(HEARTBEAT, START), started(HEARTBEAT, START, 0, 950));
  expect(delivered.records("heartbeat", SPAN).map(({ startedAt }) => startedAt)).toEqual([
    iso(START + 60),
    iso(START + 950),
  ]);
});

test("starts of two functions are one tick with two targets; startedAt is the earlier", () => {
  const ticks = collect(
    dispatched(HEARTBEAT, START),
    started(HEARTBEAT, START, 1, 80, "b"),
    started(HEARTBEAT, START, 0, 60, "a"),
  );
  expect(ticks.records("heartbeat", SPAN)).toMatchObject([{ startedAt: iso(START + 60) }]);
});

test("a start, or what the analyser measured, stands for a dispatch that was not logged", () => {
  const begun = collect(started(HEARTBEAT, START, 7));
  expect(begun.sightings("heartbeat", SPAN)[0]?.dispatchedAt).toEqual([START + 7]);
  expect(begun.records("heartbeat", SPAN)).toMatchObject([{ dispatchedAt: iso(START + 7) }]);

  const received = collect(measured(CLOCK, START, 80), measured(CLOCK, START, 95));
  expect(received.sightings("clock", SPAN)[0]?.dispatchedAt).toEqual([START]);
  expect(received.records("clock", SPAN)).toMatchObject([{ dispatchedAt: iso(START), startedAt: null }]);
});

test("a dispatch that was not logged counts once, at the earliest instant that its targets name", () => {
  const ticks = collect(started(HEARTBEAT, START, 9, 60, "b"), started(HEARTBEAT, START, 7, 60, "a"));
  expect(ticks.sightings("heartbeat", SPAN)[0]?.dispatchedAt).toEqual([START + 7]);
  expect(ticks.records("heartbeat", SPAN).map(({ dispatchedAt }) => dispatchedAt)).toEqual([iso(START + 7)]);
});

test("two starts that name one dispatch count as one dispatch, and those that name two as two", () => {
  const delivered = collect(started(HEARTBEAT, START, 7, 60), started(HEARTBEAT, START, 7, 900));
  expect(delivered.records("heartbeat", SPAN).map(({ dispatchedAt }) => dispatchedAt)).toEqual([iso(START + 7), null]);
  expect(delivered.sightings("heartbeat", SPAN)[0]?.dispatchedAt).toEqual([START + 7, START + 7]);

  const twice = collect(
    started(HEARTBEAT, START, 7),
    started(HEARTBEAT, START, 900),
    dispatched(HEARTBEAT, START, 900),
  );
  expect(twice.records("heartbeat", SPAN).map(({ dispatchedAt }) => dispatchedAt)).toEqual([
    iso(START + 7),
    iso(START + 900),
  ]);
});

test("sightings carry misses and suppressions; latencies are the analyser's", () => {
  const ticks = collect(missed(CLOCK, START, "overtaken"), suppressed(CLOCK, START));
  expect(ticks.sightings("clock", SPAN)).toEqual([
    { id: "clock-1795371910", scheduledAt: START, dispatchedAt: [], missed: "overtaken", suppressed: 1 },
  ]);
  ticks.add(measured(CLOCK, START, 480));
  expect(ticks.latencies("clock", SPAN)).toEqual([480]);
});

test.each([
  ["dispatch-unknown", "expired"],
  ["expired", "dispatch-unknown"],
] as const)(
  "a tick that was given up twice (%s, %s) is missed for the reason of the one that dispatched it",
  (...reasons) => {
    const [tick] = collect(...reasons.map((reason) => missed(CLOCK, START, reason))).sightings("clock", SPAN);
    expect(tick?.missed).toBe("dispatch-unknown");
  },
);

test("only the schedule's ticks within the span count", () => {
  const at = [START - 10_000, START, START + 50_000, START + 60_000];
  const ticks = collect(...at.map((instant) => dispatched(HEARTBEAT, instant)), dispatched(CLOCK, START));
  expect(ticks.records("heartbeat", SPAN).map(({ scheduledAt }) => scheduledAt)).toEqual([
    iso(START),
    iso(START + 50_000),
  ]);
});

test("relative ticks have no scheduledAt, and count at the instant of their dispatch", () => {
  const ticks = collect(dispatched(RELATIVE, START + 59_000), dispatched(RELATIVE, START + 61_000));
  expect(ticks.records("heartbeat", SPAN)).toMatchObject([{ scheduledAt: null, dispatchedAt: iso(START + 59_000) }]);
});

test("ticks.jsonl has a record a line, by scheduledAt, then dispatchedAt, of all schedules", () => {
  const ticks = collect(
    dispatched(CLOCK, START + 10_000),
    dispatched(HEARTBEAT, START, 900),
    dispatched(HEARTBEAT, START, 2),
    dispatched(HEARTBEAT, START + 20_000),
  );
  const schedules = [HEARTBEAT, CLOCK].map((timing) => ({ ...timing, span: SPAN }));
  const directory = mkdtempSync(join(tmpdir(), "records-"));
  const file = new RecordsFile(directory);
  for (const record of observedRecords({ schedules, ticks })) file.write(record);
  file.close();
  const lines = readFileSync(join(directory, "ticks.jsonl"), "utf8").split("\n");
  rmSync(directory, { recursive: true });
  expect(lines.pop()).toBe("");
  expect(lines.map((line) => JSON.parse(line).dispatchedAt)).toEqual(
    [START + 2, START + 900, START + 10_000, START + 20_000].map((at) => iso(at)),
  );
});

test("the order of events makes no difference", () => {
  const event = fc
    .record({ place: fc.nat(5), skew: fc.nat(900), start: fc.boolean() })
    .map(({ place, skew, start }) => (start ? started : dispatched)(HEARTBEAT, START + place * 10_000, skew));
  fc.assert(
    fc.property(
      fc
        .array(event, { maxLength: 20 })
        .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
      ([list, shuffled]) => {
        expect(collect(...shuffled).records("heartbeat", SPAN)).toEqual(collect(...list).records("heartbeat", SPAN));
      },
    ),
  );
});
