import type { UndispatchedTick } from "../../schedule/events";
import { firstAfter, instantsBetween } from "../../schedule/grid";
import { ON_TIME_WITHIN_MS, type ScheduleTiming } from "../../schedule/outcome";
import { tickId } from "../../schedule/tick";
import type { TickEvent } from "../report/tick-log";
import type { TickLine } from "./follow-lines";

/** A tick that is being followed. Instants in ms since the epoch. */
interface LiveTick {
  readonly tick: UndispatchedTick;
  readonly startsBySource: Map<string, number>;
  /** When its first event was read. */
  readonly seenAt: number;
  dispatches: number;
  /** How often it came: dispatches, or starts of one function, whichever is more; 1 where only the analyser saw it. */
  times: number;
  dispatchedAt: number | null;
  startedAt: number | null;
  missed: string | null;
}

/**
 * Turns events into the lines of the live view. A tick's line is ready when its start has been seen, which tells of its
 * dispatch too, when it was missed, or when the grace is over; lines come in order of time. It reads no clock: callers
 * say what time it is.
 */
export class LiveTicks {
  private readonly ticks = new Map<string, LiveTick>();
  private pending: LiveTick[] = [];
  private extra: TickLine[] = [];
  private readonly lastShown = new Map<string, number>();
  private readonly lastDispatch = new Map<string, number>();
  private missedCount = 0;
  private duplicateCount = 0;

  /** @param graceMs how long a start is waited for, in ms. */
  constructor(
    private readonly schedules: readonly ScheduleTiming[],
    private readonly graceMs: number,
  ) {}

  /** Takes in an event that was read at `now` (ms since the epoch). */
  add(event: TickEvent, now: number): void {
    if (!("tick" in event) || event.kind === "tick.suppressed") return;
    const live = this.liveOf(event.tick, now);
    if (event.kind === "tick.missed") {
      live.missed = event.reason;
      return;
    }
    if (event.kind === "tick.measured") {
      live.dispatchedAt ??= Date.parse(event.tick.dispatchedAt);
      live.times = Math.max(live.times, 1);
      return;
    }
    if (event.kind === "tick.dispatched") live.dispatches += 1;
    else live.startsBySource.set(event.source, (live.startsBySource.get(event.source) ?? 0) + 1);
    const startedAt = event.kind === "tick.started" ? Date.parse(event.startedAt) : null;
    const times = Math.max(live.dispatches, ...live.startsBySource.values());
    if (times > live.times && times > 1) {
      this.duplicateCount += 1;
      this.extra.push(this.lineOf(live, Date.parse(event.tick.dispatchedAt), startedAt, "duplicate"));
    } else {
      live.dispatchedAt ??= Date.parse(event.tick.dispatchedAt);
      live.startedAt ??= startedAt;
    }
    live.times = times;
  }

  /** The lines that are ready at `now` (ms since the epoch) and were not handed out before. */
  ready(now: number): TickLine[] {
    const lines: TickLine[] = [];
    this.pending.sort((a, b) => instantOf(a) - instantOf(b));
    for (let head = this.pending[0]; head && this.isReady(head, now); head = this.pending[0]) {
      lines.push(...this.linesUpTo(head));
      this.pending.shift();
    }
    lines.push(...this.extra);
    this.extra = [];
    return lines;
  }

  /** When the next tick is expected after `now`, in ms since the epoch; under relative pacing it may have passed. */
  nextAt(now: number): number {
    return Math.min(
      ...this.schedules.map((schedule) => {
        const last = this.lastDispatch.get(schedule.name);
        if (schedule.pacing === "clock") return firstAfter(schedule, now);
        return last === undefined ? Number.POSITIVE_INFINITY : last + schedule.intervalMs;
      }),
    );
  }

  /** Whether all events of the tick of a schedule at `scheduledAt` (ms since the epoch) that are waited for were seen. */
  isComplete(schedule: string, scheduledAt: number): boolean {
    const live = this.ticks.get(keyOf(schedule, tickId(schedule, scheduledAt)));
    return live !== undefined && isComplete(live);
  }

