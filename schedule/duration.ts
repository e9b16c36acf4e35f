/** Milliseconds in one second and in one clock minute. */
export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;

const UNIT_MS = { s: SECOND_MS, m: MINUTE_MS, h: 60 * MINUTE_MS } as const;

/** A span of time as the configuration writes it: a whole number and a unit, `"10s"`, `"5m"` or `"1h"`. */
export type Duration = `${number}${keyof typeof UNIT_MS}`;

/**
 * Reads a duration such as `"10s"`, `"5m"` or `"1h"`.
 *
 * @returns the duration in ms, or `undefined` if the text is not a whole number followed by `s`, `m` or `h`.
 */
export function durationToMs(text: string): number | undefined {
  const match = /^(\d{1,6})([smh])$/.exec(text);
  if (!match) return undefined;
  const [, digits, unit] = match as unknown as [string, string, keyof typeof UNIT_MS];
  return Number(digits) * UNIT_MS[unit];
}

/** A {@link Duration}, or a whole number of milliseconds, `"750ms"`: for the few values that need them. */
export type FineDuration = Duration | `${number}ms`;

/**
 * Reads a duration such as `"750ms"` or `"1s"`.
 *
 * @returns the duration in ms, or `undefined` if the text is not a whole number followed by `ms`, `s`, `m` or `h`.
 */
export function fineDurationToMs(text: string): number | undefined {
  const ms = /^(\d{1,9})ms$/.exec(text)?.[1];
  return ms === undefined ? durationToMs(text) : Number(ms);
}

/** Writes a duration of `ms` in the largest unit that divides it: 10000 is `"10s"`, 90000 is `"90s"`, 60000 is `"1m"`. */
export function msToDuration(ms: number): string {
  if (ms % SECOND_MS !== 0) return `${ms}ms`;
  if (ms >= UNIT_MS.h && ms % UNIT_MS.h === 0) return `${ms / UNIT_MS.h}h`;
  if (ms >= MINUTE_MS && ms % MINUTE_MS === 0) return `${ms / MINUTE_MS}m`;
  return `${ms / SECOND_MS}s`;
}
