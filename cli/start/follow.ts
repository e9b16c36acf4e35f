import { setTimeout as sleep } from "node:timers/promises";
import { MINUTE_MS, SECOND_MS } from "../../schedule/duration";
import { firstAtOrAfter } from "../../schedule/grid";
import type { ScheduleTiming, Span } from "../../schedule/outcome";
import { isManual, type TickRecord } from "../../schedule/tick";
import { painter } from "../lib/colour";
import type { Terminal } from "../lib/context";
import { minutesAndSeconds } from "../lib/progress";
import { TickCollector } from "../report/records";
import type { ObservedSchedule } from "../report/schedule-account";
import { observedRecords } from "../report/summary";

import { type EventOfTick, instantOf, scheduleOf, type TickEvent } from "../report/tick-log";
import { headingLine, quietText, tickLine } from "./follow-lines";

/** The clock by which ticks are followed. */
export interface FollowClock {
  /** ms since the epoch. */
  now(): number;
  /** Resolves at `instant` (ms since the epoch), or at once if it has passed. */
  waitUntil(instant: number): Promise<void>;
}

/** The output of the live view. The countdown is drawn over itself, on a terminal only. */
export interface FollowOutput extends Partial<Terminal> {
  write(text: string): void;
}

/** What is followed, and for how long. */
export interface FollowOptions {
  /** Opens the source of events; it ends when the signal it is given aborts. */
  readonly events: (signal: AbortSignal) => AsyncIterable<TickEvent>;
  /** At least one that is not paused; events of other schedules are left out. */
  readonly schedules: readonly ScheduleTiming[];
  readonly output: FollowOutput;
  /** The observed span, in ms from the first tick's scheduledAt (without a grid, its dispatchedAt). */
  readonly forMs: number;
  /** Names of the schedules that are paused: no tick of theirs is waited for. @default none */
  readonly paused?: ReadonlySet<string>;
  /** Ends following early; what was seen until then is returned. */
  readonly signal?: AbortSignal;
  /** @default this machine's */
  readonly clock?: FollowClock;
}

/** What was followed. */
export interface Followed {
  /** Every event that was read, collected for a report. */
  readonly ticks: TickCollector;
  /** The schedules, each with the span in which its ticks were due; empty if the signal came before the first tick. */
  readonly schedules: readonly ObservedSchedule[];
  /** The records of the ticks in these spans. */
  readonly records: readonly TickRecord[];
}

/** A clock that was just deployed runs within this, in ms: its rule fires within a minute, and then a minute is planned. */
const RUNS_WITHIN_MS = 2 * MINUTE_MS;

/** How long after its instant the first tick is waited for, in ms: until its function has run, and its log can be read. */
const FIRST_TICK_GRACE_MS = MINUTE_MS;

/** How long a tick's events are waited for: a sample target runs for up to 3 s, and its log may be readable only when it has ended. */
const GRACE_MS = 4_000;

/** How often the view is drawn, and the clock and the signal are looked at, in ms. */
const REDRAW_MS = 200;

/** A schedule's own rule fires within a minute of another's; after this long, in ms, its silence counts as missed ticks. */
const OWN_RULE_WITHIN_MS = 1.5 * MINUTE_MS;

/** Goes back to the line's start and clears it. */
const CLEAR_LINE = "\r\u001b[2K";

/** No tick depends on this clock, so it only sleeps. */
const MACHINE_CLOCK: FollowClock = {
  now: Date.now,
  waitUntil: (instant) => sleep(Math.max(0, instant - Date.now())),
};

/**
 * Follows the ticks live: a line each time that a tick came, and on a terminal a countdown. It ends when the span and
 * the grace after it have passed. What became of every tick that was due, the report of `ticks` says.
 *
 * @throws Error if no tick comes in time, or if the source of events throws.
 */
export async function followTicks(options: FollowOptions): Promise<Followed> {
  const { signal, output, clock = MACHINE_CLOCK } = options;
  const stop = new AbortController();
  const session = new Session(options, clock);
  const read = async () => {
    for await (const event of options.events(stop.signal)) session.add(event);
    // A source that ends is only silent.
    return new Promise<never>(() => undefined);
  };
  output.write(`${session.quietText()}\n`);
  const reading = read();
  try {
    while (!signal?.aborted && !session.isOver()) {
      await Promise.race([reading, clock.waitUntil(clock.now() + REDRAW_MS)]);
      session.show(clock.now() - GRACE_MS);
    }
    return session.result();
  } finally {
    stop.abort();
    reading.catch(() => undefined);
    session.end();
  }
}

/** The state of one call of followTicks, and its output. */
class Session {
  private readonly ticks = new TickCollector();
  /** When the first tick of a schedule was due, ms since the epoch. */
  private readonly firsts = new Map<string, number>();
  /** How many lines of a tick were written, by its id. */
  private readonly shown = new Map<string, number>();
  private readonly names: ReadonlySet<string>;
  private readonly nameWidth: number;
  private readonly startedAt: number;
  /** The schedules that tick, the one whose first tick is expected first before the others. */
  private readonly ticking: readonly ScheduleTiming[];

  constructor(
    private readonly options: FollowOptions,
    private readonly clock: FollowClock,
  ) {
    const names = options.schedules.map(({ name }) => name);
    this.names = new Set(names);
    this.nameWidth = names.length > 1 ? Math.max("schedule".length, ...names.map((name) => name.length)) : 0;
    this.startedAt = clock.now();
    this.ticking = options.schedules
      .filter(({ name }) => !options.paused?.has(name))
      .sort((a, b) => this.firstTickBy(a) - this.firstTickBy(b));
  }

