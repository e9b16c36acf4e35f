import { MINUTE_MS } from "../../schedule/duration";
import { ON_TIME_WITHIN_MS, type ScheduleTiming, type Span } from "../../schedule/outcome";
import type { TickRecord } from "../../schedule/tick";
import { painter } from "../lib/colour";
import { minutesAndSeconds } from "../lib/progress";
import { TickCollector } from "../report/records";
import type { ObservedSchedule } from "../report/schedule-account";
import { observedRecords } from "../report/summary";
import { type EventOfTick, instantOf, type TickEvent } from "../report/tick-log";
import { headingLine, QUIET_TEXT, type TickLine, tickLine } from "./follow-lines";

/** The clock by which ticks are followed. */
export interface FollowClock {
  /** ms since the epoch. */
  now(): number;
  /** Resolves at `instant` (ms since the epoch), or at once if it has passed. */
  waitUntil(instant: number): Promise<void>;
}

/** The output of the live view. */
export interface FollowOutput {
  write(text: string): void;
  /** Whether the countdown can be drawn over itself; if not, there is no countdown. */
  readonly isTTY: boolean;
  readonly colour: boolean;
  /**
   * Width of the terminal; the countdown is cut to it.
   * @default 80
   */
  readonly columns?: number;
}

/** What is followed, and for how long. */
export interface FollowOptions {
  /** Opens the source of events; it ends when the signal it is given aborts. */
  readonly events: (signal: AbortSignal) => AsyncIterable<TickEvent>;
  /** At least one; events of other schedules are left out. */
  readonly schedules: readonly ScheduleTiming[];
  readonly clock: FollowClock;
  readonly output: FollowOutput;
  /** The observed span, in ms from the first tick's scheduledAt (without a grid, its dispatchedAt). */
  readonly forMs: number;
  /** How long the first tick is waited for, in ms. */
  readonly firstTickTimeoutMs: number;
  /**
   * How long a tick's events are waited for, in ms.
   * @default 4000: a sample target runs for up to 3 s, and its log may be readable only when it has ended
   */
  readonly graceMs?: number;
  /** Ends following early; what was seen until then is returned. */
  readonly signal?: AbortSignal;
}

/** What was followed. */
export interface Followed {
  /** Every event that was read, in the order it was read. */
  readonly events: readonly TickEvent[];
  /** The same, collected for a report. */
  readonly ticks: TickCollector;
  /** The schedules, each with the span in which its ticks were due; empty if the signal came before the first tick. */
  readonly schedules: readonly ObservedSchedule[];
  /** The records of the ticks in these spans. */
  readonly records: readonly TickRecord[];
  /** Whether the signal ended it. */
  readonly aborted: boolean;
}

const GRACE_MS = 4_000;

/** How often the countdown is drawn, and the clock and the signal are looked at, in ms. */
const REDRAW_MS = 200;

/** A schedule's own rule fires within a minute of another's; after this long, in ms, its silence counts as missed ticks. */
const OWN_RULE_WITHIN_MS = 1.5 * MINUTE_MS;

/** Goes back to the line's start and clears it. */
const CLEAR_LINE = "\r\u001b[2K";

/**
 * Follows the ticks live: a line for each tick that came, and on a terminal a countdown. It ends when the span and the
 * grace after it have passed. What became of every tick that was due, the report of `ticks` says.
 *
 * @throws Error if no tick comes in time, or if the source of events throws.
 */
export async function followTicks(options: FollowOptions): Promise<Followed> {
  const { clock, schedules, signal } = options;
  const stop = new AbortController();
  const source = options.events(stop.signal)[Symbol.asyncIterator]();
  const session = new Session(options);
  const names = new Set(schedules.map(({ name }) => name));
  const readNext = () =>
    source.next().then((result) => (result.done ? new Promise<never>(() => undefined) : result.value));
  let event = readNext();
  const nextRedraw = () => clock.waitUntil(clock.now() + REDRAW_MS).then(() => undefined);
  let redraw = nextRedraw();
  try {
    options.output.write(`${QUIET_TEXT}\n`);
    while (!signal?.aborted) {
      const read = await Promise.race([event, redraw]);
      if (read === undefined) {
        redraw = nextRedraw();
      } else {
        if (names.has("tick" in read ? read.tick.schedule : read.schedule)) session.add(read);
        event = readNext();
      }
      session.show();
      if (session.isOver()) return session.result(false);
    }
    return session.result(true);
  } finally {
    stop.abort();
    event.catch(() => undefined);
    session.end();
  }
}

/** The state of one call of followTicks, and its output. */
class Session {
  private readonly ticks = new TickCollector();
  private readonly events: TickEvent[] = [];
  /** When the first tick of a schedule was due, ms since the epoch. */
  private readonly firsts = new Map<string, number>();
  /** How many lines of a tick were written, by its id. */
  private readonly shown = new Map<string, number>();
  /** When a schedule's last shown tick was dispatched, ms since the epoch. */
  private readonly lastDispatch = new Map<string, number>();
  private readonly graceMs: number;
  private readonly startedAt: number;
  private readonly nameWidth: number;
  private headingShown = false;

  constructor(private readonly options: FollowOptions) {
    const names = options.schedules.map(({ name }) => name);
    this.graceMs = options.graceMs ?? GRACE_MS;
    this.startedAt = options.clock.now();
    this.nameWidth = names.length > 1 ? Math.max("schedule".length, ...names.map((name) => name.length)) : 0;
  }

