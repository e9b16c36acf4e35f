import { TickCollector } from "../../../cli/report/records";
import type { ObservedSchedule } from "../../../cli/report/schedule-account";
import type { ClockReport } from "../../../cli/report/schedule-report";
import { buildReport } from "../../../cli/report/summary";
import type { TickEvent } from "../../../cli/report/tick-log";
import { seededRandom } from "../../simulation/seeded-random";
import { dispatched, HEARTBEAT, missed, RELATIVE, START, started } from "./events";

function reportOf(schedules: readonly ObservedSchedule[], events: readonly TickEvent[], observed: string): ClockReport {
  const ticks = new TickCollector();
  for (const event of events) ticks.add(event);
  return buildReport({ generatedAt: START, observed, embedded: true, schedules, ticks, dispatchSkewLimitMs: 100 });
}

/** Half an hour of the article's loop: 5 runs' worth of its sawtooth and more. */
export function sawtooth(): ClockReport {
  const random = seededRandom(7);
  const events: TickEvent[] = [];
  for (let run = 0; run < 10; run++) {
    let at = START + run * 60_000;
    for (let k = 0; k < 6; k++) {
      events.push(dispatched(RELATIVE, at), started(RELATIVE, at, 0, 40 + Math.floor(random() * 60)));
      at += 10_000 + 180 + Math.floor(random() * 160);
    }
  }
  const schedule = { ...RELATIVE, span: { from: START, to: START + 600_000 } };
  return reportOf([schedule], events, "local, sfn-loop (embedded AWS)");
}

/** The place of each of the faults that {@link faulty} has in its first schedule. */
export const FAULTS = { missed: 40, duplicate: 90, late: 140 } as const;

/** Two schedules, the first with a missed, a doubled and a late tick, a pause, and names and texts that try to break out. */
export function faulty(): ClockReport {
  const random = seededRandom(3);
  const from = START - 10_000;
  const skew = () => Math.floor(random() ** 6 * 60);
  const hourly = { ...HEARTBEAT, name: "ten-seconds", span: { from, to: from + 1_800_000 } };
  const other = {
    ...HEARTBEAT,
    name: "thirty</script><img src=x onerror=alert(1)>",
    intervalMs: 30_000,
    span: hourly.span,
  };
  const events: TickEvent[] = [];
  for (let k = 0; k < 180; k++) {
    const at = from + k * 10_000;
    if (k >= 160 && k < 170) continue;
    if (k === FAULTS.missed) {
      const lost = missed(hourly, at, "dispatch-failed");
      events.push({ ...lost, error: 'TooManyRequestsException: "<b>Rate exceeded</b>"' } as TickEvent);
      continue;
    }
    const ms = k === FAULTS.late ? 2_300 : skew();
    events.push(dispatched(hourly, at, ms), started(hourly, at, ms, 30 + Math.floor(random() * 90)));
    if (k === FAULTS.duplicate) events.push(dispatched(hourly, at, 700));
  }
  for (let k = 0; k < 60; k++) {
    const ms = 20 + skew();
    events.push(dispatched(other, from + k * 30_000, ms), started(other, from + k * 30_000, ms));
  }
  events.push({
    kind: "schedule.paused",
    source: "iterator",
    schedule: hourly.name,
    from: new Date(from + 1_600_000).toISOString(),
    to: new Date(from + 1_700_000).toISOString(),
  });
  return reportOf([hourly, other], events, "local, sfn-loop (embedded AWS)");
}
