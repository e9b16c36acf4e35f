import { MINUTE_MS } from "../../schedule/duration";
import type { Span } from "../../schedule/outcome";
import { isManual, type TickRecord } from "../../schedule/tick";
import { LONGEST_HORIZON_MS } from "./circumstances";
import type { ReadBatch } from "./log-reader";
import { TickCollector } from "./records";
import { type ObservedSchedule, ScheduleAccount } from "./schedule-account";
import type { ClockReport } from "./schedule-report";
import { type ReportAbout, reportOf } from "./summary";
import { instantOf, scheduleOf, type TickEvent } from "./tick-log";

/**
 * How long after its instant and its catch-up window a tick is judged, in ms: all its lines are readable then. On AWS an
 * invocation may wait for a minute. On the embedded AWS a line has the instant at which its invocation ended, up to five
 * minutes after the tick.
 */
const SETTLED_AFTER_MS = 15 * MINUTE_MS;

/** How often ticks are judged, in ms of the logs' time. */
const JUDGE_EVERY_MS = 5 * MINUTE_MS;

/** How many schedules that the configuration does not have are named. */
const NAMED_STRANGERS = 10;

/** What a report is streamed from. */
export interface StreamInput {
  /** Each of another name. */
  readonly schedules: readonly ObservedSchedule[];
  /** The longest catch-up window of the schedules, in ms. */
  readonly catchUpMs: number;
  /** Since when the logs are read, ms since the epoch: see {@link spanToRead}. */
  readonly readFrom: number;
  /**
   * Whether the logs of every clock of the span are there. If not, a claim without a dispatch may be another clock's.
   * @default true
   */
  readonly complete?: boolean;
  /** Takes each record of the observed spans, by schedule in order of the ticks' instants. @default none wants them */
  readonly onRecord?: (record: TickRecord) => void;
}

/** The stretch of the logs that has the lines of the ticks in a span; ms since the epoch. */
export function spanToRead({ from, to }: Span, catchUpMs: number): Span {
  return { from: from - LONGEST_HORIZON_MS, to: to + catchUpMs + SETTLED_AFTER_MS };
}

/**
 * Makes a report of logs that are too long for memory: judges each tick when all its lines have been read, and keeps of
 * it only what the report needs. Lines that come later are counted in a note.
 */
export class StreamedReport {
  private readonly ticks = new TickCollector();
  private readonly accounts: readonly ScheduleAccount[];
  private readonly names: ReadonlySet<string>;
  private readonly strangers = new Set<string>();
  private judgedTo = Number.NEGATIVE_INFINITY;
  private late = 0;
  private events = 0;

  constructor(private readonly input: StreamInput) {
    this.names = new Set(input.schedules.map(({ name }) => name));
    this.accounts = input.schedules.map((schedule) => {
      const circumstances = this.ticks.circumstances(schedule.name);
      // A missing plan means nothing if the clock logs no plans.
      if (schedule.logsPlans) circumstances.readFrom(input.readFrom);
      circumstances.complete = input.complete ?? true;
      return new ScheduleAccount(schedule, circumstances);
    });
  }

  /** Ticks that were judged so far. */
  get judged(): number {
    return this.accounts.reduce((sum, { due }) => sum + due, 0);
  }

  /** Takes the next batch. */
  add({ events, readTo }: ReadBatch): void {
    for (const event of events) this.take(event);
    const settled = readTo - SETTLED_AFTER_MS - this.input.catchUpMs;
    if (settled >= this.judgedTo + JUDGE_EVERY_MS) this.judge(settled);
  }

  /** Judges what is left, and makes the report. */
  end(about: ReportAbout): ClockReport {
    this.judge(Number.POSITIVE_INFINITY);
    const report = reportOf(this.accounts, about);
    return { ...report, notes: [...report.notes, ...this.notes()] };
  }

  private take(event: TickEvent): void {
    this.events += 1;
    const name = scheduleOf(event);
    if (name !== null && !this.names.has(name)) {
      if (this.strangers.size < NAMED_STRANGERS) this.strangers.add(name);
      return;
    }
    if ("tick" in event && !isManual(event.tick.id) && (instantOf(event) ?? Infinity) < this.judgedTo) this.late += 1;
    else this.ticks.add(event);
  }

  private judge(instant: number): void {
    this.judgedTo = instant;
    for (const account of this.accounts) {
      for (const tick of this.ticks.take(account.schedule.name, instant)) {
        if (!account.add(tick)) continue;
        for (const record of tick.records()) this.input.onRecord?.(record);
      }
    }
  }

  private notes(): string[] {
    const notes: string[] = [];
    if (this.events === 0 && this.judged > 0) {
      notes.push("The logs have no tick in this span. They may have been deleted, or their retention is too short.");
    }
    if (this.late > 0) {
      notes.push(`${this.late} log lines came after their tick had been judged. They are in no figure.`);
    }
    if (this.strangers.size > 0) {
      const named = [...this.strangers].map((name) => `"${name}"`).join(", ");
      notes.push(
        `The logs have ticks of schedules that the configuration does not have: ${named}. They are in no figure.`,
      );
    }
    return notes;
  }
}