  add(event: TickEvent): void {
    this.events.push(event);
    this.ticks.add(event);
    if (!("tick" in event)) return;
    const { schedule } = event.tick;
    const at = instantOf(event) ?? -Infinity;
    if (begins(event)) this.firsts.set(schedule, Math.min(at, this.firsts.get(schedule) ?? Infinity));
    if (event.kind === "tick.missed" && at < (this.span()?.to ?? Infinity)) {
      const line = {
        schedule,
        scheduledAt: epoch(event.tick.scheduledAt),
        dispatchedAt: null,
        startedAt: null,
        expectedAt: null,
      };
      this.write([{ ...line, mark: `missed: ${event.reason}` }]);
    }
  }

  /** Writes the ticks whose start was seen, or whose start was waited for in vain, and the countdown. */
  show(): void {
    const until = this.options.clock.now() - this.graceMs;
    this.write(
      this.options.schedules.flatMap((schedule) => this.newLines(schedule, (dispatchedAt) => dispatchedAt <= until)),
    );
  }

  /** Writes the ticks whose start is still waited for, and removes the countdown. */
  end(): void {
    this.write(this.options.schedules.flatMap((schedule) => this.newLines(schedule, () => true)));
    if (this.options.output.isTTY) this.options.output.write(CLEAR_LINE);
  }

  /** @throws Error if the first tick did not come in time. */
  isOver(): boolean {
    const { clock, firstTickTimeoutMs, schedules } = this.options;
    const span = this.span();
    if (span) return clock.now() >= span.to + this.graceMs;
    if (clock.now() - this.startedAt < firstTickTimeoutMs) return false;
    const names = schedules.map(({ name }) => `"${name}"`).join(", ");
    throw new Error(
      `no tick of ${names} came within ${Math.round(firstTickTimeoutMs / 1_000)} s: ` +
        "either no rule fired, or the functions it starts failed; their log groups show which",
    );
  }

  result(aborted: boolean): Followed {
    const whole = this.span();
    const to = whole && Math.min(whole.to, aborted ? this.options.clock.now() - this.graceMs : whole.to);
    const schedules = this.options.schedules.flatMap((schedule): ObservedSchedule[] => {
      if (!whole || to === undefined) return [];
      const from = Math.min(this.firsts.get(schedule.name) ?? to, whole.from + OWN_RULE_WITHIN_MS, to);
      return [{ ...schedule, span: { from, to } }];
    });
    const records = observedRecords({ schedules, ticks: this.ticks });
    return { events: this.events, ticks: this.ticks, schedules, records, aborted };
  }

  /** From the first tick of any schedule on; `undefined` before the first tick. */
  private span(): Span | undefined {
    if (this.firsts.size === 0) return undefined;
    const from = Math.min(...this.firsts.values());
    return { from, to: from + this.options.forMs };
  }

  /** Lines of what came since the last call: once for each time that a tick was dispatched or started. */
  private newLines(schedule: ScheduleTiming, isWaitedOut: (dispatchedAt: number) => boolean): TickLine[] {
    const span = this.span();
    if (!span) return [];
    return this.ticks.ticks(schedule.name, span).flatMap((tick) => {
      const records = tick.records();
      return records.flatMap((record, k): TickLine[] => {
        if (k !== (this.shown.get(record.id) ?? 0)) return [];
        const scheduledAt = epoch(record.scheduledAt);
        // One dispatch may be delivered twice.
        const dispatchedAt = epoch(record.dispatchedAt ?? records[0]?.dispatchedAt);
        const startedAt = epoch(record.startedAt);
        if (startedAt === null && !isWaitedOut(dispatchedAt ?? 0)) return [];
        this.shown.set(record.id, k + 1);
        const expectedAt = scheduledAt ?? this.expectedAfterLast(schedule, dispatchedAt);
        if (dispatchedAt !== null) this.lastDispatch.set(schedule.name, dispatchedAt);
        const skew = dispatchedAt === null || expectedAt === null ? 0 : dispatchedAt - expectedAt;
        const mark = k > 0 ? "duplicate" : Math.abs(skew) > ON_TIME_WITHIN_MS ? "late" : "";
        return [{ schedule: schedule.name, scheduledAt, dispatchedAt, startedAt, expectedAt, mark }];
      });
    });
  }

  /** Without a grid, the previous tick plus the interval; `null` if `at` is nowhere near it. */
  private expectedAfterLast({ name, intervalMs }: ScheduleTiming, at: number | null): number | null {
    const last = this.lastDispatch.get(name);
    if (last === undefined || at === null) return null;
    return Math.abs(at - last - intervalMs) < intervalMs / 2 ? last + intervalMs : null;
  }

  private write(ticks: readonly TickLine[]): void {
    const { output } = this.options;
    const paint = painter(output.colour);
    const lines = ticks.map((line) => tickLine(line, this.nameWidth, paint));
    if (lines.length > 0 && !this.headingShown) {
      lines.unshift(paint("bold", headingLine(this.nameWidth)));
      this.headingShown = true;
    }
    const text = lines.map((line) => `${line}\n`).join("");
    if (output.isTTY) {
      const countdown = this.countdown().slice(0, (output.columns ?? 80) - 1);
      output.write(`${CLEAR_LINE}${text}${paint("dim", countdown)}`);
    } else if (text) {
      output.write(text);
    }
  }

  private countdown(): string {
    const now = this.options.clock.now();
    const span = this.span();
    if (!span) return `waiting for the first tick, ${Math.floor((now - this.startedAt) / 1_000)} s so far`;
    return now < span.to ? `${minutesAndSeconds(span.to - now)} to go` : "waiting for the last ticks to start";
  }
}

/** ms since the epoch, from ISO 8601. */
function epoch(at: string | null | undefined): number | null {
  return at ? Date.parse(at) : null;
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
