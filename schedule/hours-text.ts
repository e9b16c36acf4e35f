import { msToDuration, SECOND_MS } from "./duration";
import type { Grid } from "./grid";
import { DAY_S, DAYS, type Window } from "./hours";
import { iso } from "./tick";

/**
 * When a schedule ticks, in words: `10s mon-fri 09:00-17:30 Europe/Berlin, else 1m, not 2026-12-24 to 2026-12-26, from
 * 2026-12-01T00:00:00Z`. `undefined` if always, and each `intervalMs`.
 */
export function hoursText({ hours }: Pick<Grid, "hours">): string | undefined {
  if (!hours) return undefined;
  const { rates, except = [], from, until } = hours;
  const texts = rates.map(({ intervalMs, active }) =>
    [msToDuration(intervalMs), ...(active ? [active.map(windowText).join(" and ")] : [])].join(" "),
  );
  const dates = except.map((one) => (one.from === one.to ? one.from : `${one.from} to ${one.to}`));
  return [
    texts.join(", else "),
    ...(dates.length > 0 ? [`not ${dates.join(" and ")}`] : []),
    ...(from === undefined ? [] : [`from ${instantText(from)}`]),
    ...(until === undefined ? [] : [`until ${instantText(until)}`]),
  ].join(", ");
}

function windowText({ days, fromS, toS, zone }: Window): string {
  const times = fromS === 0 && toS === DAY_S ? [] : [`${timeText(fromS)}-${timeText(toS)}`];
  return [...(days.length === 7 ? (times.length > 0 ? [] : ["every day"]) : [daysText(days)]), ...times, zone].join(
    " ",
  );
}

/** Days of the week, three or more that follow each other as a range, the week beginning on Monday. */
function daysText(days: readonly number[]): string {
  const order = [1, 2, 3, 4, 5, 6, 0].filter((day) => days.includes(day));
  const runs: number[][] = [];
  for (const day of order) {
    const run = runs.at(-1);
    if (run && (run.at(-1) as number) + 1 === (day === 0 ? 7 : day)) run.push(day);
    else runs.push([day]);
  }
  return runs
    .map((run) => (run.length > 2 ? `${name(run[0])}-${name(run.at(-1))}` : run.map(name).join(",")))
    .join(",");
}

function name(day: number | undefined): string {
  return DAYS[day as number] as string;
}

/** `09:00`, or `09:00:30`. */
function timeText(second: number): string {
  const parts = [Math.floor(second / 3_600), Math.floor(second / 60) % 60, second % 60];
  const [hour, minute, rest] = parts.map((part) => String(part).padStart(2, "0"));
  return second % 60 === 0 ? `${hour}:${minute}` : `${hour}:${minute}:${rest}`;
}

function instantText(instant: number): string {
  return iso(Math.floor(instant / SECOND_MS) * SECOND_MS).replace(".000Z", "Z");
}
