import type { LoggedReason, Span, TickSighting } from "../schedule/outcome";
import type { TickRecord } from "../schedule/tick";
import type { LoggedTick, PlannedTick, TickEvent } from "./tick-log";

/** What was collected of one tick id. */
interface Collected {
  readonly tick: PlannedTick;
  readonly dispatches: string[];
  /** Starts by the function that logged them. */
  readonly starts: Map<string, { readonly dispatchedAt: string; readonly startedAt: string }[]>;
  /** What the analyser measured, by the function that logged it. */
  readonly measures: Map<string, { readonly dispatchedAt: string; readonly startedAt: string }[]>;
  missed: LoggedReason | undefined;
  suppressed: number;
  partial: boolean;
}

/**
 * Collects the events of ticks, in any order, and makes records of them. Where the event of a dispatch is not there (yet),
 * a start or the analyser's event tells of it: each carries its tick's dispatchedAt.
 *
 * A tick id has as many records as it was dispatched, or as one function started for it, whichever is more: a tick
 * that came twice gives two records of the same id.
 */
export class TickCollector {
  private readonly collected = new Map<string, Collected>();

  /** Takes in one event. Each logged line is to be given once. */
  add(event: TickEvent): void {
    if (event.kind === "run.planned") return;
    const entry = this.entryOf(event.tick);
    switch (event.kind) {
      case "tick.dispatched":
        entry.dispatches.push(event.tick.dispatchedAt);
        entry.partial ||= event.error !== undefined;
        return;
      case "tick.missed":
        entry.missed = event.reason;
        return;
      case "tick.suppressed":
        entry.suppressed += 1;
        return;
      case "tick.started":
      case "tick.measured": {
        const ofKind = event.kind === "tick.started" ? entry.starts : entry.measures;
        const start = { dispatchedAt: event.tick.dispatchedAt, startedAt: event.startedAt };
        ofKind.set(event.source, [...(ofKind.get(event.source) ?? []), start]);
      }
    }
  }

  /**
   * The records of a schedule's ticks in a span, by scheduledAt (under relative pacing: by dispatchedAt). Where a tick
   * has several targets that log their start, startedAt is the earliest of them.
   */
  records(schedule: string, span: Span): TickRecord[] {
    return this.entriesIn(schedule, span).flatMap(recordsOf).sort(byTime);
  }

  /** What was seen of a schedule's ticks in a span, each id once. */
  sightings(schedule: string, span: Span): TickSighting[] {
    return this.entriesIn(schedule, span).map((entry) => ({
      id: entry.tick.id,
      scheduledAt: entry.tick.scheduledAt === null ? null : Date.parse(entry.tick.scheduledAt),
      dispatchedAt: instantsItCame(entry),
      missed: entry.missed,
      suppressed: entry.suppressed,
    }));
  }

  /** Publish-to-start latencies that LambdaClock's analyser measured for a schedule's ticks in a span, in ms. */
  latencies(schedule: string, span: Span): number[] {
    return this.entriesIn(schedule, span).flatMap(({ measures }) =>
      [...measures.values()]
        .flat()
        .map(({ dispatchedAt, startedAt }) => Date.parse(startedAt) - Date.parse(dispatchedAt)),
    );
  }

  /** Ticks of a schedule in a span that reached some of their targets and not others. */
  partial(schedule: string, span: Span): number {
    return this.entriesIn(schedule, span).filter((entry) => entry.partial).length;
  }

  private entryOf(tick: PlannedTick | LoggedTick): Collected {
    const key = `${tick.schedule}\n${tick.id}`;
    const known = this.collected.get(key);
    if (known) return known;
    const entry: Collected = {
      tick,
      dispatches: [],
      starts: new Map(),
      measures: new Map(),
      missed: undefined,
      suppressed: 0,
      partial: false,
    };
    this.collected.set(key, entry);
    return entry;
  }

  private entriesIn(schedule: string, span: Span): Collected[] {
    return [...this.collected.values()].filter((entry) => {
      if (entry.tick.schedule !== schedule) return false;
      const at = instantOf(entry);
      return at >= span.from && at < span.to;
    });
  }
}

/** Writes records as `ticks.jsonl` has them: one JSON object a line, by scheduledAt, then dispatchedAt. */
export function toJsonLines(records: readonly TickRecord[]): string {
  return [...records]
    .sort(byTime)
    .map((record) => `${JSON.stringify(record)}\n`)
    .join("");
}

/** Where in time a tick stands, ms since the epoch: its scheduledAt or, without a grid, its first dispatch or its id's second. */
function instantOf(entry: Collected): number {
  const { tick } = entry;
  const at = tick.scheduledAt ?? dispatchesOf(entry)[0];
  return at === undefined ? Number(tick.id.slice(tick.id.lastIndexOf("-") + 1)) * 1_000 : Date.parse(at);
}

/** How often the tick came. What the analyser received twice came once: it is no target. */
function timesOf(entry: Collected): number {
  return Math.max(dispatchesOf(entry).length, ...[...entry.starts.values()].map((ofFunction) => ofFunction.length));
}

function recordsOf(entry: Collected): TickRecord[] {
  const { id, schedule, strategy, scheduledAt } = entry.tick;
  const dispatches = dispatchesOf(entry);
  const starts = [...entry.starts.values()].map((ofFunction) => ofFunction.map((start) => start.startedAt).sort());
  return Array.from({ length: timesOf(entry) }, (_, k) => ({
    id,
    schedule,
    strategy,
    scheduledAt,
    dispatchedAt: dispatches[k] ?? null,
    startedAt: starts.flatMap((ofFunction) => ofFunction[k] ?? []).sort()[0] ?? null,
  }));
}

/**
 * The dispatches of a tick, ascending: those that were logged, and those that only functions it reached tell of. A
 * dispatch to several targets has an instant for each, and counts once, at the earliest.
 */
function dispatchesOf({ dispatches, starts, measures }: Collected): string[] {
  const toldByFunction = [...starts.values(), ...measures.values()].map((ofFunction) =>
    [...new Set(ofFunction.map(({ dispatchedAt }) => dispatchedAt))].sort(),
  );
  const times = Math.max(dispatches.length, ...toldByFunction.map(({ length }) => length));
  const told = Array.from({ length: times }, (_, k) => toldByFunction.flatMap((ofOne) => ofOne[k] ?? []).sort()[0]);
  const unlogged = told.flatMap((at) => (at === undefined || dispatches.includes(at) ? [] : [at]));
  return [...dispatches, ...unlogged].slice(0, times).sort();
}

/** When the tick was dispatched, ms, ascending, one for each time it came: a dispatch that was delivered twice came twice. */
function instantsItCame(entry: Collected): number[] {
  const dispatches = dispatchesOf(entry).map((at) => Date.parse(at));
  return Array.from({ length: timesOf(entry) }, (_, k) => dispatches[Math.min(k, dispatches.length - 1)] as number);
}

/** By scheduledAt, then dispatchedAt, an unknown one last. The instants are ISO 8601 in UTC, so their texts sort as they do. */
function byTime(a: TickRecord, b: TickRecord): number {
  const [left, right] = [a, b].map((record) => `${record.scheduledAt ?? ""} ${record.dispatchedAt ?? "~"}`) as [
    string,
    string,
  ];
  return left < right ? -1 : Number(left > right);
}
