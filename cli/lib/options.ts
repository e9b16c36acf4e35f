import { resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { PROJECT_DIR } from "../../host/work-dir";
import { type Duration, durationToMs, type FineDuration, fineDurationToMs, MINUTE_MS } from "../../schedule/duration";
import { LONGEST_PAUSE_MS } from "../../schedule/pause";
import type { Json } from "../../schedule/tick";

const DAY_MS = 24 * 60 * MINUTE_MS;

/** A duration such as `750ms` or `1s`; also none, `0s`. */
export function fineDuration(text: string): FineDuration {
  if (fineDurationToMs(text) === undefined) {
    throw new InvalidArgumentError('Write whole milliseconds or seconds, like "750ms" or "1s"; "0s" for none.');
  }
  return text as FineDuration;
}

/** Two times of the day, such as `09:00-17:30`. */
export function timesOfDay(text: string): { from: string; to: string } {
  const [, from, to] = /^(\d\d:\d\d(?::\d\d)?)-(\d\d:\d\d(?::\d\d)?)$/.exec(text) ?? [];
  if (from === undefined || to === undefined) {
    throw new InvalidArgumentError('Write two times of the day, like "09:00-17:30".');
  }
  return { from, to };
}

/** A duration such as `10s`. */
export function duration(text: string): Duration {
  if (!durationToMs(text)) {
    throw new InvalidArgumentError('Write whole seconds, minutes or hours, like "10s", "3m" or "1h".');
  }
  return text as Duration;
}

/** A duration up to a day. */
export function durationOfADay(text: string): Duration {
  const ms = durationToMs(text);
  if (!ms || ms > DAY_MS) {
    throw new InvalidArgumentError('Write whole seconds, minutes or hours from 1s to 24h, like "10s", "5m" or "1h".');
  }
  return text as Duration;
}

/** A duration up to a week, such as `2h` or `3d`, in ms. */
export function upToAWeek(text: string): number {
  const ms = spanMs(text);
  if (!ms || ms > LONGEST_PAUSE_MS) {
    throw new InvalidArgumentError(
      'Write a duration up to 7d, like "90s", "15m", "2h" or "3d". For longer, write enabled: false in the configuration.',
    );
  }
  return ms;
}

/** A text of JSON; its value in an object, because it may be null or false. */
export function jsonText(text: string): { readonly value: Json } {
  try {
    return { value: JSON.parse(text) as Json };
  } catch (error) {
    throw new InvalidArgumentError(`It is not JSON: ${(error as Error).message}. Write it like '{"dryRun":true}'.`);
  }
}

/** Why somebody pauses a clock, as the configuration takes it. */
export function pauseNote(text: string): string {
  const { note }: typeof import("../../config/schedule-schema") = require("../../config/schedule-schema");
  const read = note.safeParse(text);
  if (!read.success) throw new InvalidArgumentError(`It ${read.error.issues[0]?.message}`);
  return text;
}

/** A number of minutes, up to a day, from a duration such as `5m`. */
export function wholeMinutes(text: string): number {
  const ms = durationToMs(text);
  if (!ms || ms % MINUTE_MS !== 0 || ms > DAY_MS) {
    throw new InvalidArgumentError('Write whole minutes or hours, at most 24h, like "5m" or "1h".');
  }
  return ms / MINUTE_MS;
}

/**
 * An instant, ms since the epoch: how long before `now` it was, such as `30d`, or the instant itself in ISO 8601.
 *
 * @param now ms since the epoch.
 */
export function instant(text: string, now: number): number {
  const ago = spanMs(text);
  if (ago) return now - ago;
  return instantOrRefuse(
    text,
    'Write a span such as "90s", "1h" or "30d", or an instant with its zone, such as "2026-11-22T18:00:00Z".',
  );
}

/** A duration, also in days, in ms. */
function spanMs(text: string): number | undefined {
  const days = /^(\d{1,4})d$/.exec(text)?.[1];
  return days === undefined ? durationToMs(text) : Number(days) * DAY_MS;
}

/** An instant in ISO 8601, ms since the epoch. */
export function isoInstant(text: string): number {
  return instantOrRefuse(text, 'Write an instant with its zone, such as "2026-11-22T18:00:00Z".');
}

function instantOrRefuse(text: string, remedy: string): number {
  // Without a zone, JavaScript would read it in this machine's zone.
  const at = /^\d{4}-\d{2}-\d{2}(T.*(Z|[+-]\d{2}:\d{2}))?$/.test(text) ? Date.parse(text) : Number.NaN;
  // JavaScript reads a day that its month does not have as one of the next month.
  const day = Date.parse(text.slice(0, 10));
  const isDay = !Number.isNaN(day) && new Date(day).toISOString().startsWith(text.slice(0, 10));
  if (Number.isNaN(at) || !isDay) throw new InvalidArgumentError(remedy);
  return at;
}

/** A number of ticks, such as `20`. */
export const tickCount = matching(
  /^([1-9]\d{0,3}|10000)$/,
  "Write a whole number from 1 to 10000, such as 20.",
  Number,
);

/** Whole milliseconds, such as `100`. */
export const milliseconds = matching(/^\d{1,6}$/, "Write whole milliseconds, such as 100.", Number);

/** The number of a pull request. */
export const pullRequestNumber = matching(/^[1-9]\d{0,9}$/, "Write the number of a pull request, such as 7.", Number);

/** The id of a run of a workflow. */
export const runId = matching(/^[1-9]\d{0,14}$/, "Write the id of a run of a workflow, such as 16543210987.", Number);

/** A commit's whole hash. */
export const commitHash = matching(/^[0-9a-f]{40}$/, "Write the whole commit hash: 40 hexadecimal digits.", String);

/** A SHA-256. */
export const sha256Digest = matching(/^[0-9a-f]{64}$/, "Write the whole digest: 64 hexadecimal digits.", String);

function matching<T>(pattern: RegExp, remedy: string, parse: (text: string) => T): (text: string) => T {
  return (text) => {
    if (!pattern.test(text)) throw new InvalidArgumentError(remedy);
    return parse(text);
  };
}

/** The absolute path of a directory or file; a relative one starts at the project's directory. */
export function projectPath(path: string): string {
  return resolve(PROJECT_DIR, path);
}

/** What a command's help says beside its options. */
export interface Guide {
  /** A command line after `npx metronome `, and optionally what it does. */
  readonly examples: readonly (readonly [line: string, effect?: string])[];
  /** What the exit codes mean, other than 1 (error), 2 (wrong command line) and 130 (interrupted). */
  readonly exits: Readonly<Record<number, string>>;
}

/** Adds examples and exit codes to a command's help. */
export function guide(command: Command, { examples, exits }: Guide): Command {
  const codes = { 1: "error", 2: "wrong command line", 130: "interrupted", ...exits };
  const lines = examples.map(([line, effect]) => `  npx metronome ${line}${effect ? `   # ${effect}` : ""}`);
  const meanings = Object.entries(codes).map(([code, meaning]) => `  ${code.padEnd(3)}  ${meaning}`);
  return command.addHelpText("after", ["", "Examples:", ...lines, "", "Exit codes:", ...meanings].join("\n"));
}
