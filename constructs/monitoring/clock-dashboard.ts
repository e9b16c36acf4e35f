import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard";
import { Construct } from "constructs";
import { FAILED_EXECUTIONS, type MetricName, MISSED_METRICS } from "../../schedule/metrics";
import type { Schedule } from "../../schedule/schedule";
import type { MetricId } from "./alarm";
import { functionMetric, machineMetric, queueMetric, scheduleMetric } from "./clock-alarms";

/** A graph's properties: those of a metric widget (CloudWatch API, "Dashboard body structure and syntax"). */
type Graph = Readonly<Record<string, unknown>>;

/** A widget of a dashboard, at its place on the grid. */
interface Widget {
  readonly type: "metric" | "text" | "alarm";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: Graph;
}

export interface ClockDashboardProps {
  readonly name: string;
  readonly environment: string;
  readonly region: string;
  readonly schedules: readonly Schedule[];
  /** ms. */
  readonly p99SkewMs: number;
  /** ARNs of the alarms whose states are shown. */
  readonly alarmArns: readonly string[];
  /** Physical names. */
  readonly functionNames: readonly string[];
  readonly machineArns: readonly string[];
  readonly queueName: string;
}

/** The grid of a dashboard is 24 columns wide; three graphs stand side by side. */
const COLUMNS = 24;
const GRAPH = { width: 8, height: 6 } as const;

/**
 * Alarms that an alarm widget takes, and metrics that a graph takes (CloudWatch API and quotas). A dashboard takes 500
 * widgets and 2,500 metrics; `config/rules.ts` has the number of schedules that they are enough for.
 */
const ALARMS_PER_WIDGET = 100;
const METRICS_PER_GRAPH = 500;

/** The period of a graph that is opened on its own, in s. On the dashboard the time range decides. */
const PERIOD = 60;

/** The dashboard of an environment: the figures of a report, live. */
export class ClockDashboard extends Construct {
  constructor(scope: Construct, id: string, props: ClockDashboardProps) {
    super(scope, id);
    new CloudwatchDashboard(this, "dashboard", {
      dashboardName: props.name,
      dashboardBody: JSON.stringify(dashboardBody(props)),
    });
  }
}

function dashboardBody(props: ClockDashboardProps) {
  const rows: Widget[] = [];
  let y = 0;
  const row = (height: number, widgets: (at: number) => Widget[]) => {
    rows.push(...widgets(y));
    y += height;
  };
  row(2, (at) => [
    text(
      at,
      `# ${props.environment}\n**Due**: ticks that the clock planned. **Dispatched**: ticks that a target accepted. **Missed**: ticks that the clock gave up. Each alarm has a runbook in docs/operations.md.`,
    ),
  ]);
  const alarms = inPartsOf(ALARMS_PER_WIDGET, props.alarmArns);
  for (const [k, part] of alarms.entries()) {
    const title = alarms.length === 1 ? "Alarms" : `Alarms, ${k + 1} of ${alarms.length}`;
    const height = 1 + Math.ceil(part.length / 4);
    row(height, (at) => [{ type: "alarm", x: 0, y: at, width: COLUMNS, height, properties: { title, alarms: part } }]);
  }
  for (const schedule of props.schedules) {
    row(1, (at) => [text(at, `## ${schedule.name}${schedule.paused !== null ? " (paused)" : ""}`, 1)]);
    for (const graphs of [skewRow(props, schedule), countRow(props, schedule.name)]) {
      row(GRAPH.height, (at) => sideBySide(at, graphs));
    }
  }
  row(1, (at) => [text(at, "## Resources of the clock", 1)]);
  row(GRAPH.height, (at) => sideBySide(at, resourceRow(props)));
  // The console sets the period of every graph by the time range ("auto"): with a fixed one, a graph of more than 15 days
  // would be empty, because CloudWatch keeps figures of a minute for so long.
  return { start: "-PT3H", periodOverride: "auto", widgets: rows };
}

