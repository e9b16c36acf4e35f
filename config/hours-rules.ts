import { msToDuration } from "../schedule/duration";
import { firstAtOrAfter } from "../schedule/grid";
import type { Schedule } from "../schedule/schedule";
import type { Problem, Refuse } from "../strategies/strategy";
import { shortestInterval } from "./environment";
import type { EnvironmentFields } from "./schema";

type ScheduleFields = EnvironmentFields["schedules"][number];

/**
 * What the fields of a schedule that say when it ticks must be together. A schedule without them passes.
 *
 * @param resolved the same schedule with its defaults.
 */
export function checkHours(fields: ScheduleFields, resolved: Schedule, at: Problem["path"], refuse: Refuse): void {
  if (!resolved.hours) return;
  let refused = false;
  const say: Refuse = (path, message) => {
    refused = true;
    refuse([...at, ...path], message);
  };
  checkRates(fields, say);
  checkSpan(fields, say);
  const { rates } = resolved.hours;
  if (fields.except && rates.some(({ active }) => !active)) {
    const where = rates.some(({ active }) => active) ? "an interval has no window" : "there is no window";
    say(
      ["except"],
      `are dates of a window's zone, and ${where}. Write active: [{ zone: "Europe/Berlin" }] for whole days.`,
    );
  }
  // The calendar is searched if the fields are right: one mistake is one problem.
  if (refused || resolved.paused !== null || resolved.phaseMs >= resolved.intervalMs) return;
  if (firstAtOrAfter(resolved, Date.now()) === Number.POSITIVE_INFINITY) {
    say(
      [decisive(fields)],
      "leaves no tick that is due within a year from now. Correct it, remove the schedule, or pause it with enabled: false and a note.",
    );
  }
}

/** The field to tell of if no tick is due: the one that is most likely wrong. */
function decisive({ from, until, active }: ScheduleFields): "until" | "from" | "active" | "interval" {
  if (until !== undefined) return "until";
  if (from !== undefined && from > Date.now()) return "from";
  return active ? "active" : "interval";
}

function checkRates({ interval, active }: ScheduleFields, say: Refuse): void {
  if (typeof interval === "number") return;
  if (active) {
    say(
      ["active"],
      "stands beside a list of intervals, each of which has windows of its own. Write it into each of them.",
    );
  }
  const shortest = shortestInterval(interval);
  interval.forEach(({ intervalMs }, k) => {
    if (intervalMs % shortest === 0) return;
    const multiple = Math.max(1, Math.round(intervalMs / shortest)) * shortest;
    say(
      ["interval", k, "interval"],
      `is no multiple of the shortest interval, ${msToDuration(shortest)}, so ticks would bunch when the one follows the other. Write "${msToDuration(multiple)}".`,
    );
  });
  const always = interval.findIndex((rate) => !rate.active);
  if (always >= 0 && always < interval.length - 1) {
    say(
      ["interval", always + 1],
      "never holds, because the interval before it has no windows. Move that one to the end.",
    );
  }
}

function checkSpan({ from, until }: ScheduleFields, say: Refuse): void {
  if (from === undefined || until === undefined || from < until) return;
  say(["until"], "is not after from. Exchange the two, or leave one out.");
}
