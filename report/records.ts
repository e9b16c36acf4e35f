import type { LoggedReason, Span, TickSighting } from "../schedule/outcome";
import type { TickRecord } from "../schedule/tick";
import type { LoggedTick, PlannedTick, TickEvent } from "./tick-log";

/** What was collected of one tick id. */
interface Collected {
  readonly tick: PlannedTick;
  readonly dispatches: string[];
  /** Starts by the function that logged them. */
  readonly starts: Map<string, { readonly dispatchedAt: string; readonly startedAt: string }[]>;
  readonly latencies: number[];
  missed: LoggedReason | undefined;
  suppressed: number;
  partial: boolean;
}

/**
 * Collects the events of ticks, in any order, and makes records of them.
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
      case "tick.started": {
        const start = { dispatchedAt: event.tick.dispatchedAt, startedAt: event.startedAt };
        entry.starts.set(event.source, [...(entry.starts.get(event.source) ?? []), start]);
        return;
      }
      case "tick.measured":
        entry.latencies.push(Date.parse(event.startedAt) - Date.parse(event.tick.dispatchedAt));
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
      dispatchedAt: dispatchesOf(entry),
      missed: entry.missed,
      suppressed: entry.suppressed,
    }));
  }

  /** Publish-to-start latencies that LambdaClock's analyser measured for a schedule's ticks in a span, in ms. */
  latencies(schedule: string, span: Span): number[] {
    return this.entriesIn(schedule, span).flatMap((entry) => entry.latencies);
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
      latencies: [],
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
function instantOf({ tick, dispatches, starts }: Collected): number {
  const first = dispatches[0] ?? [...starts.values()][0]?.[0]?.dispatchedAt;
  const at = tick.scheduledAt ?? first;
  return at === undefined ? Number(tick.id.slice(tick.id.lastIndexOf("-") + 1)) * 1_000 : Date.parse(at);
}

/** How often the tick came. */
function timesOf({ dispatches, starts }: Collected): number {
  return Math.max(dispatches.length, ...[...starts.values()].map((ofFunction) => ofFunction.length));
}

function recordsOf(entry: Collected): TickRecord[] {
  const { id, schedule, strategy, scheduledAt } = entry.tick;
  const dispatches = [...entry.dispatches].sort();
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

/** When the tick was dispatched, ms, ascending, one for each time it came; a start tells of a dispatch that was not logged. */
function dispatchesOf(entry: Collected): number[] {
  const logged = entry.dispatches.map((at) => Date.parse(at));
  const told = [...entry.starts.values()]
    .sort((a, b) => b.length - a.length)
    .flat()
    .map((start) => Date.parse(start.dispatchedAt));
  return [...logged, ...told.filter((at) => !logged.includes(at)), ...told]
    .slice(0, timesOf(entry))
    .sort((a, b) => a - b);
}

/** By scheduledAt, then dispatchedAt, an unknown one last. The instants are ISO 8601 in UTC, so their texts sort as they do. */
function byTime(a: TickRecord, b: TickRecord): number {
  const [left, right] = [a, b].map((record) => `${record.scheduledAt ?? ""} ${record.dispatchedAt ?? "~"}`) as [
    string,
    string,
  ];
  return left < right ? -1 : Number(left > right);
}
