import { MINUTE_MS } from "../../schedule/duration";
import type { Circumstances } from "../../schedule/judge";
import { minuteOf } from "../../schedule/minute";
import type { Span } from "../../schedule/outcome";
import type { TickEvent } from "./tick-log";

/** Most clock minutes that a firing plans ahead; the configuration takes no longer horizon. */
export const LONGEST_HORIZON_MS = 10 * MINUTE_MS;

/** A stretch in which a schedule was paused by hand: by whom, and why. */
export interface LoggedPause extends Span {
  readonly by: string;
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

type PausedEvent = Pick<Extract<TickEvent, { kind: "schedule.paused" }>, "from" | "to" | "by" | "note" | "until">;

/** What the logs say of a schedule apart from its ticks: which minutes runs had planned, and when it was paused. */
export class LoggedCircumstances implements Circumstances {
  /** False if a clock may have been removed with its logs within the span. */
  complete = true;
  /** Ticks that were fired by hand. */
  readonly byHand: HandTick[] = [];
  private readonly minutes = new Set<number>();
  private plansKnownFrom = Number.POSITIVE_INFINITY;
  private stretches: Span[] = [];
  /** By who began them, why, and until when. */
  private readonly handPauses = new Map<string, LoggedPause>();

  /** @param all what the logs say of all schedules at once. @default nothing */
  constructor(private readonly all?: LoggedCircumstances) {}

  /** The stretches in which the configuration paused it, in order of time; those that touch are one. */
  get pauses(): readonly Span[] {
    return this.stretches;
  }

  /** The stretches in which it was paused by hand, each from the first to the last tick that it held. */
  get pausesByHand(): readonly LoggedPause[] {
    return [...this.handPauses.values()];
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

  addPause({ from, to, by, note, until }: PausedEvent): void {
    const added: Span = { from: Date.parse(from), to: Date.parse(to) };
    if (added.to <= added.from) return;
    if (by === undefined) {
      this.addStretch(added);
      return;
    }
    // A pause by hand logs each of its ticks. From the first to the last of them it was in force.
    const key = JSON.stringify([by, note, until]);
    const known = this.handPauses.get(key) ?? added;
    this.handPauses.set(key, { from: Math.min(known.from, added.from), to: Math.max(known.to, added.to), by, note });
  }

  private addStretch(added: Span): void {
    const apart = this.stretches.filter((one) => one.to < added.from || one.from > added.to);
    const joined = this.stretches.filter((one) => one.to >= added.from && one.from <= added.to);
    const whole = {
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
    const isWithin = ({ from, to }: Span) => instant >= from && instant < to;
    return this.stretches.some(isWithin) || this.pausesByHand.some(isWithin);
  }

  isPlanned(instant: number): boolean | undefined {
    const minute = minuteOf(instant);
    if (this.minutes.has(minute) || this.all?.minutes.has(minute)) return true;
    return minute >= Math.min(this.plansKnownFrom, this.all?.plansKnownFrom ?? this.plansKnownFrom) ? false : undefined;
  }
}
