import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import type { AlarmWindow } from "./alarm-windows";

/** A metric of CloudWatch. */
export interface MetricId {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export interface AlarmProps {
  /** Physical name. */
  readonly name: string;
  /** What it means that it rings; the runbook's place is added. */
  readonly means: string;
  /** Heading of the runbook in docs/operations.md, as an anchor. */
  readonly runbook: string;
  /** One metric; or several, of which the sum is taken, and of which those without a value count as 0. */
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
  /** Whether having no data is the very thing to tell. @default false: no data, nothing wrong */
  readonly missingIsBad?: boolean;
  /** ARN of the topic that is told when it rings, and when it is over. */
  readonly topicArn: string;
}

/** An alarm, which tells its topic when it rings and when it is over. */
export class Alarm extends Construct {
  constructor(scope: Construct, id: string, props: AlarmProps) {
    super(scope, id);
    const { metrics, statistic, window } = props;
    const percentile = statistic.startsWith("p");
    const [only] = metrics;
    const single = metrics.length === 1 && only;
    new CloudwatchMetricAlarm(this, "alarm", {
      alarmName: props.name,
      alarmDescription: `${props.means} Runbook: docs/operations.md#${props.runbook}`,
      ...(single
        ? {
            namespace: only.namespace,
            metricName: only.name,
            dimensions: only.dimensions,
            period: window.periodS,
            ...(percentile ? { extendedStatistic: statistic } : { statistic }),
          }
        : { metricQuery: sumOf(metrics, statistic, window.periodS) }),
      comparisonOperator: props.comparison,
      threshold: props.threshold,
      evaluationPeriods: window.periods,
      datapointsToAlarm: props.periodsBeyond ?? window.periods,
      treatMissingData: props.missingIsBad ? "breaching" : "notBreaching",
      alarmActions: [props.topicArn],
      okActions: [props.topicArn],
    });
  }
}

function sumOf(metrics: readonly MetricId[], stat: string, period: number) {
  return [
    { id: "sum", expression: `SUM([${metrics.map((_, k) => `m${k}`).join(",")}])`, label: "sum", returnData: true },
    ...metrics.map(({ namespace, name, dimensions }, k) => ({
      id: `m${k}`,
      returnData: false,
      metric: { namespace, metricName: name, dimensions, period, stat },
    })),
  ];
}
