import type { UndispatchedTick } from "../../schedule/events";
import { instantOfId } from "../../schedule/judge";
import type { LoggedReason, TickSighting } from "../../schedule/outcome";
import type { TickRecord } from "../../schedule/tick";
import type { EventOfTick } from "./tick-log";

/** A start of a function, or what the analyser received, with the dispatch that it names. Instants are ISO 8601, UTC. */
interface Begun {
  readonly dispatchedAt: string;
  readonly startedAt: string;
}

/**
 * What the logs say of one tick id, in any order of its events. If the event of a dispatch is missing (or not yet
 * read), a start or the analyser's event stands for it: each carries its tick's dispatchedAt.
 *
 * It has as many records as the tick was dispatched, or as one function started for it, the larger number: a tick that
 * came twice has two records of the same id.
 */
export class CollectedTick implements TickSighting {
  readonly id: string;
  readonly scheduledAt: number | null;
  missed: LoggedReason | undefined;
  suppressed = 0;
  /** Whether it reached some of its targets and not others. */
  isPartial = false;
  /** What was logged as the cause of its being missed; `null` if nothing was. */
  error: string | null = null;
  private readonly dispatches: string[] = [];
  /** Starts by the function that logged them. */
  private readonly starts = new Map<string, Begun[]>();
  /** What the analyser measured, by the function that logged it. */
  private readonly measures = new Map<string, Begun[]>();
  /** The dispatches that are known, until another event changes them. */
  private found: string[] | undefined;

  /** @param tick as any of its events has it. */
  constructor(private readonly tick: UndispatchedTick) {
    this.id = tick.id;
    this.scheduledAt = tick.scheduledAt === null ? null : Date.parse(tick.scheduledAt);
  }

  /** Takes in one event of this tick. Each logged line is to be given once. */
  add(event: EventOfTick): void {
    this.found = undefined;
    switch (event.kind) {
      case "tick.dispatched":
        this.dispatches.push(event.tick.dispatchedAt);
        this.isPartial ||= event.error !== undefined;
        return;
      case "tick.missed":
        this.missed = event.reason;
        this.error ??= event.error ?? null;
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

  /** Its place in time, ms since the epoch: its scheduledAt or, without a grid, its first dispatch or its id's second. */
  instant(): number {
    if (this.scheduledAt !== null) return this.scheduledAt;
    const at = this.instantsOfDispatch()[0];
    return at === undefined ? instantOfId(this.id) : Date.parse(at);
  }

  /** Its records, by dispatchedAt. If several targets log their start, startedAt is the earliest. */
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

  /** An instant (ms since the epoch) for each time it came, so that a dispatch that was delivered twice came twice. */
  get dispatchedAt(): number[] {
    const dispatches = this.instantsOfDispatch();
    const last = dispatches.length - 1;
    return Array.from({ length: this.times(dispatches) }, (_, k) =>
      Date.parse(dispatches[Math.min(k, last)] as string),
    );
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
   * Dispatch times in ascending order, including those inferred from a target's start if the event of the dispatch is
   * missing. A dispatch to several targets has an instant for each, and counts once, at the earliest.
   */
  private instantsOfDispatch(): string[] {
    this.found ??= this.findDispatches();
    return this.found;
  }

  private findDispatches(): string[] {
    const { dispatches } = this;
    const byFunction = [...this.starts.values(), ...this.measures.values()].map((ofFunction) =>
      [...new Set(ofFunction.map(({ dispatchedAt }) => dispatchedAt))].sort(),
    );
    const times = Math.max(dispatches.length, ...byFunction.map(({ length }) => length));
    const inferred = Array.from({ length: times }, (_, k) => byFunction.flatMap((ofOne) => ofOne[k] ?? []).sort()[0]);
    const unlogged = inferred.flatMap((at) => (at === undefined || dispatches.includes(at) ? [] : [at]));
    return [...dispatches, ...unlogged].slice(0, times).sort();
  }
}
