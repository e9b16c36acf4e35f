import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import type { FUNCTION_ALARMS, SCHEDULE_ALARMS } from "../../schedule/metrics";
import type { AlarmWindow } from "./alarm-windows";

/** A metric of CloudWatch. */
export interface MetricId {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** The alarms of the environment by what they report. docs/operations.md has a runbook for each, "Alarm: <kind>". */
export type AlarmKind = keyof typeof SCHEDULE_ALARMS | keyof typeof FUNCTION_ALARMS | "runs" | "failures";

export interface AlarmProps {
  readonly kind: AlarmKind;
  /** Physical name. */
  readonly name: string;
  /** What it means that it rings. The place of the runbook is added. */
  readonly means: string;
  /** One metric, or several that are added up; a metric without a value counts as 0 in the sum. */
  readonly metrics: readonly MetricId[];
  /** `Sum`, `Minimum` or `Maximum`, or a percentile such as `p99`. */
  readonly statistic: "Sum" | "Minimum" | "Maximum" | `p${number}`;
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
   * Whether it notifies its topic.
   * @default true
   */
  readonly notifies?: boolean;
  /** ARN of the topic that is notified when the alarm rings, and when it is over. */
  readonly topicArn: string;
}

/** An alarm of CloudWatch. */
export class Alarm extends Construct {
  constructor(scope: Construct, id: string, props: AlarmProps) {
    super(scope, id);
    const { metrics, statistic, window, missingIsZero = false } = props;
    const percentile = statistic.startsWith("p");
    const [only] = metrics;
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
        : { metricQuery: formula(metrics, statistic, window.periodS, missingIsZero) }),
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

/** The sum of some metrics as metric math. */
function formula(metrics: readonly MetricId[], stat: string, period: number, missingIsZero: boolean) {
  const ids = metrics.map((_, k) => (missingIsZero ? `FILL(m${k}, 0)` : `m${k}`));
  const expression = ids.length === 1 ? ids[0] : `SUM([${ids.join(",")}])`;
  return [
    { id: "sum", expression, label: "sum", returnData: true },
    ...metrics.map(({ namespace, name, dimensions }, k) => ({
      id: `m${k}`,
      returnData: false,
      metric: { namespace, metricName: name, dimensions, period, stat },
    })),
  ];
}
