import type { LoggedReason } from "./outcome";

/** The namespace of all metrics of this project. */
export const NAMESPACE = "Metronome";

/**
 * The dimensions of every metric, on every path: no more and no others, so that an alarm or a graph finds a schedule's
 * metric whichever function records it, and goes on through a change of strategy.
 */
export const DIMENSIONS = ["environment", "schedule"] as const;

/**
 * Why a tick counts as missed. `unplanned`: its minute was planned by no run before it had passed, as after several
 * firings in a row that did not come.
 */
export type MissedBecause = LoggedReason | "unplanned";

/** What is known of a metric besides its name. */
export interface MetricTraits {
  readonly unit: "Count" | "Milliseconds";
  /** Whether it is kept by the second (for 3 hours), so that a graph can show what happens within a minute. */
  readonly highResolution: boolean;
  /** What it says, as a dashboard's reader needs it. */
  readonly meaning: string;
}

const count = (meaning: string): MetricTraits => ({ unit: "Count", highResolution: false, meaning });

/**
 * The metrics. Ticks are counted once each, by whoever has claimed them, so that
 * `TicksDue = TicksDispatched + TicksMissed + TicksPaused` whichever clocks run. What nobody lived to count (no firing,
 * a function that died) is in none of them: silence and errors have alarms of their own.
 */
export const METRICS = {
  TicksDue: count("ticks whose instant has passed and whose outcome is known"),
  TicksDispatched: count("ticks that at least one target took"),
  TicksMissed: count("ticks that were not dispatched, for any reason"),
  TicksMissedExpired: count("missed: the catch-up window was over"),
  TicksMissedOvertaken: count("missed: a newer tick was due as well"),
  TicksMissedDispatchFailed: count("missed: no target took it"),
  TicksMissedDispatchUnknown: count("missed: whether a target took it is not known"),
  TicksMissedUnplanned: count("missed: no run had planned its minute in time"),
  TicksPaused: count("ticks that were not dispatched because the schedule is paused"),
  TicksDuplicate: count("further deliveries of a tick that a target of ours had received before"),
  DispatchSkew: {
    unit: "Milliseconds",
    highResolution: true,
    meaning: "dispatchedAt − scheduledAt; early is negative",
  },
  StartSkew: { unit: "Milliseconds", highResolution: true, meaning: "startedAt − scheduledAt; early is negative" },
  PlannerLag: {
    unit: "Milliseconds",
    highResolution: false,
    meaning: "how long after second 0 of the first minute it serves a firing began to plan; ahead is negative",
  },
} as const satisfies Readonly<Record<string, MetricTraits>>;

export type MetricName = keyof typeof METRICS;

/** The metric of each reason. A reason is in the name and not a dimension: the set of dimensions stays as it is. */
export const MISSED_METRICS: Readonly<Record<MissedBecause, MetricName>> = {
  expired: "TicksMissedExpired",
  overtaken: "TicksMissedOvertaken",
  "dispatch-failed": "TicksMissedDispatchFailed",
  "dispatch-unknown": "TicksMissedDispatchUnknown",
  unplanned: "TicksMissedUnplanned",
};

/** Metrics that a schedule without a flaw records, and so is billed for; the others exist while something is wrong. */
export const STEADY_METRICS = [
  "TicksDue",
  "TicksDispatched",
  "DispatchSkew",
  "PlannerLag",
] as const satisfies MetricName[];

/** Metrics that a paused schedule records. */
export const PAUSED_METRICS = ["TicksDue", "TicksPaused"] as const satisfies MetricName[];
