import type { Hours } from "./hours";
import type { OverduePolicy } from "./plan";
import type { Json, ScheduleSpec } from "./tick";

/** The file in a function's zip that holds the environment's schedules: more than an environment variable takes. */
export const SCHEDULES_FILE = "schedules.json";

/** A schedule with every default filled in; times in ms. It is what `config/` makes of what a user writes. */
export interface Schedule {
  readonly name: string;
  readonly intervalMs: number;
  readonly phaseMs: number;
  /** When its ticks are due, and how often; `intervalMs` is the shortest interval. @default always, each `intervalMs` */
  readonly hours?: Hours;
  /** How long after scheduledAt a tick may still be dispatched. */
  readonly catchUpMs: number;
  readonly overdue: OverduePolicy;
  /** ARNs; `null` for the sample function. */
  readonly targets: readonly string[] | null;
  readonly payload: Json;
  /**
   * How much earlier than scheduledAt its ticks are handed over to its targets, which hold them until then. Absent without a
   * lead, so that what is deployed without one stays as it is.
   * @default 0
   */
  readonly leadMs?: number;
  /** Why it is paused, by itself or with its environment; `null` while it ticks. */
  readonly paused: string | null;
}

/** What the code that plans and dispatches ticks must know of a schedule on a strategy. @param strategy its kind. */
export function scheduleSpec(
  { name, intervalMs, phaseMs, hours, catchUpMs, payload, leadMs }: Schedule,
  strategy: string,
): ScheduleSpec {
  return {
    name,
    strategy,
    intervalMs,
    phaseMs,
    ...(hours && { hours }),
    catchUpMs,
    payload,
    ...(leadMs && { leadMs }),
  };
}
