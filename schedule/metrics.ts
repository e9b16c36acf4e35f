import type { LoggedReason } from "./outcome";

/** The namespace of all metrics of this project. */
export const NAMESPACE = "Metronome";

/**
 * The dimensions of every metric of a schedule. Every function uses these two, so an alarm or a graph finds a schedule's metric under
 * every strategy, and stays valid when the strategy changes.
 */
export const DIMENSIONS = ["environment", "schedule"] as const;

/**
 * What metrics are kept of: `total` for all schedules of the environment together, whose number does not grow with them;
 * `schedules` for each schedule.
 */
export type MetricsOf = "total" | "schedules";

/** The properties of a metric. */
export interface MetricTraits {
  readonly unit: "Count" | "Milliseconds";
  /** Whether CloudWatch keeps it by the second (for 3 hours), so that a graph can show what happens within a minute. */
  readonly highResolution: boolean;
  /** What it says, as a dashboard's reader needs it. */
  readonly meaning: string;
}

const count = (meaning: string): MetricTraits => ({ unit: "Count", highResolution: false, meaning });

/**
 * The metrics. Each function records what it decides: a planner what it plans, a dispatcher what it dispatches or misses.
 * A tick is dispatched by the one invocation that claims it, so `TicksDispatched` counts every tick at most once. Ticks
 * that no function decided about are in no metric: an alarm compares `TicksDispatched` with the schedule's grid.
 */
export const METRICS = {
  TicksDue: count("ticks that a firing of the rule planned; two clocks of a handover may both plan a tick"),
  TicksDispatched: count("ticks that at least one target accepted; each firing adds a 0 if the schedule has hours"),
  TicksMissed: count("ticks that a function gave up, for any reason"),
  TicksMissedExpired: count("missed: the catch-up window was over"),
  TicksMissedOvertaken: count("missed: a newer tick was due as well"),
  TicksMissedDispatchFailed: count("missed: no target accepted it"),
  TicksMissedDispatchUnknown: count("missed: it is unknown whether a target accepted it"),
  TicksPaused: count("ticks that were not dispatched because somebody has paused their schedule by hand"),
  TicksByHand: count("ticks that somebody has fired by hand; they are in no other count"),
  DispatchesFailed: count("deliveries to a target that failed, one a tick and target, whatever became of the tick"),
  TicksDuplicate: count("further deliveries of a tick that the same target had already received"),
  DispatchSkew: {
    unit: "Milliseconds",
    highResolution: true,
    meaning: "dispatchedAt − scheduledAt; early is negative; of a tick that its lead covers, 0",
  },
  StartSkew: { unit: "Milliseconds", highResolution: true, meaning: "startedAt − scheduledAt; early is negative" },
  PlannerLag: {
    unit: "Milliseconds",
    highResolution: false,
    meaning: "how long after second 0 of its first minute a firing began to plan; ahead is negative",
  },
} as const satisfies Readonly<Record<string, MetricTraits>>;

export type MetricName = keyof typeof METRICS;

/** The metric of each reason. The reason is part of the name, so that the dimensions stay the same. */
export const MISSED_METRICS: Readonly<Record<LoggedReason, MetricName>> = {
  expired: "TicksMissedExpired",
  overtaken: "TicksMissedOvertaken",
  "dispatch-failed": "TicksMissedDispatchFailed",
  "dispatch-unknown": "TicksMissedDispatchUnknown",
};

/** The metrics that are kept of all schedules together: those that its alarms look at. Only the dimension `environment`. */
export const TOTAL_METRICS: ReadonlySet<MetricName> = new Set([
  "TicksDispatched",
  "TicksMissed",
  "TicksPaused",
  "DispatchesFailed",
]);

/** Of those, the ones that are recorded while nothing is wrong, and so are billed for. */
export const STEADY_TOTAL_METRICS = ["TicksDispatched"] as const satisfies MetricName[];

/** Metrics that a schedule without a fault records, and so is billed for. The others exist while something is wrong. */
export const STEADY_METRICS = [
  "TicksDue",
  "TicksDispatched",
  "DispatchSkew",
  "PlannerLag",
] as const satisfies MetricName[];

/** The alarms on a schedule, each with the metric it looks at. CloudWatch bills an alarm by the number of its metrics. */
export const SCHEDULE_ALARMS = {
  missed: "TicksMissed",
  undelivered: "DispatchesFailed",
  silent: "TicksDispatched",
  late: "DispatchSkew",
  early: "DispatchSkew",
} as const satisfies Readonly<Record<string, MetricName>>;

/** What the alarm on silence adds up if it counts ticks. CloudWatch bills it as two alarms. */
export const SILENCE_METRICS = ["TicksDispatched", "TicksPaused"] as const satisfies MetricName[];

export type ScheduleAlarm = keyof typeof SCHEDULE_ALARMS;

/**
 * The alarms on all schedules of an environment together. @param targets the most that one of them has; see
 * {@link alarmsOfSchedule}.
 */
export function alarmsOfTotal(targets: number): ScheduleAlarm[] {
  return alarmsOfSchedule(targets).filter((alarm) => TOTAL_METRICS.has(SCHEDULE_ALARMS[alarm]));
}

/**
 * The alarms that a schedule has. With one target a delivery fails if and only if the tick is missed, so `undelivered`
 * would notify a second time of the same fault.
 *
 * @param targets the number of its targets; the sample function counts as one.
 */
export function alarmsOfSchedule(targets: number): ScheduleAlarm[] {
  const all = Object.keys(SCHEDULE_ALARMS) as ScheduleAlarm[];
  return all.filter((alarm) => alarm !== "undelivered" || targets > 1);
}

/** The alarms on each function of a clock, each with its metric in the namespace AWS/Lambda. */
export const FUNCTION_ALARMS = { throttled: "Throttles", errors: "Errors" } as const;

/** The metrics in the namespace AWS/States that the alarm on a state machine adds up. */
export const FAILED_EXECUTIONS = [
  "ExecutionsFailed",
  "ExecutionsTimedOut",
  "ExecutionsAborted",
  "ExecutionThrottled",
] as const;