function skewRow({ environment, region, p99SkewMs }: ClockDashboardProps, { name }: Schedule): Graph[] {
  const line = (metric: MetricName, stat: string, label: string) =>
    draw(scheduleMetric(environment, name, metric), stat, label);
  const skew = (metric: MetricName, title: string): Graph => ({
    ...graph(
      region,
      title,
      ["p50", "p99", "Maximum"].map((stat) => line(metric, stat, stat === "Maximum" ? "max" : stat)),
      "ms",
    ),
    annotations: {
      horizontal: [
        { label: "late", value: p99SkewMs },
        { label: "on the instant", value: 0 },
      ],
    },
  });
  return [
    skew("DispatchSkew", `${name}: dispatch skew`),
    skew("StartSkew", `${name}: start skew`),
    {
      ...graph(
        region,
        `${name}: planner lag (negative: ahead of time)`,
        [line("PlannerLag", "Maximum", "latest"), line("PlannerLag", "Minimum", "earliest")],
        "ms",
      ),
      annotations: { horizontal: [{ label: "above: too late for the first ticks of the minute", value: 0 }] },
    },
  ];
}

function countRow({ environment, region }: ClockDashboardProps, name: string): Graph[] {
  const line = (metric: MetricName, label: string) => draw(scheduleMetric(environment, name, metric), "Sum", label);
  return [
    graph(region, `${name}: ticks per minute`, [
      ...perMinute(scheduleMetric(environment, name, "TicksDue"), "due"),
      ...perMinute(scheduleMetric(environment, name, "TicksDispatched"), "dispatched"),
    ]),
    graph(
      region,
      `${name}: missed ticks by reason`,
      Object.entries(MISSED_METRICS).map(([reason, metric]) => line(metric, reason)),
    ),
    graph(region, `${name}: deliveries that failed, or came twice`, [
      line("DispatchesFailed", "failed"),
      line("TicksDuplicate", "duplicate"),
    ]),
  ].map((properties) => ({ ...properties, yAxis: { left: { label: "ticks", showUnits: false, min: 0 } } }));
}

function resourceRow({ region, functionNames, machineArns, queueName }: ClockDashboardProps): Graph[] {
  const ofFunctions = (metric: string) =>
    functionNames.map((name) => draw(functionMetric(name, metric), "Sum", `${name} ${metric}`));
  const runs = machineArns.flatMap((arn) =>
    FAILED_EXECUTIONS.map((metric) => draw(machineMetric(arn, metric), "Sum", `${arn.split(":").at(-1)} ${metric}`)),
  );
  return [
    graph(region, "Failure queue", [draw(queueMetric(queueName), "Maximum", "messages")]),
    graph(region, "Errors and throttles", [...ofFunctions("Errors"), ...ofFunctions("Throttles")]),
    ...inPartsOf(METRICS_PER_GRAPH, runs).map((part) => graph(region, "Failed executions", part)),
  ];
}

function draw({ namespace, name, dimensions }: MetricId, stat: string, label: string): readonly unknown[] {
  return [namespace, name, ...Object.entries(dimensions).flat(), { stat, label }];
}

/**
 * A line of a count's sum per minute, whatever the period of the graph is: CloudWatch's PERIOD knows it, in s.
 *
 * @param label of the line. It is also its id, so it is one word in lower case.
 */
function perMinute(metric: MetricId, label: string): (readonly unknown[])[] {
  const id = `sum_${label}`;
  const { namespace, name, dimensions } = metric;
  return [
    [namespace, name, ...Object.entries(dimensions).flat(), { id, stat: "Sum", visible: false }],
    [{ id: label, label, expression: `${id} / PERIOD(${id}) * 60` }],
  ];
}

function graph(region: string, title: string, metrics: readonly (readonly unknown[])[], unit?: string): Graph {
  const yAxis = unit ? { yAxis: { left: { label: unit, showUnits: false } } } : {};
  return { title, view: "timeSeries", region, period: PERIOD, liveData: true, metrics, ...yAxis };
}

function sideBySide(y: number, graphs: readonly Graph[]): Widget[] {
  return graphs.map((properties, k) => {
    const place = { x: (k * GRAPH.width) % COLUMNS, y: y + Math.floor((k * GRAPH.width) / COLUMNS) * GRAPH.height };
    return { type: "metric", ...place, ...GRAPH, properties };
  });
}

function inPartsOf<T>(size: number, all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, k) => all.slice(k * size, (k + 1) * size));
}

function text(y: number, markdown: string, height = 2): Widget {
  return { type: "text", x: 0, y, width: COLUMNS, height, properties: { markdown } };
}
