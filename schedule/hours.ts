import { SECOND_MS } from "./duration";
import { OFFSET_STEP_MS, wallClock } from "./zone";

/** Hours of a week, by the wall clock of a time zone. */
export interface Window {
  /** Days of the week on which it opens: 0 is Sunday, 6 Saturday. */
  readonly days: readonly number[];
  /** When it opens: a second of the day, 0 to 86,399. */
  readonly fromS: number;
  /** When it closes, exclusive: a second of the day, up to 86,400; of the day after, if it is not after `fromS`. */
  readonly toS: number;
  /** A time zone of the IANA database, such as `Europe/Berlin`. */
  readonly zone: string;
}

/** An interval, and when it holds. */
export interface Rate {
  readonly intervalMs: number;
  /** It holds while one of them is open. @default always */
  readonly active?: readonly Window[];
}

/** Dates of a window's zone on which it does not open, such as `2026-12-24`; both inclusive. */
export interface ExceptedDates {
  readonly from: string;
  readonly to: string;
}

/**
 * When a schedule ticks, and how often: a filter on its grid. Of the rates the first one that holds at an instant decides, and
 * if none holds no tick is due.
 *
 * A window judges an instant by what the wall clock of its zone shows then. So an hour that comes twice when summer time ends is
 * open both times, and one that does not exist has no instants.
 */
export interface Hours {
  readonly rates: readonly Rate[];
  /** @default none */
  readonly except?: readonly ExceptedDates[];
  /** The first instant, ms since the epoch. @default no bound */
  readonly from?: number;
  /** The instant before which the last tick is due, ms since the epoch. @default no bound */
  readonly until?: number;
}

/** The seconds of a day. */
export const DAY_S = 24 * 60 * 60;

/** The days of the week as they are written, in the order of their numbers. */
export const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;

/** The interval that holds at an instant (ms since the epoch), in ms; `undefined` if no tick is due then at all. */
export function intervalAt({ rates, except = [], from, until }: Hours, instant: number): number | undefined {
  if ((from !== undefined && instant < from) || (until !== undefined && instant >= until)) return undefined;
  return rates.find(({ active }) => active?.some((window) => isOpen(window, except, instant)) ?? true)?.intervalMs;
}

/** The parts of a usual week in which the same intervals hold. */
export interface PartOfWeek {
  /** How much of the week they are, 0 to 1. */
  readonly share: number;
  /** The interval of each of the schedules that holds then, in ms; `undefined` for one that has no tick due. */
  readonly intervals: readonly (number | undefined)[];
}

/** The week that stands for all others: from Monday, 5 January 2026, UTC, in which no zone of Europe or America changes its offset. */
export const USUAL_WEEK = { from: Date.UTC(2026, 0, 5), to: Date.UTC(2026, 0, 12) } as const;

/** By the rates as text: of many schedules most have the same ones. */
const parts = new Map<string, readonly PartOfWeek[]>();

/** Divides a usual week by the intervals that hold. Excepted dates and bounds are left out. @param all of each schedule. */
export function partsOfWeek(all: readonly Pick<Hours, "rates">[]): readonly PartOfWeek[] {
  const rates = all.map((hours) => ({ rates: hours.rates }));
  const text = JSON.stringify(rates);
  const known = parts.get(text);
  if (known) return known;
  const found = new Map<string, { intervals: PartOfWeek["intervals"]; ms: number }>();
  for (let at: number = USUAL_WEEK.from; at < USUAL_WEEK.to; ) {
    const to = Math.min(USUAL_WEEK.to, ...rates.map((hours) => stretchAt(hours, at).to));
    const intervals = rates.map((hours) => intervalAt(hours, at));
    const ms = found.get(intervals.join())?.ms ?? 0;
    found.set(intervals.join(), { intervals, ms: ms + to - at });
    at = to;
  }
  const week = USUAL_WEEK.to - USUAL_WEEK.from;
  const divided = [...found.values()].map(({ intervals, ms }) => ({ intervals, share: ms / week }));
  parts.set(text, divided);
  return divided;
}

/** How much of a usual week each interval holds, 0 to 1, by the interval in ms. The rest of the time no tick is due. */
export function rateShares(hours: Hours): ReadonlyMap<number, number> {
  return new Map(
    partsOfWeek([hours]).flatMap(({ intervals: [intervalMs], share }) =>
      intervalMs === undefined ? [] : [[intervalMs, share] as const],
    ),
  );
}

/**
 * The stretch around an instant in which the same interval holds, or a part of it: `[from, to)`, at most a quarter of an hour;
 * ms since the epoch.
 */
export function stretchAt(
  { rates, from, until }: Hours,
  instant: number,
): { readonly from: number; readonly to: number } {
  const step = Math.floor(instant / OFFSET_STEP_MS) * OFFSET_STEP_MS;
  const stretch = { from: step, to: step + OFFSET_STEP_MS };
  const cut = (at: number) => {
    if (at <= instant) stretch.from = Math.max(stretch.from, at);
    else stretch.to = Math.min(stretch.to, at);
  };
  if (from !== undefined) cut(from);
  if (until !== undefined) cut(until);
  for (const { active = [] } of rates) {
    for (const { fromS, toS, zone } of active) {
      const { midnight } = wallClock(zone, instant);
      cut(midnight + fromS * SECOND_MS);
      cut(midnight + toS * SECOND_MS);
    }
  }
  return stretch;
}

function isOpen({ days, fromS, toS, zone }: Window, except: readonly ExceptedDates[], instant: number): boolean {
  const { day, midnight } = wallClock(zone, instant);
  const second = (instant - midnight) / SECOND_MS;
  const opens = (one: number) =>
    days.includes(weekday(one)) && !except.some(({ from, to }) => dayOf(from) <= one && one <= dayOf(to));
  if (fromS < toS) return second >= fromS && second < toS && opens(day);
  return (second >= fromS && opens(day)) || (second < toS && opens(day - 1));
}

/** The day of the week of a day since the epoch, which began on a Thursday; 0 is Sunday. */
function weekday(day: number): number {
  return (day + 4) % 7;
}

/** A date such as `2026-12-24` as days since the epoch. */
function dayOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / (DAY_S * SECOND_MS);
}
