import type { MetricsOf } from "./metrics";
import type { Schedule } from "./schedule";

/** What the settings of every strategy have: the discriminator. */
export interface Settings {
  readonly kind: string;
}

/** A schedule as a reader of a plan, a report or a bill must know it; it holds nothing that could be a secret. */
export interface ScheduleDescription extends Omit<Schedule, "targets" | "payload"> {
  /** How many get each tick; the sample function counts as one. */
  readonly targets: TargetCounts;
}

/** How many targets of each kind a schedule has. */
export interface TargetCounts {
  readonly functions: number;
  readonly topics: number;
  readonly queues: number;
}

/** How many targets get each tick. */
export function countTargets({ functions, topics, queues }: TargetCounts): number {
  return functions + topics + queues;
}

/**
 * What is deployed, in the domain's words. Each clock's stack writes it into its state (the output `clock`, which
 * `strategies/clock-output.ts` writes and reads), so that a plan, a report and the cost model know what was there before
 * without a guess from resources.
 */
export interface ClockDescription {
  /** Name of the environment. */
  readonly environment: string;
  readonly region: string;
  readonly strategy: Settings;
  /** The strategy that is being handed over from; `null` outside a handover. */
  readonly retiring: Settings | null;
  readonly schedules: readonly ScheduleDescription[];
  /** Whether X-Ray traces the functions. */
  readonly tracing: boolean;
  /** What it is watched with, as far as it costs. `metrics`: what the functions record them of; `false` for none. */
  readonly monitoring: { readonly metrics: MetricsOf | false; readonly alarms: boolean; readonly dashboard: boolean };
}
