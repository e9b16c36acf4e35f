import { MINUTE_MS } from "./duration";

/** A pause that somebody has begun by hand, as the ledger holds it. It ends by itself. */
export interface HandPause {
  /** When it began, ISO 8601 in UTC. */
  readonly since: string;
  /** Ticks that are due from this instant on are dispatched again; ISO 8601 in UTC. */
  readonly until: string;
  /** Who began it: the ARN by which AWS knows the caller. */
  readonly by: string;
  /** Why, in a few words. */
  readonly note: string;
}

/** The pauses by hand of an environment, by their fields in the row. */
export type HandPauses = Readonly<Record<string, HandPause>>;

/**
 * The id of the ledger's row that holds all pauses by hand: one read finds them all. Each is a field of its own, a text of
 * JSON, so that two people can begin two of them at once.
 */
export const PAUSES_ID = "pauses";

/** How long a pause by hand may be, in ms: 7 days. For longer there is the configuration. */
export const LONGEST_PAUSE_MS = 7 * 24 * 60 * MINUTE_MS;

/** ISO 8601 in UTC with milliseconds. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** The field of a pause of all schedules. */
export const ALL_SCHEDULES = "all";

/** The field of a schedule's own pause; no schedule's name makes it {@link ALL_SCHEDULES}. */
export function pauseField(schedule: string): string {
  return `schedule:${schedule}`;
}

/** Reads the fields of the row. One that is no pause, such as the id, or is longer than a pause may be, is left out. */
export function readPauses(fields: Readonly<Record<string, string | undefined>>): HandPauses {
  const pauses: Record<string, HandPause> = {};
  for (const [field, text] of Object.entries(fields)) {
    const pause = readPause(text);
    if (pause) pauses[field] = pause;
  }
  return pauses;
}

/**
 * The pause by hand of a schedule: its own or that of all, whichever ends later.
 *
 * @param at ms since the epoch: the instant at which a tick is due.
 * @returns undefined if no pause ends after that.
 */
export function pauseAt(pauses: HandPauses, schedule: string, at: number): HandPause | undefined {
  const [own, all] = [pauses[pauseField(schedule)], pauses[ALL_SCHEDULES]];
  const later = own && all ? (endOf(all) > endOf(own) ? all : own) : (own ?? all);
  return later && endOf(later) > at ? later : undefined;
}

function endOf({ until }: HandPause): number {
  return Date.parse(until);
}

function readPause(text: string | undefined): HandPause | undefined {
  if (!text?.startsWith("{")) return undefined;
  try {
    const { since, until, by, note } = JSON.parse(text) as Partial<Record<keyof HandPause, unknown>>;
    const pause = { since: String(since), until: String(until), by: String(by), note: String(note) };
    const lastsMs =
      INSTANT.test(pause.since) && INSTANT.test(pause.until) ? endOf(pause) - Date.parse(pause.since) : Number.NaN;
    return lastsMs > 0 && lastsMs <= LONGEST_PAUSE_MS ? pause : undefined;
  } catch {
    return undefined;
  }
}
