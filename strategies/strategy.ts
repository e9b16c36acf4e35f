import type { z } from "zod";
import type { ClockDescription, ScheduleDescription, Settings } from "../schedule/clock";
import type { Schedule } from "../schedule/schedule";
import type { Json } from "../schedule/tick";
import type { Assumption } from "./assumptions";
import type { PartUsage } from "./usage";

/** Something wrong with a value in the light of others. */
export interface Problem {
  /** Path of the value in its environment, such as `["schedules", 0, "interval"]`. */
  readonly path: readonly (string | number)[];
  /** The sentence after the value: the limit, and what to write instead. */
  readonly message: string;
  /** The schedule, if other strategies may serve it: the configuration's message then names them. */
  readonly unserved?: Schedule;
}

/** Adds a problem. */
export type Refuse = (path: Problem["path"], message: string) => void;

/** How a clock with given settings behaves in time. */
export interface Timing {
  /** Whether its ticks are on a grid. Without a grid two clocks cannot tell that they run the same tick. */
  readonly grid: boolean;
  /** From the end of an apply until a clock that it created or resumed runs, in s at most. */
  readonly startsWithinS: number;
  /** After a pause was applied, until the last tick, in words: `seconds`, `2 minutes`. */
  readonly stopsWithin: string;
  /** How far ahead it claims ticks, in s: for so long ticks of the settings before a change may still come. */
  readonly claimsAheadS: number;
  /** When a changed setting takes effect, after "<name> takes the change up ": a sentence's rest with its full stop. */
  readonly takesUpChanges: string;
  /**
   * The setting that keeps other clocks from seeing its claims, and what to write instead; `null` if each tick has a claim
   * of its own, which every clock sees. Two clocks that run at the same time need that.
   */
  readonly unseenClaims: { readonly field: string; readonly instead: string } | null;
  /** Whether it logs which minutes it planned, so that a report can tell `not-planned` from `not-seen`. */
  readonly logsPlans: boolean;
}

/** The functions of a clock by the roles in their physical names. Their log groups hold its ticks. */
export interface FunctionRoles {
  /** Functions that plan and dispatch. */
  readonly dispatchers: readonly string[];
  /** Other functions of the clock that receive ticks and log their start. */
  readonly observers: readonly string[];
}

/** The function that dispatches a tick by hand: `functions/runtime/by-hand.ts`. */
export interface HandDispatcher {
  /** The role in its physical name. */
  readonly role: string;
  /** The state machine whose definition has the schedule, if the function itself does not know its schedules. */
  readonly machine?: {
    /** The role in its physical name. */
    readonly role: string;
    /** What the function's event has besides the order, by the machine's definition. @throws Error if that has no schedule. */
    eventOf(definition: string): object;
  };
}

/** Actions of CI's policies on one kind of resource. */
export interface Grant {
  readonly actions: readonly string[];
  /**
   * The part of their ARNs between the account and the name, such as `stateMachine:`: the environment's resources of
   * that kind are meant, or all of that kind if AWS names them (`unnamed`). `*` only if the actions know no resource.
   */
  readonly resource: { readonly service: string; readonly before: string; readonly unnamed?: true } | "*";
  /** A key of the request that must name a function of the environment, such as `lambda:FunctionArn`. @default none */
  readonly functionKey?: string;
}

/**
 * CI's access to a strategy's own resources, in addition to what all clocks share: functions, ledger, logs of functions,
 * queue, rules, topics, roles, monitoring, and the targets of ticks.
 */
export interface Access {
  /** What a plan reads. */
  readonly plan: readonly Grant[];
  /** What a deployment creates, changes and deletes, in addition to what a plan reads. */
  readonly deploy: readonly Grant[];
  /** The most that roles of the clock may do. */
  readonly boundary: readonly Grant[];
  /** Services that a resource policy lets call the clock's functions. */
  readonly callers: readonly string[];
  /** Whether topics of the clock are let into the functions that schedules name, by the functions' own policies. */
  readonly subscribesTargets: boolean;
  /** Services that the clock's roles are passed to, in addition to Lambda. */
  readonly roleTakers: readonly string[];
}

