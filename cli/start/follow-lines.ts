import { strategyOf } from "../../strategies";
import type { Paint } from "../report/paint";

/** What one line of the live view says of a tick. Instants in ms since the epoch; `null` where not known. */
export interface TickLine {
  readonly schedule: string;
  /** Under relative pacing `null`. */
  readonly scheduledAt: number | null;
  readonly dispatchedAt: number | null;
  readonly startedAt: number | null;
  /** The instant the skews are against: scheduledAt or, under relative pacing, the tick before plus the interval. */
  readonly expectedAt: number | null;
  /** What there is to remark: `late`, `missed: expired`, `duplicate`; empty where all is well. */
  readonly mark: string;
}

/** What the countdown says. Spans in ms. */
export interface LiveStatus {
  /** Since following began. */
  readonly elapsedMs: number;
  /** To the next tick; `undefined` before the first one, negative where it is due and not seen yet. */
  readonly nextInMs: number | undefined;
  /** To the end of the observed span; `undefined` before the first tick, negative after it. */
  readonly leftMs: number | undefined;
  readonly seen: number;
  readonly missed: number;
  readonly duplicate: number;
}

/** Width of an instant, of a skew, and the gap between columns. */
const INSTANT_WIDTH = 12;
const SKEW_WIDTH = 10;
const GAP = "  ";

/** The heading over the lines; `nameWidth` is 0 where there is one schedule and its name is not repeated. */
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

/** The countdown: one line that is drawn again and again. */
export function statusLine({ elapsedMs, nextInMs, leftMs, seen, missed, duplicate }: LiveStatus): string {
  if (nextInMs === undefined || leftMs === undefined) {
    return `waiting for the first tick, ${Math.floor(elapsedMs / 1_000)} s so far`;
  }
  const counts = `${seen} seen, ${missed} missed, ${duplicate} duplicate`;
  if (leftMs <= 0) return `waiting for the last ticks to start | ${counts}`;
  const next = nextInMs < 0 ? "next tick is due" : `next tick in ${(nextInMs / 1_000).toFixed(1)} s`;
  return `${next} | ${counts} | ${minutesAndSeconds(leftMs)} to go`;
}

/** Why nothing is to be seen for the first minute or two. */
export function quietText(strategy: string): string {
  return strategyOf({ kind: strategy }).quietAtFirst;
}

function timeOfDay(instant: number | null): string {
  return instant === null ? "-".padEnd(INSTANT_WIDTH) : new Date(instant).toISOString().slice(11, 23);
}

function signedMs(at: number | null, expectedAt: number | null): string {
  if (at === null || expectedAt === null) return "-";
  const skew = at - expectedAt;
  return `${skew > 0 ? "+" : ""}${skew} ms`;
}

function minutesAndSeconds(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  return `${Math.floor(seconds / 60)}m ${String(seconds % 60).padStart(2, "0")}s`;
}
