import type { Paint } from "../lib/colour";

/** One line of the live view: a tick that came. Instants in ms since the epoch; `null` if not known. */
export interface TickLine {
  readonly schedule: string;
  /** `null` for a tick without a grid. */
  readonly scheduledAt: number | null;
  readonly dispatchedAt: number | null;
  readonly startedAt: number | null;
  /** The instant the skews are against: scheduledAt or, without a grid, the previous tick plus the interval. */
  readonly expectedAt: number | null;
  /** A remark: `late`, `missed: expired`, `duplicate`; empty if all is well. */
  readonly mark: string;
}

/** Width of an instant, of a skew, and the gap between columns. */
const INSTANT_WIDTH = 12;
const SKEW_WIDTH = 10;
const GAP = "  ";

/** Why the first minute or two are quiet. */
export const QUIET_TEXT =
  "Quiet at first: AWS fires a rule once a minute, at some second of it, and only then does\n" +
  "the clock begin. The first tick comes within about two minutes.";

/** The heading over the lines; `nameWidth` is 0 if there is one schedule, whose name is not repeated. */
export function headingLine(nameWidth: number): string {
  const name = nameWidth > 0 ? ["schedule".padEnd(nameWidth)] : [];
  const instants = ["scheduled", "dispatched", "started"].map((text) => text.padEnd(INSTANT_WIDTH));
  return [...name, ...instants, "disp. skew".padStart(SKEW_WIDTH), "start skew".padStart(SKEW_WIDTH)].join(GAP);
}

/** One tick as a line; instants are UTC, skews signed ms. */
export function tickLine(line: TickLine, nameWidth: number, paint: Paint): string {
  const name = nameWidth > 0 ? [line.schedule.padEnd(nameWidth)] : [];
  const instants = [line.scheduledAt, line.dispatchedAt, line.startedAt].map(timeOfDay);
  const skews = [line.dispatchedAt, line.startedAt].map((at) => signedMs(at, line.expectedAt).padStart(SKEW_WIDTH));
  const text = [...name, ...instants, ...skews].join(GAP);
  return line.mark === "" ? text : paint(line.mark === "late" ? "yellow" : "red", `${text}${GAP}${line.mark}`);
}

function timeOfDay(instant: number | null): string {
  return instant === null ? "-".padEnd(INSTANT_WIDTH) : new Date(instant).toISOString().slice(11, 23);
}

function signedMs(at: number | null, expectedAt: number | null): string {
  if (at === null || expectedAt === null) return "-";
  const skew = at - expectedAt;
  return `${skew > 0 ? "+" : ""}${skew} ms`;
}
