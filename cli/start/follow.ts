import { MINUTE_MS } from "../../schedule/duration";
import { instantsBetween } from "../../schedule/grid";
import type { ScheduleTiming, Span } from "../../schedule/outcome";
import type { TickRecord } from "../../schedule/tick";
import { painter } from "../report/paint";
import { TickCollector } from "../report/records";
import type { ObservedSchedule } from "../report/schedule-account";
import { observedRecords } from "../report/summary";
import type { EventOfTick, TickEvent } from "../report/tick-log";
import { headingLine, quietText, statusLine, type TickLine, tickLine } from "./follow-lines";
import { LiveTicks } from "./live-ticks";

/** The clock that following goes by. */
export interface FollowClock {
  /** ms since the epoch. */
  now(): number;
  /** Resolves at `instant` (ms since the epoch) or at once where it has passed. */
  waitUntil(instant: number): Promise<void>;
}

/** Where the live view is written. */
export interface FollowOutput {
  write(text: string): void;
  /** Whether the countdown can be drawn over itself; else there is none. */
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
  /** The observed span, in ms from the first tick's scheduledAt (under relative pacing, its dispatchedAt). */
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
  /** The schedules, each with the span in which its ticks were due; empty where the signal came before the first tick. */
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
 * Follows the ticks live: a line for each, and on a terminal a countdown to the next one. It ends when the span has
 * passed and the ticks in it are complete, or the grace after it is over.
 *
 * @throws Error where no tick comes in time; whatever the source of events throws.
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
    session.begin();
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
  private readonly live: LiveTicks;
  private readonly firsts = new Map<string, number>();
  private readonly graceMs: number;
  private readonly startedAt: number;
  private readonly nameWidth: number;
  private headingShown = false;

  constructor(private readonly options: FollowOptions) {
    const names = options.schedules.map(({ name }) => name);
    this.graceMs = options.graceMs ?? GRACE_MS;
    this.live = new LiveTicks(options.schedules, this.graceMs);
    this.startedAt = options.clock.now();
    this.nameWidth = names.length > 1 ? Math.max("schedule".length, ...names.map((name) => name.length)) : 0;
  }

  begin(): void {
    const strategies = new Set(this.options.schedules.map(({ strategy }) => strategy));
    for (const strategy of strategies) this.options.output.write(`${quietText(strategy)}\n`);
  }

  add(event: TickEvent): void {
    this.events.push(event);
    this.ticks.add(event);
    if (!("tick" in event)) return;
    const { schedule } = event.tick;
    if (begins(event)) this.firsts.set(schedule, Math.min(instantOf(event), this.firsts.get(schedule) ?? Infinity));
    const end = this.span()?.to ?? Infinity;
    if (instantOf(event) < end) this.live.add(event, this.options.clock.now());
  }

  /** Writes the lines that are ready, and the countdown. */
  show(): void {
    this.write(this.live.ready(this.options.clock.now()));
  }

  private write(ready: readonly TickLine[]): void {
    const { output, clock } = this.options;
    const now = clock.now();
    const paint = painter(output.colour);
    const lines = ready.map((line) => tickLine(line, this.nameWidth, paint));
    if (lines.length > 0 && !this.headingShown) {
      lines.unshift(paint("bold", headingLine(this.nameWidth)));
      this.headingShown = true;
    }
    const text = lines.map((line) => `${line}\n`).join("");
    if (output.isTTY) {
      const status = this.status(now).slice(0, (output.columns ?? 80) - 1);
      output.write(`${CLEAR_LINE}${text}${paint("dim", status)}`);
    } else if (text) {
      output.write(text);
    }
  }

  /** Writes the lines that are not ready too, and takes the countdown away. */
  end(): void {
    this.write(this.live.ready(Infinity));
    if (this.options.output.isTTY) this.options.output.write(CLEAR_LINE);
  }

  /** @throws Error where the first tick did not come in time. */
  isOver(): boolean {
    const { clock, firstTickTimeoutMs, schedules } = this.options;
    const now = clock.now();
    const span = this.span();
    if (!span) {
      if (now - this.startedAt < firstTickTimeoutMs) return false;
      const names = schedules.map(({ name }) => `"${name}"`).join(", ");
      throw new Error(
        `no tick of ${names} came within ${Math.round(firstTickTimeoutMs / 1_000)} s: ` +
          "either no rule fired, or the functions it starts failed; their log groups tell which",
      );
    }
    return now >= span.to + this.graceMs || (now >= span.to && this.isComplete(span));
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

  /** From the first tick of any schedule on; `undefined` where none was seen. */
  private span(): Span | undefined {
    if (this.firsts.size === 0) return undefined;
    const from = Math.min(...this.firsts.values());
    return { from, to: from + this.options.forMs };
  }

  private isComplete({ to }: Span): boolean {
    return this.options.schedules.every((schedule) => {
      const from = this.firsts.get(schedule.name);
      return (
        from !== undefined &&
        schedule.pacing === "clock" &&
        instantsBetween(schedule, from, to).every((at) => this.live.isComplete(schedule.name, at))
      );
    });
  }

  private status(now: number): string {
    const span = this.span();
    return statusLine({
      elapsedMs: now - this.startedAt,
      nextInMs: span && this.live.nextAt(now) - now,
      leftMs: span && span.to - now,
      ...this.live.counts(),
    });
  }
}

/** Where in time a tick stands, ms since the epoch; without a grid and a dispatch, at no instant that anything waits for. */
function instantOf({ tick }: EventOfTick): number {
  const at = tick.scheduledAt ?? ("dispatchedAt" in tick ? tick.dispatchedAt : null);
  return at === null ? -Infinity : Date.parse(at);
}

/**
 * Whether an event can tell of the first tick: one that was dispatched, or tried on its grid in vain. A start tells of it
 * too, and where the dispatching function goes on for a minute, as under lambda-clock, long before the dispatch can be
 * read; but not a start after its tick's expiry: a retry, perhaps of a tick from before anyone followed.
 */
function begins(event: EventOfTick): boolean {
  if (event.kind === "tick.missed") return event.reason.startsWith("dispatch-") && event.tick.scheduledAt !== null;
  if (event.kind === "tick.started" || event.kind === "tick.measured") {
    return !(Date.parse(event.startedAt) >= Date.parse(event.tick.expiresAt));
  }
  return event.kind === "tick.dispatched";
}
