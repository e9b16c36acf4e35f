import type { BenchFile } from "../../../cli/bench/bench-file";
import { type BenchCase, benchCases, environmentOf } from "../../../cli/bench/cases";
import { type BenchRun, figuresOf } from "../../../cli/bench/figures";
import { TickCollector } from "../../../cli/report/records";
import { buildReport } from "../../../cli/report/summary";
import { scheduleTimings } from "../../../cli/report/tick-logs";
import { MINUTE_MS, SECOND_MS } from "../../../schedule/duration";
import { iso, tickId } from "../../../schedule/tick";
import { parsed } from "../../config/examples";

const FROM = Date.parse("2026-11-23T00:00:35.000Z");
export const SPAN = { from: FROM, to: FROM + 5 * MINUTE_MS };

/**
 * Five minutes of a case that keeps a grid. Each tick is dispatched 2 ms and started 30 ms after its instant, except the
 * third, which does not come, and the fourth, which comes twice.
 */
export function runOf(benchCase: BenchCase, faults = false): BenchRun {
  const environment = parsed(environmentOf(benchCase, "http://127.0.0.1:1"));
  const [timing] = scheduleTimings(environment);
  if (!timing) throw new Error("a case has a schedule");
  const ticks = new TickCollector();
  const { intervalMs, phaseMs, strategy, name } = timing;
  const first = Math.ceil((SPAN.from - phaseMs) / intervalMs) * intervalMs + phaseMs;
  for (let at = first, k = 1; at < SPAN.to; at += intervalMs, k += 1) {
    if (k === 3) continue;
    const tick = {
      id: tickId(name, at),
      schedule: name,
      strategy,
      scheduledAt: iso(at),
      dispatchedAt: iso(at + 2),
      expiresAt: iso(at + intervalMs),
    };
    for (let times = k === 4 ? 2 : 1; times > 0; times--) {
      ticks.add({ kind: "tick.dispatched", source: "clock", tick, cpuMs: 0.25, late: false, attempts: 1 });
    }
    ticks.add({ kind: "tick.started", source: "target", tick, startedAt: iso(at + 30) });
  }
  const { schedules } = buildReport({
    generatedAt: SPAN.to + 30 * SECOND_MS,
    observed: "a test",
    schedules: [{ ...timing, span: SPAN }],
    ticks,
  });
  const counted = { invocationsPerMinute: 7, transitionsPerMinute: 14.4 };
  const [report] = schedules;
  if (!report) throw new Error("a report has a schedule");
  return figuresOf(benchCase, report, counted, faults);
}

/** The benchCases that keep a grid. */
export const ON_A_GRID = benchCases().filter(({ id }) => !id.includes("relative"));

/** A run of them, with faults and without. */
export function recorded(): Omit<BenchFile, "schemaVersion" | "environment"> {
  return {
    recordedAt: "2026-11-23T00:12:00.000Z",
    machine: {
      cpu: "A CPU",
      cores: 2,
      memory: 8,
      os: "Linux 6.1",
      node: "v20.9.0",
      terraform: "1.10.0",
      emulator: "MiniStack 1.2.3",
    },
    load: { usual: { start: 0.5, end: 1.25 }, faults: { start: 1.25, end: 2 } },
    command: "npm run bench -- --for 5m --record",
    runs: [...ON_A_GRID.map((one) => runOf(one)), ...ON_A_GRID.map((one) => runOf(one, true))],
  };
}