  /** What is to be said before the first tick. */
  quietText(): string {
    const first = this.ticking[0] as ScheduleTiming;
    return quietText(first, this.firstTickBy(first), this.startedAt);
  }

  add(event: TickEvent): void {
    const schedule = scheduleOf(event);
    if (schedule !== null && !this.names.has(schedule)) return;
    this.ticks.add(event);
    if (!("tick" in event) || isManual(event.tick.id) || !begins(event)) return;
    // Without a grid and a dispatch nothing waits for the tick.
    const at = instantOf(event) ?? -Infinity;
    const { schedule: name } = event.tick;
    this.firsts.set(name, Math.min(at, this.firsts.get(name) ?? Infinity));
  }

  /** Writes the ticks whose start was seen or that were dispatched before `until` (ms since the epoch), and the countdown. */
  show(until: number): void {
    const { output } = this.options;
    const isFirst = this.shown.size === 0;
    const lines = this.newRecords(until).map((record) => tickLine(record, this.nameWidth));
    if (isFirst && lines.length > 0) {
      lines.unshift(painter(output.colour === true)("bold", headingLine(this.nameWidth)));
    }
    const text = lines.map((line) => `${line}\n`).join("");
    const countdown = this.countdown().slice(0, (output.columns ?? 80) - 1);
    if (output.isTTY) output.write(`${CLEAR_LINE}${text}${countdown}`);
    else if (text) output.write(text);
  }

  /** Writes the ticks whose start is still waited for, and removes the countdown. */
  end(): void {
    this.show(Infinity);
    if (this.options.output.isTTY) this.options.output.write(CLEAR_LINE);
  }

  /** @throws Error if the first tick did not come in time. */
  isOver(): boolean {
    const span = this.span();
    const now = this.clock.now();
    if (span) return now >= span.to + GRACE_MS;
    const until = this.firstTickBy(this.ticking[0] as ScheduleTiming) + FIRST_TICK_GRACE_MS;
    if (now < until) return false;
    const names = this.ticking.map(({ name }) => `"${name}"`).join(", ");
    throw new Error(
      `no tick of ${names} came within ${Math.round((until - this.startedAt) / SECOND_MS)} s: ` +
        "either no rule fired, or the functions it starts failed; their log groups show which",
    );
  }

  /** What had time to be seen. */
  result(): Followed {
    const whole = this.span();
    const schedules = this.options.schedules.flatMap((schedule): ObservedSchedule[] => {
      if (!whole) return [];
      const to = Math.min(whole.to, this.clock.now() - GRACE_MS);
      const from = Math.min(this.firsts.get(schedule.name) ?? to, whole.from + OWN_RULE_WITHIN_MS, to);
      return [{ ...schedule, span: { from, to } }];
    });
    return { ticks: this.ticks, schedules, records: observedRecords({ schedules, ticks: this.ticks }) };
  }

  /**
   * From the first tick of any schedule on; `undefined` before the first tick. A schedule of which no tick came is
   * followed until one was certainly due: a short span would not show that it is silent.
   */
  private span(): Span | undefined {
    if (this.firsts.size === 0) return undefined;
    const from = Math.min(...this.firsts.values());
    const silent = this.ticking.filter(({ name, intervalMs }) => !this.firsts.has(name) && intervalMs <= MINUTE_MS);
    const due = silent.map(({ intervalMs }) => from + OWN_RULE_WITHIN_MS + intervalMs);
    return { from, to: Math.max(from + this.options.forMs, ...due) };
  }

  /** When the first tick of a schedule was dispatched at the latest, ms since the epoch: the first of its grid once the clock runs. */
  private firstTickBy(schedule: ScheduleTiming): number {
    const runsFrom = this.startedAt + RUNS_WITHIN_MS;
    return schedule.pacing === "relative" ? runsFrom : firstAtOrAfter(schedule, runsFrom);
  }

  /** Records that were not shown, one for each time that a tick came: complete, or dispatched before `until`. */
  private newRecords(until: number): TickRecord[] {
    const span = this.span();
    if (!span) return [];
    const ticks = this.options.schedules.flatMap(({ name }) => this.ticks.ticks(name, span));
    return ticks.flatMap((tick) => {
      const shown = this.shown.get(tick.id) ?? 0;
      const records = tick.records();
      const awaited = records.findIndex(
        ({ dispatchedAt, startedAt }, k) => k >= shown && startedAt === null && Date.parse(dispatchedAt ?? "") > until,
      );
      const fresh = records.slice(shown, awaited === -1 ? undefined : awaited);
      if (fresh.length > 0) this.shown.set(tick.id, shown + fresh.length);
      return fresh;
    });
  }

  private countdown(): string {
    const now = this.clock.now();
    const span = this.span();
    if (!span) return `waiting for the first tick, ${Math.floor((now - this.startedAt) / SECOND_MS)} s so far`;
    return now < span.to ? `${minutesAndSeconds(span.to - now)} to go` : "waiting for the last ticks to start";
  }
}

/**
 * Whether an event is of the first tick: one that was dispatched, or whose dispatch on its grid failed. A start counts
 * too: if the dispatching function runs for a minute, its dispatch is readable long after the start. A start after its
 * tick's expiry does not count: it may be a retry of a tick from before following began.
 */
function begins(event: EventOfTick): boolean {
  if (event.kind === "tick.missed") return event.reason.startsWith("dispatch-") && event.tick.scheduledAt !== null;
  if (event.kind === "tick.started" || event.kind === "tick.measured") {
    return !(Date.parse(event.startedAt) >= Date.parse(event.tick.expiresAt));
  }
  return event.kind === "tick.dispatched";
}
