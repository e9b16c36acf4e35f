import { Construct } from "constructs";
import { SECOND_MS } from "../../schedule/duration";
import type { Grid } from "../../schedule/grid";
import {
  DIMENSIONS,
  FAILED_EXECUTIONS,
  FUNCTION_ALARMS,
  type MetricName,
  NAMESPACE,
  SCHEDULE_ALARMS,
} from "../../schedule/metrics";
import { Alarm, type MetricId } from "./alarm";
import {
  type DispatchWindow,
  dispatchWindow,
  type LatenessWindow,
  latenessWindow,
  PERCENTILE_TICKS,
  skewWindow,
} from "./alarm-windows";

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

/** Rings within a minute, and stays for five: several missed ticks page once, not once a minute. */
const AT_ONCE = { window: { periodS: 60, periods: 5 }, periodsBeyond: 1 } as const;

/** A schedule's metric, with the dimensions that all of them have. */
export function scheduleMetric(environment: string, schedule: string, name: MetricName): MetricId {
  const [first, second] = DIMENSIONS;
  return { namespace: NAMESPACE, name, dimensions: { [first]: environment, [second]: schedule } };
}

/** A schedule as its alarms must know it. Times in ms. */
export interface WatchedSchedule extends Grid {
  readonly name: string;
  readonly isPaused: boolean;
}

export interface ScheduleAlarmsProps {
  readonly environment: string;
  readonly schedule: WatchedSchedule;
  /** ms. */
  readonly p99SkewMs: number;
  /** The physical name of an alarm, by its role. */
  readonly nameOf: (role: string) => string;
  readonly topicArn: string;
}

/**
 * The alarms on one schedule. They look at the schedule's own metrics, which are the same under every strategy, so a
 * switch or a handover leaves them as they are.
 */
export class ScheduleAlarms extends Construct {
  constructor(scope: Construct, id: string, props: ScheduleAlarmsProps) {
    super(scope, id);
    const { environment, schedule, p99SkewMs, topicArn } = props;
    const { name, intervalMs } = schedule;
    const alarm = (kind: keyof typeof SCHEDULE_ALARMS) => ({
      name: props.nameOf(`${name}-${kind}`),
      runbook: RUNBOOKS[kind],
      metrics: [scheduleMetric(environment, name, SCHEDULE_ALARMS[kind])],
      topicArn,
    });
    const dispatches = dispatchWindow(schedule);
    const lateness = latenessWindow(intervalMs);
    new Alarm(this, "missed", {
      ...alarm("missed"),
      ...AT_ONCE,
      means: `A tick of ${name} was due, and a function gave it up.`,
      statistic: "Sum",
      comparison: "GreaterThanThreshold",
      threshold: 0,
    });
    new Alarm(this, "silent", {
      ...alarm("silent"),
      means: silenceMeans(schedule, dispatches),
      statistic: "Sum",
      comparison: "LessThanThreshold",
      threshold: dispatches.atLeast,
      window: dispatches,
      missingIsZero: true,
      // A paused schedule dispatches nothing. The alarm stays, so that resuming is no change of its state.
      notifies: !schedule.isPaused,
    });
    new Alarm(this, "late", {
      ...alarm("late"),
      means: latenessMeans(name, p99SkewMs, lateness),
      statistic: "p99",
      comparison: "GreaterThanThreshold",
      threshold: p99SkewMs,
      window: lateness,
      periodsBeyond: lateness.periodsBeyond,
    });
    // CloudWatch has no percentiles of a metric with negative values (GetMetricStatistics), so this is the minimum. A
    // function never dispatches early by its own clock, so one early tick is enough.
    new Alarm(this, "early", {
      ...alarm("early"),
      means: `A tick of ${name} was dispatched more than ${p99SkewMs} ms before its instant.`,
      statistic: "Minimum",
      comparison: "LessThanThreshold",
      threshold: -p99SkewMs,
      window: skewWindow(intervalMs),
    });
  }
}

function silenceMeans({ name, intervalMs }: WatchedSchedule, { periodS, periods, atLeast }: DispatchWindow): string {
  const windowS = periodS * periods;
  const due = (windowS * SECOND_MS) / intervalMs;
  const short =
    atLeast === 1
      ? `No tick of ${name} was dispatched in ${windowS / 60} minutes.`
      : `Fewer than ${atLeast} ticks of ${name} were dispatched in ${windowS / 60} minutes, of ${Number.isInteger(due) ? due : `about ${Math.round(due)}`} that are due.`;
  return `${short} Check in this order: the rule exists and is enabled; the last execution or invocation that it started; the failure queue; the function may write its logs.`;
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

const FUNCTION_ALARM_MEANS: Readonly<Record<keyof typeof FUNCTION_ALARMS, string>> = {
  throttled:
    "Lambda throttled the function: the account's or the function's concurrency limit was reached. Ticks may be late or missed.",
  errors: "An invocation of the function failed or timed out. A tick that it had claimed is not dispatched.",
};

/** The alarms on a clock's function. */
export class FunctionAlarms extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: ResourceAlarmsProps & { readonly role: string; readonly functionName: string },
  ) {
    super(scope, id);
    for (const kind of Object.keys(FUNCTION_ALARMS) as (keyof typeof FUNCTION_ALARMS)[]) {
      new Alarm(this, kind, {
        name: props.nameOf(`${props.role}-${kind}`),
        means: FUNCTION_ALARM_MEANS[kind],
        runbook: RUNBOOKS[kind],
        ...AT_ONCE,
        metrics: [functionMetric(props.functionName, FUNCTION_ALARMS[kind])],
        statistic: "Sum",
        comparison: "GreaterThanThreshold",
        threshold: 0,
        topicArn: props.topicArn,
      });
    }
  }
}

/** A metric of a function, kept by Lambda. */
export function functionMetric(functionName: string, name: string): MetricId {
  return { namespace: "AWS/Lambda", name, dimensions: { FunctionName: functionName } };
}

/** A metric of a state machine, kept by Step Functions. */
export function machineMetric(machineArn: string, name: (typeof FAILED_EXECUTIONS)[number]): MetricId {
  return { namespace: "AWS/States", name, dimensions: { StateMachineArn: machineArn } };
}

/** The alarm on a state machine's executions. */
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
        "An execution of the loop failed, timed out, was aborted or was throttled. No other execution takes over the minutes that it had claimed.",
      runbook: RUNBOOKS.runs,
      ...AT_ONCE,
      metrics: FAILED_EXECUTIONS.map((name) => machineMetric(props.machineArn, name)),
      statistic: "Sum",
      comparison: "GreaterThanThreshold",
      threshold: 0,
      topicArn: props.topicArn,
    });
  }
}

/** The number of messages that wait in a queue, kept by SQS. */
export function queueMetric(queueName: string): MetricId {
  return { namespace: "AWS/SQS", name: "ApproximateNumberOfMessagesVisible", dimensions: { QueueName: queueName } };
}

/** The alarm on the failure queue. It rings until the queue is empty. */
export class FailuresAlarm extends Construct {
  constructor(scope: Construct, id: string, props: ResourceAlarmsProps & { readonly queueName: string }) {
    super(scope, id);
    new Alarm(this, "failures", {
      name: props.nameOf("failures"),
      means: "AWS could not deliver a firing, a message or an event, and put it into the failure queue.",
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