/** One way to use a strategy that people choose between, and what figures do not say about it. */
export interface Variant {
  /** As a recorded benchmark names its case; unique among all strategies. */
  readonly id: string;
  readonly title: string;
  /** The value of `strategy` in the configuration: its kind, and the fields that differ from their defaults. */
  readonly strategy: Settings & Readonly<Record<string, Json>>;
  /** What happens when a rule fires twice, comes up to 59 s late, or does not come once. */
  readonly onDoubledFiring: string;
  readonly onLateFiring: string;
  readonly onLostFiring: string;
  readonly limits: string;
  readonly chooseWhen: string;
  /** How the benchmark deploys it; absent if it does not. */
  readonly bench?: {
    /** Name of its environment: at most 16 characters. */
    readonly environment: string;
    readonly intervalMs: number;
    readonly phaseMs: number;
  };
}

/**
 * A strategy: one way to keep time, and all that the rest of the project asks of it. Everything that depends on a
 * strategy's kind is a member here, so that a new strategy is a folder and a line in each of the two registries
 * (`strategies/index.ts`, `strategies/clocks.ts`).
 *
 * @typeParam S its settings, with every default filled in; times in ms, memory in MB.
 */
export interface Strategy<S extends Settings = Settings> {
  readonly kind: S["kind"];
  /** Its fields in the configuration, with their defaults; the output is `S`. */
  readonly schema: z.ZodType<S>;
  /** Its settings as a state holds them: of the right types, but also beyond the limits that `schema` has today. */
  readonly deployedSettings: z.ZodType<S>;
  /** For the message about an unknown strategy: `{ kind: "…" } (what it serves)`. */
  readonly hint: string;
  /** The values of its field `pacing`, the default first; empty if it has no such field. */
  readonly pacings: readonly string[];

  /**
   * What these settings and schedules cannot be together, each with its remedy.
   *
   * @param at the field that names the strategy: problems of settings have paths below it.
   * @param targetPatterns what roles name in place of the targets that they cover. Default: none.
   */
  problems(
    settings: S,
    schedules: readonly Schedule[],
    at: "strategy" | "retiring",
    targetPatterns?: readonly string[],
  ): Problem[];

  /** Its name as people say it, such as `sfn-loop on Express`. */
  name(settings: S): string;
  /** Which clock it is, as far as resources go, in words: settings with the same identity are changed in place. */
  identity(settings: S): string;
  /** The value to write into the configuration for this clock. */
  literal(settings: S): string;
  /** What differs between two settings of one clock, such as `horizon 3 → 4`. */
  differences(before: S, after: S): string[];
  timing(settings: S): Timing;
  /** What its clock takes for granted about AWS, and `metronome verify` measures. */
  assumptions(settings: S): readonly Assumption[];

  /** The functions of a clock with these settings. */
  functions(settings: S): FunctionRoles;
  /** The functions of all clocks of this strategy, with any settings. */
  readonly allFunctions: FunctionRoles;
  /** What dispatches a tick of a schedule by hand. @param schedule its name. */
  byHand(settings: S, schedule: string): HandDispatcher;

  /**
   * Executions of all the clock's functions that run at the same time, if none is late and the rule fires once a minute.
   * AWS limits the executions of all functions of an account in a region together.
   *
   */
  concurrency(settings: S, schedules: readonly Schedule[]): number;
  /** The most executions that one function which keeps the time has at one instant, also if the rule fires twice at once. */
  peakConcurrency(settings: S, schedules: readonly Schedule[]): number;

  /** CI's access to the clocks of this strategy, with any settings. */
  readonly access: Access;

  /** What one clock uses in an average minute, when nothing goes wrong. @param firingSecond 0 to 59. */
  usage(settings: S, clock: Pick<ClockDescription, "schedules" | "tracing">, firingSecond: number): PartUsage[];
  /** Metrics that the alarms on this clock's own resources look at; CloudWatch bills each. */
  alarmMetrics(settings: S, schedules: number): number;
  /** Whether a function of the project sees the ticks of this schedule arrive, and so measures their start skew. */
  measuresStarts(settings: S, schedule: ScheduleDescription): boolean;

  /** In the order they are shown. */
  readonly variants: readonly Variant[];
  /**
   * The schedule nearest to this one that the strategy serves with default settings, and a note on what was changed;
   * `npm start -- --strategy` uses it.
   */
  serve(schedule: Pick<Schedule, "name" | "intervalMs">): { readonly intervalMs: number; readonly note: string | null };
}
