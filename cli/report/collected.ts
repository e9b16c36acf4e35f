import { SECOND_MS } from "../../schedule/duration";
import type { UndispatchedTick } from "../../schedule/events";
import type { LoggedReason, TickSighting } from "../../schedule/outcome";
import type { TickRecord } from "../../schedule/tick";
import type { EventOfTick } from "./tick-log";

/** A start of a function, or what the analyser received, and the dispatch it tells of. Instants are ISO 8601, UTC. */
interface Begun {
  readonly dispatchedAt: string;
  readonly startedAt: string;
}

/**
 * What the logs say of one tick id, whatever the order its events come in. Where the event of a dispatch is not there
 * (yet), a start or the analyser's event tells of it: each carries its tick's dispatchedAt.
 *
 * It has as many records as the tick was dispatched, or as one function started for it, whichever is more: a tick that
 * came twice gives two records of the same id.
 */
export class CollectedTick {
  private readonly dispatches: string[] = [];
  /** Starts by the function that logged them. */
  private readonly starts = new Map<string, Begun[]>();
  /** What the analyser measured, by the function that logged it. */
  private readonly measures = new Map<string, Begun[]>();
  private missed: LoggedReason | undefined;
  private suppressed = 0;
  private partial = false;
  private failure: string | null = null;
  /** Its dispatches, until another event may change them. */
  private told: string[] | undefined;
  private readonly scheduledAt: number | null;

  /** @param tick as any of its events has it. */
  constructor(private readonly tick: UndispatchedTick) {
    this.scheduledAt = tick.scheduledAt === null ? null : Date.parse(tick.scheduledAt);
  }

  get id(): string {
    return this.tick.id;
  }

  /** Whether it reached some of its targets and not others. */
  get isPartial(): boolean {
    return this.partial;
  }

  /** What was logged as the cause of its being missed; `null` where nothing was. */
  get error(): string | null {
    return this.failure;
  }

  /** Takes in one event of this tick. Each logged line is to be given once. */
  add(event: EventOfTick): void {
    this.told = undefined;
    switch (event.kind) {
      case "tick.dispatched":
        this.dispatches.push(event.tick.dispatchedAt);
        this.partial ||= event.error !== undefined;
        return;
      case "tick.missed":
        this.missed = event.reason;
        this.failure ??= event.error ?? null;
        return;
      case "tick.suppressed":
        this.suppressed += 1;
        return;
      case "tick.started":
      case "tick.measured": {
        const ofKind = event.kind === "tick.started" ? this.starts : this.measures;
        const begun = { dispatchedAt: event.tick.dispatchedAt, startedAt: event.startedAt };
        const known = ofKind.get(event.source);
        if (known) known.push(begun);
        else ofKind.set(event.source, [begun]);
      }
    }
  }

  /** Where in time it stands, ms since the epoch: its scheduledAt or, without a grid, its first dispatch or its id's second. */
  instant(): number {
    if (this.scheduledAt !== null) return this.scheduledAt;
    const at = this.instantsOfDispatch()[0];
    return at === undefined
      ? Number(this.tick.id.slice(this.tick.id.lastIndexOf("-") + 1)) * SECOND_MS
      : Date.parse(at);
  }

  /** Its records, by dispatchedAt. Where it has several targets that log their start, startedAt is the earliest of them. */
  records(): TickRecord[] {
    const { id, schedule, strategy, scheduledAt } = this.tick;
    const dispatches = this.instantsOfDispatch();
    const starts = [...this.starts.values()].map((ofFunction) => ofFunction.map((start) => start.startedAt).sort());
    return Array.from({ length: this.times(dispatches) }, (_, k) => ({
      id,
      schedule,
      strategy,
      scheduledAt,
      dispatchedAt: dispatches[k] ?? null,
      startedAt: starts.flatMap((ofFunction) => ofFunction[k] ?? []).sort()[0] ?? null,
    }));
  }

  /** What was seen of it: an instant for each time it came, so that a dispatch that was delivered twice came twice. */
  sighting(): TickSighting {
    const told = this.instantsOfDispatch();
    const dispatches = told.map((at) => Date.parse(at));
    return {
      id: this.tick.id,
      scheduledAt: this.scheduledAt,
      dispatchedAt: Array.from(
        { length: this.times(told) },
        (_, k) => dispatches[Math.min(k, dispatches.length - 1)] as number,
      ),
      missed: this.missed,
      suppressed: this.suppressed,
    };
  }

  /** Publish-to-start latencies that LambdaClock's analyser measured for it, in ms. */
  latencies(): number[] {
    return [...this.measures.values()]
      .flat()
      .map(({ dispatchedAt, startedAt }) => Date.parse(startedAt) - Date.parse(dispatchedAt));
  }

  /** How often it came. What the analyser received twice came once: it is no target. */
  private times(dispatches: readonly string[]): number {
    return Math.max(dispatches.length, ...[...this.starts.values()].map((ofFunction) => ofFunction.length));
  }

  /**
   * Its dispatches, ascending: those that were logged, and those that only functions it reached tell of. A dispatch to
   * several targets has an instant for each, and counts once, at the earliest.
   */
  private instantsOfDispatch(): string[] {
    this.told ??= this.findDispatches();
    return this.told;
  }

  private findDispatches(): string[] {
    const { dispatches } = this;
    const toldByFunction = [...this.starts.values(), ...this.measures.values()].map((ofFunction) =>
      [...new Set(ofFunction.map(({ dispatchedAt }) => dispatchedAt))].sort(),
    );
    const times = Math.max(dispatches.length, ...toldByFunction.map(({ length }) => length));
    const told = Array.from({ length: times }, (_, k) => toldByFunction.flatMap((ofOne) => ofOne[k] ?? []).sort()[0]);
    const unlogged = told.flatMap((at) => (at === undefined || dispatches.includes(at) ? [] : [at]));
    return [...dispatches, ...unlogged].slice(0, times).sort();
  }
}
