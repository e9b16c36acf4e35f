import { MINUTE_MS } from "../../schedule/duration";
import type { DueTick, ScheduleTiming } from "../../schedule/outcome";
import type { TickRecord } from "../../schedule/tick";
import type { ScheduleReport } from "./schedule-report";
import { median } from "./statistics";
import { Tally } from "./tally";

/** Most ticks whose starts wait for a verdict under relative pacing, under which a duplicate never gets one. */
const MAX_WAITING = 1_000;

/**
 * Gathers the signed skews of a schedule, in ms. On a grid: of every dispatch and every start that was seen. Under
 * relative pacing: of every tick but the first of a run, against the tick before it plus the interval.
 */
export class SkewGatherer {
  readonly dispatch = new Tally();
  readonly start = new Tally();
  private readonly inside = new Tally();
  private readonly atEdge = new Tally();
  private readonly waiting = new Map<string, readonly TickRecord[]>();
  private before: DueTick | undefined;

  constructor(private readonly timing: ScheduleTiming) {}

  /** Takes the records of a tick, before the verdict on it. */
  came(id: string, records: readonly TickRecord[]): void {
    if (this.timing.pacing === "relative") {
      this.waiting.set(id, records);
      const [oldest] = this.waiting.keys();
      if (this.waiting.size > MAX_WAITING && oldest !== undefined) this.waiting.delete(oldest);
      return;
    }
    for (const { scheduledAt, dispatchedAt, startedAt } of records) {
      if (scheduledAt === null) continue;
      const instant = Date.parse(scheduledAt);
      if (dispatchedAt !== null) this.dispatch.add(Date.parse(dispatchedAt) - instant);
      if (startedAt !== null) this.start.add(Date.parse(startedAt) - instant);
    }
  }

  /** Takes the next due tick, in order of time. */
  due(tick: DueTick): void {
    this.gap(tick);
    const { id, expectedAt, outcome } = tick;
    if (this.timing.pacing === "clock" || id === null) return;
    const records = this.waiting.get(id) ?? [];
    this.waiting.delete(id);
    if (!("skewMs" in outcome) || outcome.skewMs === null) return;
    this.dispatch.add(outcome.skewMs);
    for (const { startedAt } of records) if (startedAt !== null) this.start.add(Date.parse(startedAt) - expectedAt);
  }

  /** From the gaps between ticks that were due one after the other and both came. */
  drift(): ScheduleReport["drift"] {
    return { perTickMs: median(this.inside), edgeJumpMs: median(this.atEdge) };
  }

  private gap(tick: DueTick): void {
    const { before } = this;
    this.before = tick;
    const { intervalMs, pacing } = this.timing;
    if (intervalMs >= MINUTE_MS || !before || tick.dispatchedAt === null || before.dispatchedAt === null) return;
    // On a grid with hours two due ticks may be further apart than an interval.
    const expected = pacing === "relative" ? intervalMs : tick.expectedAt - before.expectedAt;
    const excess = tick.dispatchedAt - before.dispatchedAt - expected;
    (tick.minute === before.minute ? this.inside : this.atEdge).add(excess);
  }
}