  /** What was seen so far. */
  counts(): { readonly seen: number; readonly missed: number; readonly duplicate: number } {
    const seen = [...this.ticks.values()].filter(({ times }) => times > 0).length;
    return { seen, missed: this.missedCount, duplicate: this.duplicateCount };
  }

  private liveOf(tick: UndispatchedTick, now: number): LiveTick {
    const key = keyOf(tick.schedule, tick.id);
    const known = this.ticks.get(key);
    if (known) return known;
    const live: LiveTick = {
      tick,
      startsBySource: new Map(),
      seenAt: now,
      dispatches: 0,
      times: 0,
      dispatchedAt: null,
      startedAt: null,
      missed: null,
    };
    this.ticks.set(key, live);
    this.pending.push(live);
    return live;
  }

  private isReady(live: LiveTick, now: number): boolean {
    return live.startedAt !== null || isComplete(live) || now >= live.seenAt + this.graceMs;
  }

  /** The line of a tick, after those of the ticks before it that were due and of which nothing was seen. */
  private linesUpTo(live: LiveTick): TickLine[] {
    const { schedule } = live.tick;
    const timing = this.schedules.find(({ name }) => name === schedule);
    const at = instantOf(live);
    const last = this.lastShown.get(schedule);
    const passed = timing?.pacing === "clock" && last !== undefined ? instantsBetween(timing, last + 1, at) : [];
    const unseen = passed.map((scheduledAt) => ({ ...NOTHING_SEEN, schedule, scheduledAt, expectedAt: scheduledAt }));
    this.missedCount += unseen.length;
    const missed = live.times === 0 && live.missed !== null;
    if (missed) this.missedCount += 1;
    const line = this.lineOf(live, live.dispatchedAt, live.startedAt, missed ? `missed: ${live.missed}` : "");
    this.lastShown.set(schedule, Math.max(at, last ?? at));
    if (live.dispatchedAt !== null) this.lastDispatch.set(schedule, live.dispatchedAt);
    return [...unseen, line];
  }

  private lineOf(live: LiveTick, dispatchedAt: number | null, startedAt: number | null, mark: string): TickLine {
    const { schedule, scheduledAt: planned } = live.tick;
    const scheduledAt = planned === null ? null : Date.parse(planned);
    const expectedAt = scheduledAt ?? this.expectedAfterLast(schedule, dispatchedAt);
    const late =
      dispatchedAt !== null && expectedAt !== null && Math.abs(dispatchedAt - expectedAt) > ON_TIME_WITHIN_MS;
    return { schedule, scheduledAt, dispatchedAt, startedAt, expectedAt, mark: mark || (late ? "late" : "") };
  }

  /** Under relative pacing, the tick before plus the interval; `null` where `at` is nowhere near it. */
  private expectedAfterLast(schedule: string, at: number | null): number | null {
    const last = this.lastDispatch.get(schedule);
    const timing = this.schedules.find(({ name }) => name === schedule);
    if (last === undefined || timing === undefined || at === null) return null;
    const expectedAt = last + timing.intervalMs;
    return Math.abs(at - expectedAt) < timing.intervalMs / 2 ? expectedAt : null;
  }
}

function keyOf(schedule: string, id: string): string {
  return `${schedule}\n${id}`;
}

const NOTHING_SEEN = { dispatchedAt: null, startedAt: null, mark: "missed: not seen" } as const;

/** Dispatched and started, or missed. */
function isComplete({ dispatches, startedAt, times, missed }: LiveTick): boolean {
  return (dispatches > 0 && startedAt !== null) || (times === 0 && missed !== null);
}

/** Where in time a tick stands: its scheduledAt or, without a grid, its dispatch. */
function instantOf({ tick, dispatchedAt, seenAt }: LiveTick): number {
  return tick.scheduledAt === null ? (dispatchedAt ?? seenAt) : Date.parse(tick.scheduledAt);
}
