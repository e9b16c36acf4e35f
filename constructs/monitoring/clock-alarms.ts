import { Construct } from "constructs";
import { DIMENSIONS, type MetricName, NAMESPACE } from "../../schedule/metrics";
import { Alarm, type MetricId } from "./alarm";
import { type LatenessWindow, latenessWindow, PERCENTILE_TICKS, silenceWindow, skewWindow } from "./alarm-windows";

/** Headings of the runbooks in docs/operations.md, as anchors. */
export const RUNBOOKS = {
  missed: "alarm-missed",
  silent: "alarm-silent",
  late: "alarm-late",
  early: "alarm-early",
  failures: "alarm-failures",
  throttled: "alarm-throttled",
  errors: "alarm-errors",
  runs: "alarm-runs",
} as const;

/** Told within a minute, and rung for five: one missed tick wakes once, not once a minute. */
const AT_ONCE = { window: { periodS: 60, periods: 5 }, periodsBeyond: 1 } as const;

/** A schedule's metric, with the dimensions that all of them have. */
export function scheduleMetric(environment: string, schedule: string, name: MetricName): MetricId {
  const [first, second] = DIMENSIONS;
  return { namespace: NAMESPACE, name, dimensions: { [first]: environment, [second]: schedule } };
}

export interface ScheduleAlarmsProps {
  readonly environment: string;
  readonly schedule: string;
  readonly intervalMs: number;
  /** ms. */
  readonly p99SkewMs: number;
  /** The physical name of an alarm, by its role. */
  readonly nameOf: (role: string) => string;
  readonly topicArn: string;
}

/**
 * The alarms on one schedule. They look at the schedule's own metrics, which are the same under every strategy, so a
 * switch or a handover leaves them as they are.
 *
 * A pause rings none of them: paused ticks are due, so the clock is not silent, and they are not missed.
 */
export class ScheduleAlarms extends Construct {
  constructor(scope: Construct, id: string, props: ScheduleAlarmsProps) {
    super(scope, id);
    const { environment, schedule, intervalMs, p99SkewMs, topicArn } = props;
    const alarm = (kind: "missed" | "silent" | "late" | "early") => ({
      name: props.nameOf(`${schedule}-${kind}`),
      runbook: RUNBOOKS[kind],
      topicArn,
    });
    const of = (name: MetricName) => [scheduleMetric(environment, schedule, name)];
    const silence = silenceWindow(intervalMs);
    const lateness = latenessWindow(intervalMs);
    new Alarm(this, "missed", {
      ...alarm("missed"),
      ...AT_ONCE,
      means: `A tick of ${schedule} was due and was not dispatched.`,
      metrics: of("TicksMissed"),
      statistic: "Sum",
      comparison: "GreaterThanThreshold",
      threshold: 0,
    });
    new Alarm(this, "silent", {
      ...alarm("silent"),
      means: `Nothing was heard of ${schedule} for ${(silence.periodS * silence.periods) / 60} minutes and more: no tick was dispatched, missed or paused. CloudWatch tells some minutes later.`,
      metrics: of("TicksDue"),
      statistic: "Sum",
      comparison: "LessThanThreshold",
      threshold: 1,
      window: silence,
      missingIsBad: true,
    });
    new Alarm(this, "late", {
      ...alarm("late"),
      means: latenessMeans(schedule, p99SkewMs, lateness),
      metrics: of("DispatchSkew"),
      statistic: "p99",
      comparison: "GreaterThanThreshold",
      threshold: p99SkewMs,
      window: lateness,
      periodsBeyond: lateness.periodsBeyond,
    });
    // CloudWatch has no percentiles of a metric with negative values (GetMetricStatistics), so the other side is the
    // minimum: no tick is ever early, and one that is tells of a machine's clock.
    new Alarm(this, "early", {
      ...alarm("early"),
      means: `A tick of ${schedule} was dispatched more than ${p99SkewMs} ms before its instant.`,
      metrics: of("DispatchSkew"),
      statistic: "Minimum",
      comparison: "LessThanThreshold",
      threshold: -p99SkewMs,
      window: skewWindow(intervalMs),
    });
  }
}

