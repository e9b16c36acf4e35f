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

/** A dispatch that was logged, or that a start names; it has an answer only if it was logged. Instants are ISO 8601, UTC. */
interface Dispatched {
  readonly dispatchedAt: string;
  readonly answeredAt: string | null;
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
  private readonly dispatches: Dispatched[] = [];
  /** Processor time that the function took to write each dispatch, in ms. */
  readonly processorMs: number[] = [];
  /** Starts by the function that logged them. */
  private readonly starts = new Map<string, Begun[]>();
  /** What the analyser measured, by the function that logged it. */
  private readonly measures = new Map<string, Begun[]>();
  /** The dispatches that are known, until another event changes them. */
  private found: Dispatched[] | undefined;

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
        this.dispatches.push({ dispatchedAt: event.tick.dispatchedAt, answeredAt: event.answeredAt ?? null });
        if (event.cpuMs !== undefined) this.processorMs.push(event.cpuMs);
        this.isPartial ||= event.error !== undefined;
        return;
      case "tick.missed":
        // The invocation that claimed it knows best; another one that had planned it too may give it up before or after.
        if (!this.missed?.startsWith("dispatch-")) this.missed = event.reason;
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
    const first = this.dispatchesInOrder()[0];
    return first === undefined ? instantOfId(this.id) : Date.parse(first.dispatchedAt);
  }

  /** Its records, by dispatchedAt. If several targets log their start, startedAt is the earliest. */
  records(): TickRecord[] {
    const { id, schedule, strategy, scheduledAt } = this.tick;
    const dispatches = this.dispatchesInOrder();
    const starts = [...this.starts.values()].map((ofFunction) => ofFunction.map((start) => start.startedAt).sort());
    return Array.from({ length: this.times(dispatches) }, (_, k) => ({
      id,
      schedule,
      strategy,
      scheduledAt,
      dispatchedAt: dispatches[k]?.dispatchedAt ?? null,
      answeredAt: dispatches[k]?.answeredAt ?? null,
      startedAt: starts.flatMap((ofFunction) => ofFunction[k] ?? []).sort()[0] ?? null,
    }));
  }

  /** An instant (ms since the epoch) for each time it came, so that a dispatch that was delivered twice came twice. */
  get dispatchedAt(): number[] {
    const dispatches = this.dispatchesInOrder();
    const last = dispatches.length - 1;
    return Array.from({ length: this.times(dispatches) }, (_, k) =>
      Date.parse((dispatches[Math.min(k, last)] as Dispatched).dispatchedAt),
    );
  }

  /** Publish-to-start latencies that LambdaClock's analyser measured for it, in ms. */
  latencies(): number[] {
    return [...this.measures.values()]
      .flat()
      .map(({ dispatchedAt, startedAt }) => Date.parse(startedAt) - Date.parse(dispatchedAt));
  }

  /** How often it came. What the analyser received twice came once: it is no target. */
  private times(dispatches: readonly Dispatched[]): number {
    return Math.max(dispatches.length, ...[...this.starts.values()].map((ofFunction) => ofFunction.length));
  }

  /**
   * Its dispatches in order of their instants, including those inferred from a target's start if the event of the dispatch is
   * missing. A dispatch to several targets has an instant for each, and counts once, at the earliest.
   */
  private dispatchesInOrder(): Dispatched[] {
    this.found ??= this.findDispatches();
    return this.found;
  }

  private findDispatches(): Dispatched[] {
    const { dispatches } = this;
    const byFunction = [...this.starts.values(), ...this.measures.values()].map((ofFunction) =>
      [...new Set(ofFunction.map(({ dispatchedAt }) => dispatchedAt))].sort(),
    );
    const times = Math.max(dispatches.length, ...byFunction.map(({ length }) => length));
    const inferred = Array.from({ length: times }, (_, k) => byFunction.flatMap((ofOne) => ofOne[k] ?? []).sort()[0]);
    const unlogged = inferred.filter((at) => at !== undefined);
    // A start names the instant that its message was prepared for, which is shortly before the one that was logged.
    for (const { dispatchedAt } of dispatches) unlogged.splice(nearest(unlogged, dispatchedAt), 1);
    return [...dispatches, ...unlogged.map((dispatchedAt) => ({ dispatchedAt, answeredAt: null }))].sort((a, b) =>
      a.dispatchedAt < b.dispatchedAt ? -1 : Number(a.dispatchedAt > b.dispatchedAt),
    );
  }
}

/** The place of the instant next to `instant`; both ISO 8601, UTC. */
function nearest(instants: readonly string[], instant: string): number {
  const distances = instants.map((one) => Math.abs(Date.parse(one) - Date.parse(instant)));
  return distances.indexOf(Math.min(...distances));
}
