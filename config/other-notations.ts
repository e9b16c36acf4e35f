import { MINUTE_MS, msToDuration, SECOND_MS } from "../schedule/duration";

const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Cron's fields from the finest on: the step of each in ms, its unit, and where it begins anew. */
const FIELDS = [
  { stepMs: SECOND_MS, unit: "s", anew: "second 0 of each minute" },
  { stepMs: MINUTE_MS, unit: "min", anew: "minute 0 of each hour" },
  { stepMs: HOUR_MS, unit: "h", anew: "hour 0 of each day" },
  { stepMs: DAY_MS, unit: "d", anew: "each month" },
] as const;

const RATE_MS: Readonly<Record<string, number>> = {
  second: SECOND_MS,
  minute: MINUTE_MS,
  hour: HOUR_MS,
  day: DAY_MS,
};

/** What to write if no interval is like the text. */
const LIKE = 'An interval is one distance from 1 s to 24 h. Write it like "10s", "5m" or "1h".';

/**
 * What is wrong with an interval in another notation (cron, AWS's rate, an ISO 8601 duration), and what to write instead: a
 * sentence after the value. `undefined` if the text is in none of them.
 *
 * @param longestMs the longest interval, ms.
 */
export function otherNotation(text: string, longestMs: number): string | undefined {
  const served = (ms: number) => (ms > 0 && ms <= longestMs ? `Write "${msToDuration(ms)}".` : LIKE);
  const rate = /^rate\((?:(\d{1,6}) (second|minute|hour|day)s?)?.*\)$/.exec(text);
  if (rate) return `is a rate expression. ${served(Number(rate[1] ?? 0) * (RATE_MS[rate[2] ?? ""] ?? 0))}`;
  const iso = /^P(?=.)(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?|[\d.,A-Z]+)$/.exec(text);
  if (iso) {
    const [hours, minutes, seconds] = iso.slice(1).map((digits) => Number(digits ?? 0)) as [number, number, number];
    return `is an ISO 8601 duration. ${served(hours * HOUR_MS + minutes * MINUTE_MS + seconds * SECOND_MS)}`;
  }
  const fields = cronFields(text);
  return fields && `is a cron expression${cronMeaning(fields, served)}`;
}

/** The fields of a cron expression from the seconds on; `undefined` if the text is none, and empty for one such as `@daily`. */
function cronFields(text: string): string[] | undefined {
  if (/^@[a-z]/.test(text)) return [];
  const wrapped = /^cron\((.*)\)$/.exec(text);
  const fields = (wrapped?.[1] ?? text).trim().split(/\s+/);
  if (wrapped) return ["0", ...fields];
  if (fields.length < 5 || fields.length > 7) return undefined;
  if (!fields.every((field) => /^(?:[\d*?/,LW#-]|[A-Z]{3})+$/i.test(field))) return undefined;
  // Five fields begin with minutes. So do AWS's six, whose ? is for the days; that of other crons is one field later.
  const ofAws = fields.length === 6 && (fields[2] === "?" || fields[4] === "?");
  return fields.length === 5 || ofAws ? ["0", ...fields] : fields;
}

/** What a cron expression does, as far as it differs from an interval, and what to write. */
function cronMeaning(fields: readonly string[], served: (ms: number) => string): string {
  const k = fields.findIndex((field) => field !== "0");
  const field = FIELDS[k];
  const step = /^(?:\*|\?|(?:\*|0)\/(\d{1,2}))$/.exec(fields[k] ?? "");
  if (!field || !step || !fields.slice(k + 1).every((one) => one === "*" || one === "?")) return `. ${LIKE}`;
  const { stepMs, unit, anew } = field;
  const steps = Number(step[1] ?? 1);
  const cycle = (FIELDS[k + 1]?.stepMs ?? stepMs) / stepMs;
  if (steps === 0 || steps > cycle) return `. ${LIKE}`;
  if (cycle % steps === 0) return `. ${served(steps * stepMs)}`;
  return `: it begins anew at ${anew}, so its ticks are ${steps} ${unit} and then ${cycle % steps} ${unit} apart. An interval is one distance, which goes on across that. ${served(steps * stepMs).replace(/\.$/, ` for a tick every ${steps} ${unit}.`)}`;
}
