import { MINUTE_MS } from "../../schedule/duration";
import type { Circumstances } from "../../schedule/judge";
import { minuteOf } from "../../schedule/minute";
import type { Span } from "../../schedule/outcome";
import type { TickEvent } from "./tick-log";

/** Most clock minutes that a firing plans ahead; the configuration takes no longer horizon. */
export const LONGEST_HORIZON_MS = 10 * MINUTE_MS;

/** A stretch in which a schedule was paused; by whom and why if the pause was begun by hand. */
export interface LoggedPause extends Span {
  readonly by?: string;
  readonly note?: string;
}

/** A tick that was fired by hand. Instants are ISO 8601, UTC. */
export interface HandTick {
  readonly id: string;
  /** The instant of the tick that it repeats or, if it is one of its own, when it was fired. */
  readonly scheduledAt: string | null;
  /** `null` if no target accepted it. */
  readonly dispatchedAt: string | null;
  /** Who asked for it. */
  readonly by: string;
  /** Which targets did not accept it; `null` if all did. */
  readonly error: string | null;
}

type PausedEvent = Pick<Extract<TickEvent, { kind: "schedule.paused" }>, "from" | "to" | "by" | "note">;

/** Whether two stretches may be of one pause: what the configuration says, or what one person has begun. */
export function isSamePause(one: LoggedPause, other: LoggedPause): boolean {
  return one.by === other.by && one.note === other.note;
}

/** What the logs say of a schedule apart from its ticks: which minutes runs had planned, and when it was paused. */
export class LoggedCircumstances implements Circumstances {
  /** False if a clock may have been removed with its logs within the span. */
  complete = true;
  /** Ticks that were fired by hand. */
  readonly byHand: HandTick[] = [];
  private readonly minutes = new Set<number>();
  private plansKnownFrom = Number.POSITIVE_INFINITY;
  private stretches: LoggedPause[] = [];

  /** @param all what the logs say of all schedules at once. @default nothing */
  constructor(private readonly all?: LoggedCircumstances) {}

  /** The stretches in which it was paused, in order of time; those of one pause that touch are one. */
  get pauses(): readonly LoggedPause[] {
    return this.stretches;
  }

  /** Takes in a run's plan. If the logs begin in the middle of a horizon, minutes before its end may have been planned unseen. */
  addPlan({ minutes }: Pick<Extract<TickEvent, { kind: "run.planned" }>, "minutes">): void {
    for (const minute of minutes) this.minutes.add(minute);
    if (this.plansKnownFrom === Number.POSITIVE_INFINITY && minutes.length > 0) {
      this.plansKnownFrom = Math.max(...minutes) + 1;
    }
  }

  /** Says that the logs were read from `instant` on (ms since the epoch), so that later plans are all known. */
  readFrom(instant: number): void {
    this.plansKnownFrom = Math.min(this.plansKnownFrom, minuteOf(instant + LONGEST_HORIZON_MS));
  }

  addPause({ from, to, by, note }: PausedEvent): void {
    const added: LoggedPause = { from: Date.parse(from), to: Date.parse(to), ...(by !== undefined && { by, note }) };
    if (added.to <= added.from) return;
    const apart = this.stretches.filter(
      (one) => one.to < added.from || one.from > added.to || !isSamePause(one, added),
    );
    const joined = this.stretches.filter((one) => !apart.includes(one));
    const whole = {
      ...added,
      from: Math.min(added.from, ...joined.map((one) => one.from)),
      to: Math.max(added.to, ...joined.map((one) => one.to)),
    };
    this.stretches = [...apart, whole].sort((a, b) => a.from - b.from);
  }

  addByHand(event: Extract<TickEvent, { kind: "tick.dispatched" | "tick.missed" }>): void {
    const { tick, by = "", error = null } = event;
    const dispatchedAt = event.kind === "tick.dispatched" ? event.tick.dispatchedAt : null;
    this.byHand.push({ id: tick.id, scheduledAt: tick.scheduledAt, dispatchedAt, by, error });
  }

  isPaused(instant: number): boolean {
    return this.stretches.some(({ from, to }) => instant >= from && instant < to);
  }

  isPlanned(instant: number): boolean | undefined {
    const minute = minuteOf(instant);
    if (this.minutes.has(minute) || this.all?.minutes.has(minute)) return true;
    return minute >= Math.min(this.plansKnownFrom, this.all?.plansKnownFrom ?? this.plansKnownFrom) ? false : undefined;
  }
}
