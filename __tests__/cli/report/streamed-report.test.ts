import fc from "fast-check";
import { TickCollector } from "../../../cli/report/records";
import type { ObservedSchedule } from "../../../cli/report/schedule-account";
import { StreamedReport, spanToRead } from "../../../cli/report/streamed-report";
import { buildReport, observedRecords } from "../../../cli/report/summary";
import { parseTickLine, type TickEvent } from "../../../cli/report/tick-log";
import { createLog } from "../../../functions/runtime/log";
import { iso, type TickRecord } from "../../../schedule/tick";
import { runLoop } from "../../simulation/loop-run";
import { loopOf, MINUTE } from "../../simulation/schedules";
import { simulatedRunner } from "../../simulation/simulated-runner";
import { VirtualTime } from "../../simulation/virtual-time";
import { CLOCK, dispatched, HEARTBEAT, measured, missed, RELATIVE, START, started, suppressed } from "./events";

const HOUR_MS = 3_600_000;
const ABOUT = { generatedAt: START, observed: "a test", dispatchSkewLimitMs: 100 };

/** An event and the instant at which its line stands in the log. */
type Line = readonly [at: number, event: TickEvent];

function stream(schedules: readonly ObservedSchedule[], lines: readonly Line[], batchMs = 60_000) {
  const records: TickRecord[] = [];
  const read = spanToRead({ from: schedules[0]?.span.from ?? 0, to: schedules.at(-1)?.span.to ?? 0 }, 10_000);
  const report = new StreamedReport({
    schedules,
    catchUpMs: 10_000,
    readFrom: read.from,
    onRecord: (record) => records.push(record),
  });
  const inOrder = [...lines].sort(([a], [b]) => a - b);
  for (let readTo = read.from; readTo < read.to + batchMs; readTo += batchMs) {
    const events = inOrder.filter(([at]) => at >= readTo - batchMs && at < readTo).map(([, event]) => event);
    report.add({ events, readTo });
  }
  return { report: report.end(ABOUT), records };
}

function planned(from: number, minutes: readonly number[]): TickEvent {
  return { kind: "run.planned", source: "i", schedule: "heartbeat", run: "r", minutes, count: 1, from: iso(from) };
}

test.each([
  ["a grid", HEARTBEAT],
  ["relative pacing", RELATIVE],
])("streaming gives the report that holding everything gives: %s", (_, timing) => {
  const tick = fc.record({
    place: fc.nat(719),
    jitter: fc.integer({ min: -3, max: 4_000 }),
    delay: fc.integer({ min: 0, max: 300_000 }),
    what: fc.constantFrom("dispatched", "dispatched", "started", "missed", "suppressed"),
  });
  fc.assert(
    fc.property(fc.array(tick, { maxLength: 150 }), fc.constantFrom(20_000, 60_000, 600_000), (list, batchMs) => {
      const lines = list.map(({ place, jitter, delay, what }): Line => {
        const at = START + place * 10_000;
        const event = {
          dispatched: () => dispatched(timing, at, timing.pacing === "relative" ? Math.abs(jitter) % 1_000 : jitter),
          started: () => started(timing, at, 7, jitter + 10),
          missed: () => missed(timing, at, "dispatch-failed"),
          suppressed: () => suppressed(timing, at),
        }[what as "dispatched"]();
        return [at + delay, event];
      });
      const schedules = [{ ...timing, span: { from: START, to: START + 2 * HOUR_MS } }];
      // Enough of a plan that both know of every minute that it was planned.
      const minutes = Array.from({ length: 150 }, (__, k) => Math.floor(START / 60_000) - 15 + k);
      const all: Line[] = [[START - 500_000, planned(START, minutes)], ...lines];
      const ticks = new TickCollector();
      for (const [, event] of all) ticks.add(event);
      const { report, records } = stream(schedules, all, batchMs);
      expect(report).toEqual(buildReport({ ...ABOUT, schedules, ticks }));
      const key = (record: TickRecord) => JSON.stringify(record);
      expect(records.map(key).sort()).toEqual(observedRecords({ schedules, ticks }).map(key).sort());
    }),
    { numRuns: 40 },
  );
});

test("a tick of a minute that no run had planned is not-planned, and one of a planned minute is not-seen", () => {
  const span = { from: START, to: START + 120_000 };
  const minute = Math.floor(START / 60_000);
  const { report } = stream([{ ...HEARTBEAT, span }], [[START, planned(START, [minute, minute + 1])]]);
  expect(report.schedules[0]?.missed.byReason).toEqual({ "not-seen": 11, "not-planned": 1 });
});

test("LambdaClock logs no plans, so its missing ticks are not-seen", () => {
  const { report } = stream(
    [{ ...CLOCK, span: { from: START, to: START + 120_000 } }],
    [[START, measured(CLOCK, START + 50_000, 80)]],
  );
  expect(report.schedules[0]?.missed.byReason).toEqual({ "not-seen": 1 });
});

test("ticks that are due in a pause are paused: from the lines that the loop logs to the report", async () => {
  const lines: string[] = [];
  const write = jest.spyOn(process.stdout, "write").mockImplementation((text) => lines.push(String(text)) > 0);
  const time = new VirtualTime(MINUTE + 5_000);
  const runner = { ...simulatedRunner(time), log: createLog() };
  const paused = () => time.now() >= MINUTE + 35_000;
  // The first run plans three minutes, and logs each tick of its pause; the later ones log that they end at once.
  for (const at of [5_000, 65_000, 125_000, 185_000]) {
    time.at(MINUTE + at, () => void runLoop(runner, loopOf(10), { paused }));
  }
  await time.passUntil(MINUTE + 5 * 60_000);
  write.mockRestore();

  const read = lines.flatMap((line): Line[] => {
    const event = parseTickLine(line);
    return event ? [[MINUTE, event]] : [];
  });
  expect(read).toHaveLength(lines.length);
  const span = { from: MINUTE + 10_000, to: MINUTE + 5 * 60_000 };
  const { report } = stream([{ ...HEARTBEAT, name: "beat", span }], read);
  expect(report.schedules[0]).toMatchObject({
    outcomes: { "on-time": 3, paused: 26, missed: 0 },
    pauses: [{ from: iso(MINUTE + 40_000), to: iso(MINUTE + 305_050) }],
  });
});

test("lines long after their tick, and ticks of unknown schedules, are in no figure and in a note", () => {
  const span = { from: START, to: START + 2 * HOUR_MS };
  const stranger = { ...HEARTBEAT, name: "stranger" };
  const { report } = stream(
    [{ ...HEARTBEAT, span }],
    [
      [START + HOUR_MS, dispatched(HEARTBEAT, START)],
      [START + HOUR_MS, dispatched(stranger, START + HOUR_MS)],
    ],
  );
  expect(report.schedules[0]?.seen).toBe(0);
  expect(report.notes).toEqual([
    "1 log lines came after their tick had been judged. They are in no figure.",
    'The logs have ticks of schedules that the configuration does not have: "stranger". They are in no figure.',
  ]);
});
