import { msToDuration } from "../../schedule/duration";
import { hoursText } from "../../schedule/hours-text";
import { offTimeMs, type Span } from "../../schedule/outcome";
import { iso, type TickRecord } from "../../schedule/tick";
import type { TickCollector } from "./records";
import { NAMED_TICKS, type ObservedSchedule, ScheduleAccount } from "./schedule-account";
import type { ClockReport, ScheduleReport, Threshold } from "./schedule-report";
import { articleTable, statisticsOf } from "./statistics";
import { Tally } from "./tally";

/** How much before scheduledAt a target may seem to start, in ms: a timer and the rounding of two instants. */
const EARLY_START_WITHIN_MS = 2;

/** What a report says apart from its schedules' figures. */
export interface ReportAbout {
  /** ms since the epoch. */
  readonly generatedAt: number;
  /** See {@link ClockReport.observed}. */
  readonly observed: string;
  /** See {@link ClockReport.embedded}. @default false */
  readonly embedded?: boolean;
  /**
   * Largest p99 of |dispatch skew| that passes, in ms. Of a tick that a lead covers it counts as 0. Under relative pacing the skew of a tick is against the one before.
   * @default none: it is reported and not judged
   */
  readonly dispatchSkewLimitMs?: number;
  /** See {@link ClockReport.notes}. @default none */
  readonly notes?: readonly string[];
}

/** What a report is made from, once everything has been collected. */
export interface ReportInput extends ReportAbout {
  readonly schedules: readonly ObservedSchedule[];
  readonly ticks: TickCollector;
}

/** Makes the report of the observed schedules, of what was collected. */
export function buildReport(input: ReportInput): ClockReport {
  const accounts = input.schedules.map((schedule) => {
    const { name, span } = schedule;
    const account = new ScheduleAccount(schedule, input.ticks.circumstances(name));
    for (const tick of input.ticks.ticks(name, span)) account.add(tick);
    return account;
  });
  return reportOf(accounts, input);
}

/** Makes the report of accounts that have been given all their ticks. */
export function reportOf(accounts: readonly ScheduleAccount[], about: ReportAbout): ClockReport {
  const schedules = accounts.map((account) => reportSchedule(account, about.dispatchSkewLimitMs));
  return {
    schemaVersion: 2,
    generatedAt: iso(about.generatedAt),
    observed: about.observed,
    embedded: about.embedded ?? false,
    ok: schedules.length > 0 && schedules.every((schedule) => schedule.ok),
    schedules,
    notes: [...(about.notes ?? []), ...accounts.flatMap(earlyStartNote)],
  };
}

/** A JSON list of figures that is written one a line; no text of JSON has a line feed in it. */
const COLUMN = /\[\n\s*(?:-?\d[\d.e+-]*|null)(?:,\n\s*(?:-?\d[\d.e+-]*|null))*\n\s*\]/g;

/** The report as `report.json` has it; a column of figures is one line. */
export function toReportJson(report: ClockReport): string {
  const text = JSON.stringify(report, null, 2);
  return `${text.replace(COLUMN, (column) => column.replace(/\n\s*/g, " "))}\n`;
}

/** The records of all observed schedules, each within its span, by scheduledAt, then dispatchedAt. */
export function observedRecords({ schedules, ticks }: Pick<ReportInput, "schedules" | "ticks">): TickRecord[] {
  const observed = schedules.flatMap(({ name, span }) => ticks.ticks(name, span));
  // The instants are ISO 8601 in UTC, so their texts sort as they do; an unknown one is last.
  const key = ({ scheduledAt, dispatchedAt }: TickRecord) => `${scheduledAt ?? ""} ${dispatchedAt ?? "~"}`;
  return observed.flatMap((tick) => tick.records()).sort((a, b) => (key(a) < key(b) ? -1 : Number(key(a) > key(b))));
}

