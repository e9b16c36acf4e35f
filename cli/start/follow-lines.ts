import { MINUTE_MS, msToDuration } from "../../schedule/duration";
import { iso, type TickRecord } from "../../schedule/tick";
import { minutesAndSeconds } from "../lib/progress";
import { visibleLine } from "../lib/visible";

/** Width of an instant, of a skew, and the gap between columns. */
const INSTANT_WIDTH = 12;
const SKEW_WIDTH = 10;
const GAP = "  ";

/** Why no tick comes in the first minute or two. */
export const QUIET_TEXT =
  "No ticks at first: AWS fires the rule once a minute, at a second of its choice, and the clock\n" +
  "begins then. The first tick comes within about two minutes.";

/**
 * Why no tick comes at first, and when the first one does.
 *
 * @param first the schedule of which the first tick is expected.
 * @param by when it has come at the latest, and `now`: ms since the epoch.
 */
export function quietText(
  first: { readonly name: string; readonly intervalMs: number },
  by: number,
  now: number,
): string {
  if (first.intervalMs <= MINUTE_MS) return QUIET_TEXT;
  const instant = iso(by).slice(0, 19).replace("T", " ");
  return (
    `No ticks at first: ${first.name} ticks every ${msToDuration(first.intervalMs)}.\n` +
    `The first tick comes by ${instant} UTC, within ${minutesAndSeconds(by - now)}.`
  );
}

/** The heading over the lines; `nameWidth` is 0 if there is one schedule, whose name is not repeated. */
export function headingLine(nameWidth: number): string {
  return line(nameWidth, "schedule", ["scheduled", "dispatched", "started"], ["disp. skew", "start skew"]);
}

/** One time that a tick came as a line: instants in UTC; signed skews in ms, which need a grid. */
export function tickLine({ schedule, scheduledAt, dispatchedAt, startedAt }: TickRecord, nameWidth: number): string {
  const instants = [scheduledAt, dispatchedAt, startedAt].map((at) => at?.slice(11, 23) ?? "-");
  const skews = [dispatchedAt, startedAt].map((at) => signedMs(at, scheduledAt));
  return line(nameWidth, schedule, instants, skews);
}

/** Names and instants of ticks are texts of the logs. */
function line(nameWidth: number, name: string, instants: readonly string[], skews: readonly string[]): string {
  return [
    ...(nameWidth > 0 ? [visibleLine(name).padEnd(nameWidth)] : []),
    ...instants.map((text) => visibleLine(text).padEnd(INSTANT_WIDTH)),
    ...skews.map((text) => text.padStart(SKEW_WIDTH)),
  ].join(GAP);
}

function signedMs(at: string | null, scheduledAt: string | null): string {
  if (at === null || scheduledAt === null) return "-";
  const skew = Date.parse(at) - Date.parse(scheduledAt);
  return `${skew > 0 ? "+" : ""}${skew} ms`;
}
