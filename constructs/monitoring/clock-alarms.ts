import {
  alarmsOfSchedule,
  alarmsOfTotal,
  DIMENSIONS,
  FAILED_EXECUTIONS,
  FUNCTION_ALARMS,
  type MetricName,
  NAMESPACE,
  SCHEDULE_ALARMS,
  type ScheduleAlarm,
  SILENCE_METRICS,
} from "../../schedule/metrics";
import type { Schedule } from "../../schedule/schedule";
import type { AlarmProps, MetricId } from "./alarm";
import {
  type DispatchWindow,
  dispatchWindow,
  type LatenessWindow,
  latenessWindow,
  PERCENTILE_TICKS,
  skewWindow,
  totalWindow,
} from "./alarm-windows";

/** An alarm without its physical name and its topic. */
export type AlarmSpec = Omit<AlarmProps, "name" | "topicArn">;

/** Raised within a minute of the first one, and stays for five minutes: several of them notify once. */
const ANY_AT_ONCE = {
  statistic: "Sum",
  comparison: "GreaterThanThreshold",
  threshold: 0,
  window: { periodS: 60, periods: 5 },
  periodsBeyond: 1,
} as const;

/** A schedule's metric, with the dimensions that all of them have. */
export function scheduleMetric(environment: string, schedule: string, name: MetricName): MetricId {
  const [first, second] = DIMENSIONS;
  return { namespace: NAMESPACE, name, dimensions: { [first]: environment, [second]: schedule } };
}

/** A metric of all schedules of an environment together. */
export function totalMetric(environment: string, name: MetricName): MetricId {
  const [first] = DIMENSIONS;
  return { namespace: NAMESPACE, name, dimensions: { [first]: environment } };
}

/** A metric of a function, kept by Lambda. */
export function functionMetric(functionName: string, name: string): MetricId {
  return { namespace: "AWS/Lambda", name, dimensions: { FunctionName: functionName } };
}

/** A metric of a state machine, kept by Step Functions. */
export function machineMetric(machineArn: string, name: (typeof FAILED_EXECUTIONS)[number]): MetricId {
  return { namespace: "AWS/States", name, dimensions: { StateMachineArn: machineArn } };
}

/** The number of messages that wait in a queue, kept by SQS. */
export function queueMetric(queueName: string): MetricId {
  return { namespace: "AWS/SQS", name: "ApproximateNumberOfMessagesVisible", dimensions: { QueueName: queueName } };
}

/**
 * The alarms on one schedule. They look at the schedule's own metrics, which are the same under every strategy, so a
 * switch or a handover leaves them as they are.
 */
export function scheduleAlarms(environment: string, schedule: Schedule, p99SkewMs: number): AlarmSpec[] {
  const { name, intervalMs, targets } = schedule;
  const about = (kind: ScheduleAlarm) => ({
    kind,
    metrics: [scheduleMetric(environment, name, SCHEDULE_ALARMS[kind])],
  });
  const lateness = latenessWindow(intervalMs);
  const wanted = alarmsOfSchedule(targets?.length ?? 1);
  const alarms: (AlarmSpec & { readonly kind: ScheduleAlarm })[] = [
    {
      ...about("missed"),
      ...ANY_AT_ONCE,
      means: `The clock missed a tick of ${name}. The log line tick.missed has the reason.`,
    },
    {
      ...about("undelivered"),
      ...ANY_AT_ONCE,
      means: `A target of ${name} did not accept a tick; other targets may have. The field error of the log line tick.dispatched or tick.missed names it.`,
    },
    {
      ...about("silent"),
      ...(schedule.hours
        ? unplanned(name)
        : silence(name, dispatchWindow(intervalMs), (metric) => scheduleMetric(environment, name, metric))),
      // A paused schedule dispatches nothing. The alarm stays, so that resuming is no change of its state.
      notifies: schedule.paused === null,
    },
    {
      ...about("late"),
      means: latenessMeans(name, p99SkewMs, lateness),
      statistic: "p99",
      comparison: "GreaterThanThreshold",
      threshold: p99SkewMs,
      window: lateness,
      periodsBeyond: lateness.periodsBeyond,
    },
    // CloudWatch has no percentiles of a metric with negative values (GetMetricStatistics), so this is the minimum. A
    // function never dispatches early by its own clock, so one early tick is enough.
    {
      ...about("early"),
      means: `A tick of ${name} was dispatched more than ${p99SkewMs} ms before its instant.`,
      statistic: "Minimum",
      comparison: "LessThanThreshold",
      threshold: -p99SkewMs,
      window: skewWindow(intervalMs),
    },
  ];
  return alarms.filter(({ kind }) => wanted.includes(kind));
}

/**
 * The alarms on all schedules of an environment together: their number does not grow with the schedules. If all are paused,
 * silence notifies nobody.
 */
