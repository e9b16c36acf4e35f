import { MINUTE_MS } from "../schedule/duration";
import type { DueTick, ScheduleTiming } from "../schedule/outcome";
import type { TickRecord } from "../schedule/tick";
import { median } from "./statistics";

/** Skew that accumulates, and how it is undone. Signed ms; `null` where there is no such pair of ticks. */
export interface Drift {
  /** Median of the gaps' excess over the interval, of ticks that follow each other within a minute (or a minute's run). */
  readonly perTickMs: number | null;
  /** The same at the minute's edge: from the last tick of one minute to the first of the next. */
  readonly edgeJumpMs: number | null;
}

/** Dispatch skew of every dispatch that was seen, signed, ms; under relative pacing of every tick but the first of a run. */
export function dispatchSkews(
  { pacing }: ScheduleTiming,
  due: readonly DueTick[],
  records: readonly TickRecord[],
): number[] {
  if (pacing === "relative") return due.flatMap(({ outcome }) => ("skewMs" in outcome ? (outcome.skewMs ?? []) : []));
  return records.flatMap((record) => signed(record.dispatchedAt, record.scheduledAt));
}

/** Start skew of every start that was seen, signed, ms; under relative pacing of every tick but the first of a run. */
export function startSkews(
  { pacing }: ScheduleTiming,
  due: readonly DueTick[],
  records: readonly TickRecord[],
): number[] {
  if (pacing === "clock") return records.flatMap((record) => signed(record.startedAt, record.scheduledAt));
  const expected = new Map(
    due.flatMap(({ id, expectedAt, outcome }) =>
      id !== null && "skewMs" in outcome && outcome.skewMs !== null ? [[id, expectedAt]] : [],
    ),
  );
  return records.flatMap(({ id, startedAt }) => {
    const expectedAt = expected.get(id);
    return expectedAt === undefined || startedAt === null ? [] : [Date.parse(startedAt) - expectedAt];
  });
}

/** The drift of a schedule, from the gaps between ticks that were due one after the other and both came. */
export function driftOf({ intervalMs }: ScheduleTiming, due: readonly DueTick[]): Drift {
  if (intervalMs >= MINUTE_MS) return { perTickMs: null, edgeJumpMs: null };
  const inside: number[] = [];
  const atEdge: number[] = [];
  due.forEach((tick, k) => {
    const before = due[k - 1];
    if (!before || tick.dispatchedAt === null || before.dispatchedAt === null) return;
    const excess = tick.dispatchedAt - before.dispatchedAt - intervalMs;
    (tick.minute === before.minute ? inside : atEdge).push(excess);
  });
  return { perTickMs: median(inside), edgeJumpMs: median(atEdge) };
}

function signed(at: string | null, scheduledAt: string | null): number[] {
  return at === null || scheduledAt === null ? [] : [Date.parse(at) - Date.parse(scheduledAt)];
}
