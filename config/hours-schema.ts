import { z } from "zod";
import { DAY_S, DAYS, type ExceptedDates, type Rate, type Window } from "../schedule/hours";
import { isZone } from "../schedule/zone";
import { textAs } from "../strategies/fields";

const DAYS_WHAT =
  'is not a list of days. Write it like "mon-fri" or "mon-wed,sat", with sun, mon, tue, wed, thu, fri, sat.';

/** Days of the week as numbers, 0 for Sunday, ascending. */
const days = textAs((value) => {
  const found = value.split(",").map(daysOf);
  return found.every((one) => one !== undefined) ? [...new Set(found.flat())].sort() : undefined;
}, DAYS_WHAT);

/** The days of `mon`, `mon-fri` or `sat-mon`; `undefined` for another text. */
function daysOf(part: string): number[] | undefined {
  const [from, to, ...rest] = part.split("-").map((day) => (DAYS as readonly string[]).indexOf(day));
  if (from === undefined || from < 0 || (to !== undefined && to < 0) || rest.length > 0) return undefined;
  const count = to === undefined ? 1 : ((to - from + 7) % 7) + 1;
  return Array.from({ length: count }, (_, k) => (from + k) % 7);
}

const TIME_WHAT = 'is not a time of the day. Write it like "09:00" or "17:30:15"; the end of a day is "24:00".';

/** A time of the day as its second; 86,400 for the end of a day. */
const time = textAs((value) => {
  const [, hour, minute, second] = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(value) ?? [];
  if (hour !== undefined) return Number(hour) * 3_600 + Number(minute) * 60 + Number(second ?? 0);
  return value === "24:00" ? DAY_S : undefined;
}, TIME_WHAT);

const ZONE_WHAT = 'is not a time zone of the IANA database. Write it like "Europe/Berlin" or "UTC".';

/** A zone that this Node.js knows, so that those of the functions do too: by its name, because an offset is no zone to Node.js 20. */
const zone = z
  .string({ error: ZONE_WHAT })
  .refine((value) => /^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(value) && isZone(value), {
    error: (issue) => notAZone(String(issue.input)),
  });

/** What is wrong with a zone, and those whose names are like it. */
function notAZone(value: string): string {
  const letters = (name: string) => name.toLowerCase().replace(/[^a-z]/g, "");
  const place = letters(value.split("/").at(-1) ?? "").slice(0, 4);
  const like = Intl.supportedValuesOf("timeZone")
    .filter((one) => letters(one).includes(place))
    .slice(0, 3);
  if (place.length < 4 || like.length === 0) return ZONE_WHAT;
  return `is not a time zone of the IANA database. Did you mean ${like.map((one) => `"${one}"`).join(" or ")}?`;
}

/** Hours of a week, by the wall clock of a time zone. */
const window = z
  .strictObject(
    {
      /** Days on which it opens, such as "mon-fri" or "sat,sun". @default every day */
      days: days.prefault("sun-sat"),
      /** When it opens, such as "09:00". @default "00:00" */
      from: time.prefault("00:00"),
      /**
       * When it closes, exclusive, such as "17:30". If it is not after `from`, the window closes on the day after.
       * @default "24:00", the end of the day
       */
      to: time.prefault("24:00"),
      /** Whose wall clock is meant, such as "Europe/Berlin". @default "UTC", whose hours are all of the same length */
      zone: zone.prefault("UTC"),
    },
    { error: 'is not a window. Write { days: "mon-fri", from: "09:00", to: "17:30", zone: "Europe/Berlin" }.' },
  )
  .superRefine(({ from, to }, context) => {
    if (from === DAY_S) {
      context.addIssue({
        code: "custom",
        input: "24:00",
        path: ["from"],
        message: 'is the end of a day. Write "00:00".',
      });
    } else if (from === to) {
      context.addIssue({
        code: "custom",
        path: ["to"],
        message: "is when the window opens, too. Write another time, or leave both out for the whole day.",
      });
    }
  })
  .transform(({ from, to, ...same }): Window => ({ days: same.days, fromS: from, toS: to, zone: same.zone }));

const windows = z
  .array(window, {
    error: 'is not a list of windows. Write [{ days: "mon-fri", from: "09:00", to: "17:30", zone: "Europe/Berlin" }].',
  })
  .min(1, { error: "has no window, so no tick would be due. Write one, or leave the field out." });

const DATE_WHAT =
  'is not a date of the calendar. Write it like "2026-12-24", or two of them: { from: "2026-12-24", to: "2026-12-31" }.';

/** A date that exists. */
const date = z.string({ error: DATE_WHAT }).refine(isDate, { error: DATE_WHAT });

function isDate(value: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().slice(0, 10) === value;
}

const exceptedDates = z.union(
  [
    date.transform((one): ExceptedDates => ({ from: one, to: one })),
    z
      .strictObject({ from: date, to: date })
      .refine(({ from, to }) => from <= to, { error: "ends before it begins. Exchange the two dates." }),
  ],
  { error: DATE_WHAT },
);

const INSTANT_WHAT = 'is not an instant. Write it in UTC, like "2026-12-01T00:00:00Z".';

/** An instant in UTC, in ms since the epoch. */
const instant = textAs((value) => {
  const at = Date.parse(value);
  const isWritten = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?Z$/.test(value);
  // A day that its month does not have would be one of the next month.
  return isWritten && isDate(value.slice(0, 10)) && !Number.isNaN(at) ? at : undefined;
}, INSTANT_WHAT);

/**
 * The fields of a schedule that say when it ticks. A window judges an instant by what the wall clock of its zone shows then: an
 * hour that comes twice is open both times, and one that does not exist has no instants.
 */
export const hoursFields = {
  /** When it ticks: while one of the windows is open. @default always */
  active: windows.optional(),
  /** Dates of the windows' zones on which they do not open, such as "2026-12-24". @default none */
  except: z
    .array(exceptedDates, {
      error: 'is not a list of dates. Write ["2026-12-25", { from: "2026-12-27", to: "2026-12-31" }].',
    })
    .min(1, { error: "has no date. Write one, or leave the field out." })
    .optional(),
  /** The first instant at which a tick may be due, such as "2026-12-01T00:00:00Z". @default no bound */
  from: instant.optional(),
  /** The instant before which the last tick is due. @default no bound */
  until: instant.optional(),
};

/** A list of intervals, each with the windows in which it holds: the first that holds at an instant decides. */
export const ratesOf = <I>(interval: z.ZodType<number, I>) =>
  z
    .array(
      z
        .strictObject(
          {
            /** @default always */
            active: windows.optional(),
            interval,
          },
          {
            error:
              'is not an interval with its windows. Write { active: [{ from: "09:00", to: "17:30" }], interval: "10s" }.',
          },
        )
        .transform(({ active, interval: intervalMs }): Rate => ({ intervalMs, ...(active && { active }) })),
    )
    .min(1, { error: 'has no interval. Write one, such as "10s".' });
