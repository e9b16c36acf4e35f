import { parseTickLine } from "../../../cli/report/tick-log";
import { SECOND_MS } from "../../../schedule/duration";
import { type Grid, instantsBetween } from "../../../schedule/grid";
import { tickId } from "../../../schedule/tick";
import { type EmulatorSession, LATE_MS } from "./emulator-session";

/** A tick as its target logged it; instants in ms since the epoch. */
export interface StartedTick {
  readonly id: string;
  readonly strategy: string;
  readonly scheduledAt: number;
  readonly dispatchedAt: number;
}

/**
 * The ticks that the sample target has started on, in order of their instants. Its log outlives every change of
 * strategy, and it knows nothing of clocks: what it got twice was doubled, what it did not get was lost.
 */
export async function startedTicks(emulator: EmulatorSession): Promise<StartedTick[]> {
  const events = (await emulator.logLines("sample-target")).map((line) => parseTickLine(line));
  return events
    .flatMap((event) => (event?.kind === "tick.started" ? [event.tick] : []))
    .map(({ id, strategy, scheduledAt, dispatchedAt }) => ({
      id,
      strategy,
      scheduledAt: Date.parse(scheduledAt ?? ""),
      dispatchedAt: Date.parse(dispatchedAt),
    }))
    .sort((a, b) => a.scheduledAt - b.scheduledAt);
}

/** The spans in which a function's log says that a schedule was paused; `from` inclusive, `to` exclusive, ms since the epoch. */
export async function pausedSpans(emulator: EmulatorSession, role: string): Promise<{ from: number; to: number }[]> {
  const lines = await emulator.logLines(role);
  return lines
    .filter((line) => line.includes('"schedule.paused"'))
    .map((line) => {
      const { from, to } = JSON.parse(line) as { from: string; to: string };
      return { from: Date.parse(from), to: Date.parse(to) };
    });
}

/** Waits until the newest ticks are as `enough` wants them. @throws Error if they are not within `withinMs`. */
export async function untilTicks(
  emulator: EmulatorSession,
  enough: (ticks: readonly StartedTick[]) => boolean,
  withinMs: number,
): Promise<StartedTick[]> {
  for (const end = Date.now() + withinMs; ; await new Promise((resolve) => setTimeout(resolve, SECOND_MS))) {
    const ticks = await startedTicks(emulator);
    if (enough(ticks)) return ticks;
    if (Date.now() > end) {
      const last = ticks.at(-1);
      throw new Error(
        `not within ${withinMs / SECOND_MS} s; the last of ${ticks.length} ticks: ${JSON.stringify(last)}`,
      );
    }
  }
}

/**
 * What is wrong with the ticks of a schedule in a span: ids of its grid that were lost or doubled, ids off its grid,
 * dispatches before their instant, and dispatches more than `LATE_MS` after it.
 *
 * @param from inclusive, `to` exclusive; ms since the epoch.
 */
export function flawsBetween(ticks: readonly StartedTick[], name: string, grid: Grid, from: number, to: number) {
  const due = instantsBetween(grid, from, to).map((at) => tickId(name, at));
  const seen = ticks.filter(({ scheduledAt }) => scheduledAt >= from && scheduledAt < to);
  const ids = seen.map(({ id }) => id);
  return {
    lost: due.filter((id) => !ids.includes(id)),
    doubled: ids.filter((id, k) => ids.indexOf(id) < k),
    offGrid: ids.filter((id) => !due.includes(id)),
    early: seen.filter(({ scheduledAt, dispatchedAt }) => dispatchedAt < scheduledAt).map(({ id }) => id),
    late: seen.filter(({ scheduledAt, dispatchedAt }) => dispatchedAt > scheduledAt + LATE_MS).map(({ id }) => id),
  };
}

/** What `flawsBetween` says of a clock without a flaw. */
export const FLAWLESS = { lost: [], doubled: [], offGrid: [], early: [], late: [] };

/** The longest time between two ticks that begins in a span, by their dispatch, in ms. */
export function longestGap(ticks: readonly StartedTick[], from: number, to: number): number {
  const instants = ticks.map(({ dispatchedAt }) => dispatchedAt).sort((a, b) => a - b);
  const gaps = instants.flatMap((at, k) => {
    const next = instants[k + 1];
    return next !== undefined && next > from && at < to ? [next - at] : [];
  });
  return Math.max(...gaps);
}
