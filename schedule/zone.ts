import { MINUTE_MS, SECOND_MS } from "./duration";

const DAY_MS = 24 * 60 * MINUTE_MS;

/** Offsets from UTC change at these steps only, in ms: a test looks at every zone. */
export const OFFSET_STEP_MS = 15 * MINUTE_MS;

/** Offsets that are kept for a zone. */
const KEPT_OFFSETS = 2_000;

/** What the wall clock of a zone shows at an instant. */
export interface WallClock {
  /** The date, as days since 1 January 1970. */
  readonly day: number;
  /**
   * When that day began by this reading of the clock, ms since the epoch: the instant less what the clock shows. On a day whose
   * offset changes it is not when the day did begin.
   */
  readonly midnight: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, Map<number, number>>();

/**
 * What the wall clock of a zone shows at an instant (ms since the epoch), by the time zone database of this Node.js.
 *
 * @throws RangeError if it does not know the zone.
 */
export function wallClock(zone: string, instant: number): WallClock {
  const local = instant + offsetOf(zone, instant);
  const day = Math.floor(local / DAY_MS);
  return { day, midnight: instant - (local - day * DAY_MS) };
}

/** What the wall clock of a zone shows at an instant, such as `2026-11-27T10:00:00+01:00`. The offset differs in an hour that comes twice. */
export function wallClockText(zone: string, instant: number): string {
  const offset = offsetOf(zone, instant);
  const minutes = Math.abs(offset) / MINUTE_MS;
  const parts = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0"));
  return `${new Date(instant + offset).toISOString().slice(0, 19)}${offset < 0 ? "-" : "+"}${parts.join(":")}`;
}

/** Whether this Node.js knows a time zone. */
export function isZone(zone: string): boolean {
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** How far the clock of a zone is ahead of UTC, in ms. */
function offsetOf(zone: string, instant: number): number {
  const step = Math.floor(instant / OFFSET_STEP_MS);
  const known = offsets.get(zone) ?? new Map<number, number>();
  const kept = known.get(step);
  if (kept !== undefined) return kept;
  const offset = measuredOffset(zone, step * OFFSET_STEP_MS);
  // The oldest goes first: those that are asked for again and again are of the next minutes.
  if (known.size >= KEPT_OFFSETS) known.delete(known.keys().next().value as number);
  known.set(step, offset);
  offsets.set(zone, known);
  return offset;
}

function measuredOffset(zone: string, instant: number): number {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day, hour, minute, second } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / SECOND_MS) * SECOND_MS;
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      calendar: "gregory",
      numberingSystem: "latn",
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  formats.set(zone, format);
  return format;
}
