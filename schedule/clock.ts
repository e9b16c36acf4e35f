import type { Duration } from "./duration";
import type { OverduePolicy } from "./plan";

/** The Step Functions loop with every setting named; `config/types.ts` explains them. */
export interface SfnLoopSettings {
  readonly kind: "sfn-loop";
  readonly pacing: "clock" | "relative";
  readonly machineType: "STANDARD" | "EXPRESS";
  /** Clock minutes a firing plans, its own included; 1 under relative pacing. */
  readonly horizon: number;
  readonly duplicateCheck: boolean;
  /** MB. */
  readonly iteratorMemory: number;
}

/** LambdaClock with every setting named. */
export interface LambdaClockSettings {
  readonly kind: "lambda-clock";
  /** Minutes a firing serves, from the one after its own on. */
  readonly horizon: number;
  /** MB. */
  readonly clockMemory: number;
}

/** How a clock keeps time, with every setting named. */
export type StrategySettings = SfnLoopSettings | LambdaClockSettings;

/** A schedule as a reader of a plan, a report or a bill must know it; it holds nothing that could be a secret. */
export interface ScheduleDescription {
  readonly name: string;
  readonly interval: Duration;
  readonly phase: Duration;
  readonly catchUpWindow: Duration;
  readonly overdue: OverduePolicy;
  /** How many functions and topics get each tick; the sample function counts as one. */
  readonly targets: { readonly functions: number; readonly topics: number };
  /** Why it is paused; `null` while it ticks. */
  readonly paused: string | null;
}

/** What an environment is watched with, as far as it costs. */
export interface WatchedWith {
  /** Whether the functions record metrics. */
  readonly metrics: boolean;
  readonly alarms: boolean;
  readonly dashboard: boolean;
}

/**
 * What is deployed, in the domain's words: each clock's stack writes it into its state (the output `clock`, as JSON text), so that
 * a plan, a report and the cost model can say what was there before without guessing it from resources.
 */
export interface ClockDescription {
  /** Name of the environment. */
  readonly environment: string;
  readonly region: string;
  readonly strategy: StrategySettings;
  /** The strategy that is being handed over from; `null` outside a handover. */
  readonly retiring: StrategySettings | null;
  readonly schedules: readonly ScheduleDescription[];
  /** Whether functions are traced by X-Ray. */
  readonly tracing: boolean;
  /** What it is watched with. */
  readonly monitoring: WatchedWith;
}