export function totalAlarms(environment: string, schedules: readonly Schedule[]): AlarmSpec[] {
  const ticking = schedules.filter(({ paused }) => paused === null);
  const watched = ticking.length > 0 ? ticking : schedules;
  // Schedules with hours may have no tick for long, so the others are counted on. If there are none, the firings are.
  const steady = watched.filter(({ hours }) => !hours).map(({ intervalMs }) => intervalMs);
  const named = `the clock ${environment}`;
  const wanted = alarmsOfTotal(Math.max(...schedules.map(({ targets }) => targets?.length ?? 1)));
  const about = (kind: ScheduleAlarm) => ({ kind, metrics: [totalMetric(environment, SCHEDULE_ALARMS[kind])] });
  const alarms: (AlarmSpec & { readonly kind: ScheduleAlarm })[] = [
    {
      ...about("missed"),
      ...ANY_AT_ONCE,
      means: `The clock ${environment} missed a tick. The log line tick.missed has the schedule and the reason.`,
    },
    {
      ...about("undelivered"),
      ...ANY_AT_ONCE,
      means: `A target of the clock ${environment} did not accept a tick; other targets may have. The field error of the log line tick.dispatched or tick.missed names it.`,
    },
    {
      ...about("silent"),
      ...(steady.length > 0
        ? silence(named, totalWindow(steady), (metric) => totalMetric(environment, metric))
        : unplanned(named)),
      notifies: ticking.length > 0,
    },
  ];
  return alarms.filter(({ kind }) => wanted.includes(kind));
}

/**
 * What raises an alarm on silence. A tick of a pause that was begun by hand counts as one that came: who pauses a clock knows it.
 *
 * @param name what is silent, as a sentence has it.
 */
function silence(name: string, dispatches: DispatchWindow, metric: (name: MetricName) => MetricId) {
  return {
    metrics: SILENCE_METRICS.map(metric),
    means: silenceMeans(name, dispatches),
    statistic: "Sum",
    comparison: "LessThanThreshold",
    threshold: dispatches.atLeast,
    window: dispatches,
    periodsBeyond: dispatches.periodsBeyond,
    missingIsZero: true,
    ignoresNewest: dispatches.ignoresNewest,
  } as const;
}

/**
 * Silence of a schedule with hours, which may have no tick for long: no firing of its rule has planned it, as each says with a 0.
 * A firing comes once a minute, and one that is lost or late costs no tick.
 */
function unplanned(name: string) {
  return {
    means: `No firing of the rule planned ${name} for 5 minutes. ${CHECKS}`,
    statistic: "SampleCount",
    comparison: "LessThanThreshold",
    threshold: 1,
    window: { periodS: 300, periods: 1 },
    missingIsZero: true,
  } as const;
}

const CHECKS =
  "Check: 1. The rule exists and is enabled. 2. Its last execution or invocation succeeded. 3. The failure queue is empty. 4. The function has permission to write its log.";

function silenceMeans(name: string, { periodS, periods, atLeast, ignoresNewest }: DispatchWindow): string {
  const span = inWords(ignoresNewest ? periodS : periodS * periods);
  const short =
    atLeast === 1
      ? `No tick of ${name} was dispatched in ${span}.`
      : `Fewer than ${atLeast} ticks of ${name} were dispatched in ${span}.`;
  return `${short} ${CHECKS}`;
}

function latenessMeans(schedule: string, p99SkewMs: number, window: LatenessWindow): string {
  const { periodS, periods, periodsBeyond, ticks } = window;
  const which = ticks < PERCENTILE_TICKS ? "a tick" : "more than one tick in a hundred";
  const spans = `${periodsBeyond} of the last ${periods} periods of ${inWords(periodS)}`;
  return `In ${spans}, ${which} of ${schedule} was more than ${p99SkewMs} ms late.`;
}

/** A whole number of minutes, given in s, in hours if it is whole hours. */
function inWords(seconds: number): string {
  return seconds % 3_600 === 0 ? counted(seconds / 3_600, "hour") : counted(seconds / 60, "minute");
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** The alarms on a clock's function. */
export function functionAlarms(functionName: string): AlarmSpec[] {
  return [
    {
      ...ANY_AT_ONCE,
      kind: "throttled",
      metrics: [functionMetric(functionName, FUNCTION_ALARMS.throttled)],
      means:
        "Lambda throttled the function: the account's or the function's concurrency limit was reached. Ticks may be late or missed.",
    },
    {
      ...ANY_AT_ONCE,
      kind: "errors",
      metrics: [functionMetric(functionName, FUNCTION_ALARMS.errors)],
      means: "An invocation of the function failed or timed out. A tick that it had claimed is not dispatched.",
    },
  ];
}

/** The alarm on a state machine's executions. */
export function executionsAlarm(machineArn: string): AlarmSpec {
  return {
    ...ANY_AT_ONCE,
    kind: "runs",
    metrics: FAILED_EXECUTIONS.map((name) => machineMetric(machineArn, name)),
    means:
      "An execution of the loop failed, timed out, was aborted or was throttled. No other execution takes over the minutes that it had claimed.",
  };
}

/** The alarm on the failure queue. It stays until the queue is empty. */
export function failuresAlarm(queueName: string): AlarmSpec {
  return {
    kind: "failures",
    metrics: [queueMetric(queueName)],
    means: "The failure queue is not empty. Its messages say what AWS could not deliver.",
    statistic: "Maximum",
    comparison: "GreaterThanThreshold",
    threshold: 0,
    window: { periodS: 60, periods: 1 },
  };
}
