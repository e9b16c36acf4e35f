import { MINUTE_MS, SECOND_MS } from "./duration";
import { wallClock } from "./zone";

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

const DAY_S = 24 * 60 * 60;

/** Offsets from UTC change at these steps only, in ms: a test looks at every zone. */
const STEP_MS = 15 * MINUTE_MS;

/** The interval that holds at an instant (ms since the epoch), in ms; `undefined` if no tick is due then at all. */
export function intervalAt({ rates, except = [], from, until }: Hours, instant: number): number | undefined {
  if ((from !== undefined && instant < from) || (until !== undefined && instant >= until)) return undefined;
  return rates.find(({ active }) => active?.some((window) => isOpen(window, except, instant)) ?? true)?.intervalMs;
}

/** How much of the time an interval holds. */
export interface RateShare {
  readonly intervalMs: number;
  /** 0 to 1. */
  readonly share: number;
}

/** The week that stands for all others: from Monday, 5 January 2026, UTC, in which no zone of Europe or America changes its offset. */
export const USUAL_WEEK = { from: Date.UTC(2026, 0, 5), to: Date.UTC(2026, 0, 12) } as const;

/** By the rates as text: of many schedules most have the same ones. */
const shares = new Map<string, readonly RateShare[]>();

/** How much of a usual week each interval holds; excepted dates and bounds are left out. The rest of the time no tick is due. */
export function rateShares({ rates }: Hours): readonly RateShare[] {
  const text = JSON.stringify(rates);
  const known = shares.get(text);
  if (known) return known;
  const { from, to } = USUAL_WEEK;
  const held = new Map<number, number>();
  for (let at: number = from; at < to; ) {
    const stretch = stretchAt({ rates }, at);
    const intervalMs = intervalAt({ rates }, at);
    if (intervalMs !== undefined) held.set(intervalMs, (held.get(intervalMs) ?? 0) + stretch.to - at);
    at = stretch.to;
  }
  const found = [...held].map(([intervalMs, ms]) => ({ intervalMs, share: ms / (to - from) }));
  shares.set(text, found);
  return found;
}

/**
 * The stretch around an instant in which the same interval holds, or a part of it: `[from, to)`, at most a quarter of an hour;
 * ms since the epoch.
 */
export function stretchAt(
  { rates, from, until }: Hours,
  instant: number,
): { readonly from: number; readonly to: number } {
  const step = Math.floor(instant / STEP_MS) * STEP_MS;
  const stretch = { from: step, to: step + STEP_MS };
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
