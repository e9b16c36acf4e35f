import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import type { FUNCTION_ALARMS, ScheduleAlarm } from "../../schedule/metrics";
import type { AlarmWindow } from "./alarm-windows";

/** A metric of CloudWatch. */
export interface MetricId {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** The alarms of the environment by what they report. docs/operations.md has a runbook for each, "Alarm: <kind>". */
export type AlarmKind = ScheduleAlarm | keyof typeof FUNCTION_ALARMS | "runs" | "failures";

export interface AlarmProps {
  readonly kind: AlarmKind;
  /** Physical name. */
  readonly name: string;
  /** What a raised alarm means. The place of the runbook is added. */
  readonly means: string;
  /** One metric, or several that are added up; a metric without a value counts as 0 in the sum. */
  readonly metrics: readonly MetricId[];
  /** `Sum`, `Minimum`, `Maximum` or `SampleCount`, or a percentile such as `p99`. */
  readonly statistic: "Sum" | "SampleCount" | "Minimum" | "Maximum" | `p${number}`;
  readonly comparison: "GreaterThanThreshold" | "LessThanThreshold";
  readonly threshold: number;
  readonly window: AlarmWindow;
  /**
   * Periods of the window that must be beyond the threshold.
   * @default all
   */
  readonly periodsBeyond?: number;
  /**
   * Whether a period without data has the value 0. Else it is left out, and an alarm without any data is OK. Without it
   * CloudWatch would look for older data before it took missing data for silence.
   * @default false
   */
  readonly missingIsZero?: boolean;
  /**
   * Whether the newest period has the threshold as its value, so that it is never beyond it. CloudWatch may evaluate a
   * period before all its figures have arrived. Only with `missingIsZero`.
   * @default false
   */
  readonly ignoresNewest?: boolean;
  /**
   * Whether it notifies its topic.
   * @default true
   */
  readonly notifies?: boolean;
  /** ARN of the topic that is notified when the alarm is raised, and when it is over. */
  readonly topicArn: string;
}

/** An alarm of CloudWatch. */
export class Alarm extends Construct {
  constructor(scope: Construct, id: string, props: AlarmProps) {
    super(scope, id);
    const { metrics, statistic, window, missingIsZero = false, ignoresNewest = false } = props;
    const percentile = statistic.startsWith("p");
    const [only] = metrics;
    const added = `SUM([${metrics.map((_, k) => `m${k}`).join(",")}])`;
    // A formula that fills gaps does so in one time series: the metric, or what several add up to.
    const several = missingIsZero && metrics.length > 1;
    const series = several ? "added" : "m0";
    const filled = ignoresNewest ? settled(series, props.threshold) : `FILL(${series}, 0)`;
    const expression = missingIsZero ? filled : added;
    const single = metrics.length === 1 && !missingIsZero && only;
    new CloudwatchMetricAlarm(this, "alarm", {
      alarmName: props.name,
      alarmDescription: `${props.means} Runbook: docs/operations.md#alarm-${props.kind}`,
      ...(single
        ? {
            namespace: only.namespace,
            metricName: only.name,
            dimensions: only.dimensions,
            period: window.periodS,
            ...(percentile ? { extendedStatistic: statistic } : { statistic }),
          }
        : { metricQuery: formula(expression, metrics, statistic, window.periodS, several ? { added } : {}) }),
      comparisonOperator: props.comparison,
      threshold: props.threshold,
      evaluationPeriods: window.periods,
      datapointsToAlarm: props.periodsBeyond ?? window.periods,
      treatMissingData: missingIsZero ? "breaching" : "notBreaching",
      actionsEnabled: props.notifies,
      alarmActions: [props.topicArn],
      okActions: [props.topicArn],
    });
  }
}

/**
 * A time series without its newest period, which has the value `instead`. EPOCH has a value in every period, the start of
 * that period. MAX of one time series is one number.
 */
function settled(series: string, instead: number): string {
  return `IF(EPOCH(${series}) < MAX(EPOCH(${series})), FILL(${series}, 0), ${instead})`;
}

/** Metric math over some metrics. @param parts formulas that the expression names. */
function formula(
  expression: string,
  metrics: readonly MetricId[],
  stat: string,
  period: number,
  parts: Readonly<Record<string, string>>,
) {
  return [
    { id: "sum", expression, label: "sum", returnData: true },
    ...Object.entries(parts).map(([id, part]) => ({ id, expression: part, label: id, returnData: false })),
    ...metrics.map(({ namespace, name, dimensions }, k) => ({
      id: `m${k}`,
      returnData: false,
      metric: { namespace, metricName: name, dimensions, period, stat },
    })),
  ];
}
