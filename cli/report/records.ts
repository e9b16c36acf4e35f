import type { Span } from "../../schedule/outcome";
import { isManual } from "../../schedule/tick";
import { LoggedCircumstances } from "./circumstances";
import { CollectedTick } from "./collected";
import type { TickEvent } from "./tick-log";

/** What is collected of a schedule. */
interface ScheduleLog {
  readonly ticks: Map<string, CollectedTick>;
  readonly circumstances: LoggedCircumstances;
}

/** Collects the events of ticks, in any order, by schedule and tick. */
export class TickCollector {
  private readonly logs = new Map<string, ScheduleLog>();
  /** What the logs say of all schedules at once. */
  private readonly all = new LoggedCircumstances();

  /** Takes in one event. Each logged line is to be given once. */
  add(event: TickEvent): void {
    switch (event.kind) {
      case "run.planned":
        this.logOf(event.schedule).circumstances.addPlan(event);
        return;
      case "clock.planned":
        this.all.addPlan(event);
        return;
      case "schedule.paused":
        this.logOf(event.schedule).circumstances.addPause(event);
        return;
      default: {
        if (isManual(event.tick.id)) {
          // What its targets log of it is in no figure.
          const isDecided = event.kind === "tick.dispatched" || event.kind === "tick.missed";
          if (isDecided) this.logOf(event.tick.schedule).circumstances.addByHand(event);
          return;
        }
        const { ticks } = this.logOf(event.tick.schedule);
        const known = ticks.get(event.tick.id);
        const tick = known ?? new CollectedTick(event.tick);
        if (!known) ticks.set(event.tick.id, tick);
        tick.add(event);
      }
    }
  }

  /** A schedule's ticks in a span, in order of their instants. */
  ticks(schedule: string, span: Span): CollectedTick[] {
    return inOrder(this.logOf(schedule).ticks.values(), (at) => at >= span.from && at < span.to);
  }

  /** Hands over a schedule's ticks before `instant` (ms since the epoch), in order of their instants, and forgets them. */
  take(schedule: string, instant: number): CollectedTick[] {
    const { ticks } = this.logOf(schedule);
    const taken = inOrder(ticks.values(), (at) => at < instant);
    for (const { id } of taken) ticks.delete(id);
    return taken;
  }

  /** What the logs say of a schedule apart from its ticks. */
  circumstances(schedule: string): LoggedCircumstances {
    return this.logOf(schedule).circumstances;
  }

  private logOf(schedule: string): ScheduleLog {
    const known = this.logs.get(schedule);
    if (known) return known;
    const log = { ticks: new Map<string, CollectedTick>(), circumstances: new LoggedCircumstances(this.all) };
    this.logs.set(schedule, log);
    return log;
  }
}

function inOrder(ticks: Iterable<CollectedTick>, isAsked: (instant: number) => boolean): CollectedTick[] {
  const asked: { tick: CollectedTick; at: number }[] = [];
  for (const tick of ticks) {
    const at = tick.instant();
    if (isAsked(at)) asked.push({ tick, at });
  }
  return asked.sort((a, b) => a.at - b.at).map(({ tick }) => tick);
}