function latenessMeans(schedule: string, p99SkewMs: number, window: LatenessWindow): string {
  const { periodS, periods, periodsBeyond, ticks } = window;
  const who = ticks < PERCENTILE_TICKS ? "the latest tick" : "one tick in a hundred";
  const stretches = `${periodsBeyond} of the last ${periods} stretches of ${periodS / 60} minutes`;
  return `In ${stretches}, ${who} of ${schedule} was dispatched more than ${p99SkewMs} ms after its instant.`;
}

export interface ResourceAlarmsProps {
  readonly nameOf: (role: string) => string;
  readonly topicArn: string;
}

/** The alarms on a clock's function. */
export class FunctionAlarms extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: ResourceAlarmsProps & { readonly role: string; readonly functionName: string },
  ) {
    super(scope, id);
    for (const [kind, name, means] of [
      [
        "throttled",
        "Throttles",
        "Calls of the function were refused: the account's or its own concurrency is used up. Ticks may be late or missed.",
      ],
      [
        "errors",
        "Errors",
        "The function failed or ran out of time. A tick that it had claimed is not dispatched, and counted by nobody.",
      ],
    ] as const) {
      new Alarm(this, kind, {
        name: props.nameOf(`${props.role}-${kind}`),
        means,
        runbook: RUNBOOKS[kind],
        ...AT_ONCE,
        metrics: [functionMetric(props.functionName, name)],
        statistic: "Sum",
        comparison: "GreaterThanThreshold",
        threshold: 0,
        topicArn: props.topicArn,
      });
    }
  }
}

/** A metric that Lambda keeps of a function. */
export function functionMetric(functionName: string, name: string): MetricId {
  return { namespace: "AWS/Lambda", name, dimensions: { FunctionName: functionName } };
}

/** What Step Functions counts of runs that did not go well. */
export const FAILED_RUNS = [
  "ExecutionsFailed",
  "ExecutionsTimedOut",
  "ExecutionsAborted",
  "ExecutionThrottled",
] as const;

/** A metric that Step Functions keeps of a state machine. */
export function machineMetric(machineArn: string, name: (typeof FAILED_RUNS)[number]): MetricId {
  return { namespace: "AWS/States", name, dimensions: { StateMachineArn: machineArn } };
}

/** The alarm on a state machine's runs. */
export class RunsAlarm extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: ResourceAlarmsProps & { readonly role: string; readonly machineArn: string },
  ) {
    super(scope, id);
    new Alarm(this, "runs", {
      name: props.nameOf(`${props.role}-runs`),
      means:
        "A run of the loop failed, timed out, was stopped or throttled. The minutes it had claimed are not taken over by another.",
      runbook: RUNBOOKS.runs,
      ...AT_ONCE,
      metrics: FAILED_RUNS.map((name) => machineMetric(props.machineArn, name)),
      statistic: "Sum",
      comparison: "GreaterThanThreshold",
      threshold: 0,
      topicArn: props.topicArn,
    });
  }
}

/** How many messages wait in a queue. */
export function queueMetric(queueName: string): MetricId {
  return { namespace: "AWS/SQS", name: "ApproximateNumberOfMessagesVisible", dimensions: { QueueName: queueName } };
}

/** The alarm on the failure queue: rings until somebody has emptied it. */
export class FailuresAlarm extends Construct {
  constructor(scope: Construct, id: string, props: ResourceAlarmsProps & { readonly queueName: string }) {
    super(scope, id);
    new Alarm(this, "failures", {
      name: props.nameOf("failures"),
      means: "A firing, a message or an event could not be delivered, and lies in the failure queue.",
      runbook: RUNBOOKS.failures,
      metrics: [queueMetric(props.queueName)],
      statistic: "Maximum",
      comparison: "GreaterThanThreshold",
      threshold: 0,
      window: { periodS: 60, periods: 1 },
      topicArn: props.topicArn,
    });
  }
}
