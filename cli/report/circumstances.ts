import { MINUTE_MS } from "../../schedule/duration";
import type { Circumstances } from "../../schedule/judge";
import { minuteOf } from "../../schedule/minute";
import type { Span } from "../../schedule/outcome";
import type { TickEvent } from "./tick-log";

/** Most clock minutes that a firing plans ahead; the configuration takes no longer horizon. */
export const LONGEST_HORIZON_MS = 10 * MINUTE_MS;

/** What the logs say of a schedule apart from its ticks: which minutes runs had planned, and when it was paused. */
export class LoggedCircumstances implements Circumstances {
  /** False if a clock may have been removed with its logs within the span. */
  complete = true;
  private readonly minutes = new Set<number>();
  private plansKnownFrom = Number.POSITIVE_INFINITY;
  private stretches: Span[] = [];

  /** @param all what the logs say of all schedules at once. @default nothing */
  constructor(private readonly all?: LoggedCircumstances) {}

  /** The stretches in which it was paused, in order of time; those that touch are one. */
  get pauses(): readonly Span[] {
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

  addPause({ from, to }: Pick<Extract<TickEvent, { kind: "schedule.paused" }>, "from" | "to">): void {
    const added: Span = { from: Date.parse(from), to: Date.parse(to) };
    if (added.to <= added.from) return;
    const apart = this.stretches.filter((one) => one.to < added.from || one.from > added.to);
    const joined = this.stretches.filter((one) => !apart.includes(one));
    const whole = {
      from: Math.min(added.from, ...joined.map((one) => one.from)),
      to: Math.max(added.to, ...joined.map((one) => one.to)),
    };
    this.stretches = [...apart, whole].sort((a, b) => a.from - b.from);
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