function reportSchedule(account: ScheduleAccount, skewLimit: number | undefined): ScheduleReport {
  account.end();
  const { schedule, outcomes, due, skews, latencies } = account;
  const thresholds = thresholdsOf(account, skewLimit);
  const owed = due - outcomes.paused;
  return {
    schedule: schedule.name,
    strategy: schedule.strategy,
    pacing: schedule.pacing,
    interval: msToDuration(schedule.intervalMs),
    phase: msToDuration(schedule.phaseMs),
    ...(schedule.hours && { hours: hoursText(schedule) }),
    ...(schedule.leadMs && { lead: msToDuration(schedule.leadMs) }),
    span: isoSpan(schedule.span),
    ok: thresholds.every(({ pass }) => pass),
    thresholds,
    due,
    seen: outcomes["on-time"] + outcomes.late,
    outcomes,
    availability: owed === 0 ? null : outcomes["on-time"] / owed,
    missed: { count: account.missed.count, byReason: account.missedByReason, first: account.missed.first },
    late: account.late,
    duplicate: account.duplicate.count,
    duplicates: account.duplicate.first,
    suppressed: account.suppressed,
    partial: account.partial,
    offGrid: account.offGrid.count,
    offGridTicks: account.offGrid.first,
    pauses: pausesOf(account),
    byHand: byHandOf(account),
    dispatchSkewMs: statisticsOf(skews.dispatch),
    startSkewMs: statisticsOf(skews.start),
    processorMs: statisticsOf(account.processor),
    spread: {
      dispatch: articleTable(skews.dispatch, outcomes.missed),
      start: articleTable(skews.start, outcomes.missed),
    },
    drift: skews.drift(),
    publishToStartMs: latencies.count > 0 ? articleTable(latencies, outcomes.missed) : null,
    charts: account.charts.charts(skews.dispatch, skews.start),
  };
}

/** The starts before scheduledAt, beyond what a clock shows, of a schedule with a lead: each signed in ms. */
function earlyStarts({ schedule, skews }: ScheduleAccount): [skewMs: number, count: number][] {
  return schedule.leadMs ? skews.start.ascending().filter(([skewMs]) => skewMs < -EARLY_START_WITHIN_MS) : [];
}

function earlyStartNote(account: ScheduleAccount): string[] {
  const [earliest] = earlyStarts(account);
  if (!earliest) return [];
  const { name, leadMs = 0 } = account.schedule;
  return [
    `A target of "${name}" started ${-earliest[0]} ms before scheduledAt: it does not hold. Use onTick, or drop the lead of ${msToDuration(leadMs)}.`,
  ];
}

function thresholdsOf(account: ScheduleAccount, skewLimit: number | undefined): Threshold[] {
  const { schedule, outcomes, duplicate, partial, offGrid, skews } = account;
  const none = (name: Threshold["name"], value: number): Threshold => ({ name, value, limit: 0, pass: value === 0 });
  const thresholds = [
    none("missed", outcomes.missed),
    none("duplicate", duplicate.count),
    none("suppressed-only", outcomes["duplicate-suppressed"]),
    none("partial", partial),
    none("off-grid", offGrid.count),
  ];
  if (schedule.leadMs) {
    const early = earlyStarts(account).reduce((sum, [, count]) => sum + count, 0);
    thresholds.push(none("started-early", early));
  }
  if (skewLimit === undefined) return thresholds;
  const off = new Tally();
  for (const [skewMs, count] of skews.dispatch.ascending()) off.add(Math.abs(offTimeMs(schedule, skewMs)), count);
  const p99 = statisticsOf(off)?.p99 ?? null;
  // If no tick was due, all were paused, or each began a run of relative pacing, there is no skew to measure.
  const pass = p99 === null ? outcomes.missed + outcomes["duplicate-suppressed"] === 0 : p99 <= skewLimit;
  return [...thresholds, { name: "dispatch-skew-p99", value: p99, limit: skewLimit, pass }];
}

/** The pauses in the span, in order of their beginnings. A run under way logs each tick as paused by itself; these are joined. */
function pausesOf({ circumstances, schedule: { span, intervalMs } }: ScheduleAccount): ScheduleReport["pauses"] {
  const joined: Span[] = [];
  for (const pause of circumstances.pauses) {
    const last = joined.at(-1);
    if (last && pause.from <= last.to + intervalMs) joined[joined.length - 1] = { from: last.from, to: pause.to };
    else joined.push(pause);
  }
  return [...joined, ...circumstances.pausesByHand]
    .filter(({ from, to }) => from < span.to && to > span.from)
    .sort((a, b) => a.from - b.from)
    .map(({ from, to, ...hand }) => ({ ...isoSpan({ from, to }), ...hand }));
}

function byHandOf({ circumstances, schedule: { span } }: ScheduleAccount): ScheduleReport["byHand"] {
  const isWithin = (at: number) => at >= span.from && at < span.to;
  const within = circumstances.byHand.filter(({ scheduledAt, dispatchedAt }) =>
    isWithin(Date.parse(dispatchedAt ?? scheduledAt ?? "")),
  );
  return { count: within.length, first: within.slice(0, NAMED_TICKS) };
}

function isoSpan({ from, to }: Span): { from: string; to: string } {
  return { from: iso(from), to: iso(to) };
}
