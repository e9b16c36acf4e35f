import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { EnvironmentConfig, StrategyConfig } from "../../config/schema";
import { environment, FUNCTION, schedule, TOPIC } from "../config/examples";
import { synthesizeClock } from "../synthesis";
import { type Arguments, statements, type Template } from "../template";
import { everyTarget, STRATEGIES } from "./strategies";

type MonitoringConfig = NonNullable<EnvironmentConfig["monitoring"]>;

/** The anchors of the runbooks. */
const RUNBOOKS = [
  ...readFileSync(join(__dirname, "../../docs/operations.md"), "utf8").matchAll(/^### Alarm: (.+)$/gm),
].map(([, kind]) => `alarm-${kind}`);

const LOOP: StrategyConfig = { kind: "sfn-loop" };
const EXPRESS: StrategyConfig = { kind: "sfn-loop", machineType: "EXPRESS" };
const LAMBDA_CLOCK: StrategyConfig = { kind: "lambda-clock" };
const TWO = [schedule(), schedule({ name: "report", interval: "5m", targets: [FUNCTION, TOPIC] })];

/** With metrics of schedules, unless the monitoring says otherwise. */
const watched = ({ monitoring, ...fields }: Partial<EnvironmentConfig> = {}) =>
  synthesizeClock(environment({ schedules: TWO, ...fields, monitoring: { metrics: "schedules", ...monitoring } }));
const monitored = (monitoring: MonitoringConfig) => watched({ monitoring });

const alarmsOf = (template: Template) =>
  new Map(
    Object.values(template.resources("aws_cloudwatch_metric_alarm")).map((alarm) => [String(alarm.alarm_name), alarm]),
  );
const alarm = (name: string, fields?: Partial<EnvironmentConfig>) =>
  alarmsOf(watched(fields)).get(`metronome-dev-${name}`);
const bodyOf = (template: Template) =>
  JSON.parse(String(template.resource("aws_cloudwatch_dashboard").dashboard_body)) as {
    periodOverride: string;
    widgets: {
      type: string;
      x: number;
      y: number;
      width: number;
      height: number;
      properties: { title?: string; period?: number; metrics?: unknown[][]; alarms: string[] };
    }[];
  };

const OF_HEARTBEAT = {
  namespace: "Metronome",
  dimensions: { environment: "dev", schedule: "heartbeat" },
};

describe("the alarms on a schedule", () => {
  test("missed: one tick in the last five minutes", () => {
    expect(alarm("heartbeat-missed")).toMatchObject({
      ...OF_HEARTBEAT,
      ...{ metric_name: "TicksMissed", statistic: "Sum", comparison_operator: "GreaterThanThreshold", threshold: 0 },
      ...{ period: 60, evaluation_periods: 5, datapoints_to_alarm: 1, treat_missing_data: "notBreaching" },
    });
  });

  test("silent: fewer ticks than are due, by a formula in which a period without any is 0", () => {
    const silent = (name: string, fields?: Partial<EnvironmentConfig>): Arguments => {
      const { metric_query, ...rest } = alarm(`${name}-silent`, fields) ?? {};
      const [sum, ...metrics] = metric_query as {
        id: string;
        expression?: string;
        return_data?: boolean;
        metric?: Arguments;
      }[];
      expect(sum?.return_data).toBe(true);
      const counted = { namespace: "Metronome", stat: "Sum" };
      expect(metrics).toMatchObject([
        { id: "added", expression: "SUM([m0,m1])", return_data: false },
        { id: "m0", metric: counted },
        { id: "m1", metric: { ...counted, metric_name: "TicksPaused" } },
      ]);
      expect(rest).not.toHaveProperty("period");
      return { ...metrics[1]?.metric, ...rest, expression: sum?.expression };
    };
    const fewer = { metric_name: "TicksDispatched", comparison_operator: "LessThanThreshold" };
    const heartbeat = silent("heartbeat");
    expect(heartbeat).toMatchObject({ dimensions: OF_HEARTBEAT.dimensions });
    expect(heartbeat).toMatchObject({ ...fewer, period: 60, threshold: 1, treat_missing_data: "breaching" });
    expect(heartbeat).toMatchObject({ evaluation_periods: 6, datapoints_to_alarm: 1, actions_enabled: true });
    expect(heartbeat.expression).toBe("IF(EPOCH(added) < MAX(EPOCH(added)), FILL(added, 0), 1)");
    expect(heartbeat.alarm_description).toBe(
      "No tick of heartbeat was dispatched in 1 minute. Check: 1. The rule exists and is enabled. 2. Its last execution or invocation succeeded. 3. The failure queue is empty. 4. The function has permission to write its log. Runbook: docs/operations.md#alarm-silent",
    );
    const fast = silent("heartbeat", { schedules: [schedule({ interval: "7s" })] });
    expect(fast).toMatchObject({ period: 420, threshold: 60, evaluation_periods: 2, datapoints_to_alarm: 1 });
    expect(fast.alarm_description).toContain("Fewer than 60 ticks of heartbeat were dispatched in 7 minutes. Check: ");
    expect(silent("report")).toMatchObject({
      ...fewer,
      period: 360,
      threshold: 1,
      expression: "FILL(added, 0)",
    });
    const daily = [schedule({ interval: "24h" })];
    const slow = silent("heartbeat", { schedules: daily });
    expect(slow).toMatchObject({ period: 3_600, evaluation_periods: 25, datapoints_to_alarm: 25, threshold: 1 });
    expect(slow.alarm_description).toContain("No tick of heartbeat was dispatched in 25 hours. ");
  });

  test("a pause mutes the alarm on silence of the schedules that are paused, and changes no other", () => {
    const pause = { enabled: false, note: "migration" } as const;
    const muted = (fields: Partial<EnvironmentConfig>) =>
      [...alarmsOf(watched(fields))].flatMap(([name, { actions_enabled }]) =>
        actions_enabled === false ? [name] : [],
      );
    expect(muted({})).toEqual([]);
    expect(muted(pause)).toEqual(["metronome-dev-heartbeat-silent", "metronome-dev-report-silent"]);
    const one = { schedules: [schedule(pause), schedule({ name: "report" })] };
    expect(muted(one)).toEqual(["metronome-dev-heartbeat-silent"]);
    const unmuted = ([name, { actions_enabled, ...rest }]: [string, Arguments]) => [name, rest];
    expect([...alarmsOf(watched(pause))].map(unmuted)).toEqual([...alarmsOf(watched())].map(unmuted));
  });

  test("late and early: the 99th percentile on the one side, the minimum on the other", () => {
    const skew = { ...OF_HEARTBEAT, metric_name: "DispatchSkew", period: 300, treat_missing_data: "notBreaching" };
    const fields = { monitoring: { p99SkewMs: 80 } };
    const late = alarm("heartbeat-late", fields);
    expect(late).toMatchObject({ ...skew, extended_statistic: "p99", threshold: 80 });
    expect(late).toMatchObject({ evaluation_periods: 5, datapoints_to_alarm: 3 });
    expect(late).not.toHaveProperty("statistic");
    const means = (interval: "1s" | "10s" | "6h") =>
      alarm("heartbeat-late", { schedules: [schedule({ interval })] })?.alarm_description;
    const beyond = "of heartbeat was more than 500 ms late.";
    expect(means("1s")).toContain(`In 3 of the last 5 periods of 5 minutes, more than one tick in a hundred ${beyond}`);
    expect(means("10s")).toContain(`In 3 of the last 5 periods of 5 minutes, a tick ${beyond}`);
    expect(means("6h")).toContain(`In 3 of the last 5 periods of 6 hours, a tick ${beyond}`);
    expect(alarm("heartbeat-early", fields)).toMatchObject({
      ...skew,
      statistic: "Minimum",
      threshold: -80,
      evaluation_periods: 1,
    });
    expect(alarm("heartbeat-late")).toMatchObject({ threshold: 500 });
  });
});

describe("the alarms on what a clock runs on", () => {
  test("the failure queue: raised until it is empty", () => {
    expect(alarm("failures")).toMatchObject({
      ...{ namespace: "AWS/SQS", metric_name: "ApproximateNumberOfMessagesVisible", statistic: "Maximum" },
      ...{ dimensions: { QueueName: "metronome-dev-failures" }, threshold: 0, evaluation_periods: 1 },
    });
  });

  test.each([
    ["iterator", LOOP],
    ["express-iterator", EXPRESS],
    ["LambdaClock", LAMBDA_CLOCK],
  ] as const)("the function %s, throttled or failing", (role, strategy) => {
    for (const [kind, metric] of [
      ["throttled", "Throttles"],
      ["errors", "Errors"],
    ]) {
      expect(alarm(`${role}-${kind}`, { strategy })).toMatchObject({
        ...{ namespace: "AWS/Lambda", metric_name: metric, statistic: "Sum", threshold: 0 },
        dimensions: { FunctionName: `metronome-dev-${role}` },
      });
    }
  });

  test("the runs of each machine, in one sum in which a metric without data is 0", () => {
    const runs = alarm("loop-heartbeat-runs") ?? {};
    const [sum, ...metrics] = runs.metric_query as {
      id: string;
      metric?: Arguments;
      expression?: string;
      return_data: boolean;
    }[];
    expect(sum).toMatchObject({ expression: "SUM([m0,m1,m2,m3])", return_data: true });
    expect(metrics.map(({ id }) => id)).toEqual(["m0", "m1", "m2", "m3"]);
    expect(metrics.map(({ metric }) => metric?.metric_name)).toEqual([
      ...["ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted", "ExecutionThrottled"],
    ]);
    const machine = "arn:aws:states:eu-central-1:111111111111:stateMachine:metronome-dev-loop-heartbeat";
    for (const { metric, return_data } of metrics) {
      expect([return_data, metric?.dimensions]).toEqual([false, { StateMachineArn: machine }]);
    }
    expect(runs).not.toHaveProperty("period");
  });
});

describe("the alarms on all schedules together", () => {
  const total = (schedules: EnvironmentConfig["schedules"], strategy: StrategyConfig = { kind: "sqs-delay" }) =>
    alarmsOf(synthesizeClock(environment({ schedules, strategy })));
  const one = (name: string, ...args: Parameters<typeof total>) => total(...args).get(`metronome-dev-${name}`);
  const silent = (...schedules: EnvironmentConfig["schedules"]) => {
    const { threshold, metric_query, actions_enabled, evaluation_periods } = one("silent", schedules) ?? {};
    const queries = metric_query as { metric?: { period: number; dimensions: object } }[];
    const query = queries.find(({ metric }) => metric);
    expect(query?.metric?.dimensions).toEqual({ environment: "dev" });
    return [threshold, query?.metric?.period, evaluation_periods, actions_enabled];
  };

  test("are the same for one schedule and for a hundred", () => {
    const many = Array.from({ length: 100 }, (_, k) => schedule({ name: `tenant-${k}`, phase: "auto" }));
    expect([...total(many).keys()].sort()).toEqual([...total([schedule()]).keys()].sort());
    expect([...total([schedule()]).keys()].sort()).toEqual(
      ["failures", "missed", "pacer-errors", "pacer-throttled", "planner-errors", "planner-throttled", "silent"].map(
        (name) => `metronome-dev-${name}`,
      ),
    );
  });

  test("missed: one tick of any schedule", () => {
    expect(one("missed", TWO)).toMatchObject({
      ...{ namespace: "Metronome", metric_name: "TicksMissed", dimensions: { environment: "dev" } },
      ...{ statistic: "Sum", comparison_operator: "GreaterThanThreshold", threshold: 0, period: 60 },
    });
  });

  test("undelivered: only if a schedule has several targets", () => {
    expect(one("undelivered", [schedule()])).toBeUndefined();
    expect(one("undelivered", TWO)).toMatchObject({
      metric_name: "DispatchesFailed",
      dimensions: { environment: "dev" },
    });
  });

  test("silent: fewer ticks than all fast schedules together have in a period", () => {
    expect(silent(schedule({ interval: "10s" }))).toEqual([6, 60, 6, true]);
    expect(silent(schedule({ interval: "10s" }), schedule({ name: "b", interval: "7s" }))).toEqual([102, 420, 2, true]);
    expect(silent(schedule({ interval: "10s" }), schedule({ name: "b", interval: "5m" }))).toEqual([6, 60, 6, true]);
    expect(silent(schedule({ interval: "1h" }), schedule({ name: "b", interval: "5m" }))).toEqual([1, 360, 1, true]);
  });

  test("silent: a paused schedule is not counted, and if all are paused it notifies nobody", () => {
    const paused = schedule({ name: "b", interval: "1s", enabled: false, note: "maintenance" });
    expect(silent(schedule({ interval: "10s" }), paused)).toEqual([6, 60, 6, true]);
    expect(silent(paused)).toEqual([60, 60, 6, false]);
  });

  test("a loop's state machines have none of their own", () => {
    expect([...total(TWO, LOOP).keys()].filter((name) => name.endsWith("-runs"))).toEqual([]);
  });
});

describe.each(STRATEGIES)("%s", (_name, strategy) => {
  test("every alarm notifies the topic when it is raised and when it is over, says what it means and where its runbook is", () => {
    const both = [
      synthesizeClock(everyTarget(strategy)),
      watched({ strategy, schedules: everyTarget(strategy).schedules }),
    ];
    const alarms = both.flatMap((template) => [...alarmsOf(template).values()]);
    expect(alarms.length).toBeGreaterThan(14);
    for (const one of alarms) {
      const topic = expect.stringMatching(/^\$\{aws_sns_topic\.monitoring_topic_\w+\.arn\}$/);
      expect([one.alarm_actions, one.ok_actions]).toEqual([[topic], [topic]]);
      const anchor = /^[A-Z].+\. Runbook: docs\/operations\.md#([a-z-]+)$/.exec(String(one.alarm_description))?.[1];
      expect(RUNBOOKS).toContain(anchor);
      expect(String(one.alarm_description).length).toBeLessThanOrEqual(1_024);
    }
  });

  test("each function that counts knows its environment's name, and none does without metrics", () => {
    const variables = (monitoring: MonitoringConfig) =>
      Object.entries(synthesizeClock(everyTarget(strategy, { monitoring })).resources("aws_lambda_function")).flatMap(
        ([name, fn]) => {
          const { METRICS_ENVIRONMENT } = (fn.environment as { variables: Record<string, string | undefined> })
            .variables;
          return METRICS_ENVIRONMENT ? [`${name.split("_")[0]} ${METRICS_ENVIRONMENT}`] : [];
        },
      );
    const counting = /^(sample-target|(express-)?iterator|lambda-clock|latency-analyser|planner|pacer) dev$/;
    expect(variables({})).toHaveLength(strategy.kind === "sfn-loop" ? 2 : 3);
    for (const one of variables({})) expect(one).toMatch(counting);
    expect(variables({ metrics: false })).toEqual([]);
  });
});

describe("the topic", () => {
  test("takes what this environment's alarms publish, by TLS, and nothing else", () => {
    const template = watched();
    expect(template.resource("aws_sns_topic", "monitoring_topic")).toEqual(
      expect.objectContaining({ name: "metronome-dev-alarms" }),
    );
    expect(template.resource("aws_sns_topic", "monitoring_topic")).not.toHaveProperty("kms_master_key_id");
    expect(statements(template.resource("aws_sns_topic_policy").policy)).toEqual([
      expect.objectContaining({
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: "sns:Publish",
        Condition: {
          ArnLike: { "aws:SourceArn": "arn:aws:cloudwatch:eu-central-1:111111111111:alarm:metronome-dev-*" },
          StringEquals: { "aws:SourceAccount": "111111111111" },
        },
      }),
      expect.objectContaining({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
    ]);
  });

  test("has the address that is configured, and none else", () => {
    const emails = (monitoring: MonitoringConfig) =>
      Object.values(monitored(monitoring).resources("aws_sns_topic_subscription")).filter(
        ({ protocol }) => protocol === "email",
      );
    expect(emails({})).toEqual([]);
    expect(emails({ alarmEmail: "oncall@example.com" })).toEqual([
      expect.objectContaining({ endpoint: "oncall@example.com" }),
    ]);
  });

  test("is yours if you name one", () => {
    const template = monitored({ alarmTopicArn: TOPIC });
    for (const one of alarmsOf(template).values())
      expect([one.alarm_actions, one.ok_actions]).toEqual([[TOPIC], [TOPIC]]);
    expect(template.resources("aws_sns_topic")).toEqual({});
  });
});

describe("the dashboard", () => {
  test("has no widget upon another, none beyond its 24 columns, and draws a metric of every kind", () => {
    const { widgets } = bodyOf(watched({ schedules: [...TWO, schedule({ name: "third", interval: "10m" })] }));
    const cells = widgets.flatMap(({ x, y, width, height }) =>
      Array.from({ length: width * height }, (_, k) => `${x + (k % width)},${y + Math.floor(k / width)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { x, width } of widgets) expect(x + width).toBeLessThanOrEqual(24);
    const text = JSON.stringify(widgets);
    for (const name of ["TicksDue", "TicksMissedExpired", "TicksDuplicate", "StartSkew", "PlannerLag", "Throttles"]) {
      expect(text).toContain(`"${name}"`);
    }
  });

  test("shows ticks per minute at any time range, for which the console chooses the period", () => {
    const { periodOverride, widgets } = bodyOf(watched());
    expect(periodOverride).toBe("auto");
    const graphs = widgets.filter(({ properties }) => /per minute/.test(String(properties.title)));
    expect(graphs.length).toBe(2);
    for (const { properties } of graphs) {
      const [due, dueLine, ...dispatched] = properties.metrics as unknown[][];
      expect(due?.slice(0, 2)).toEqual(["Metronome", "TicksDue"]);
      expect(due?.at(-1)).toEqual({ id: "sum_due", stat: "Sum", visible: false });
      expect(dueLine).toEqual([{ id: "due", label: "due", expression: "sum_due / PERIOD(sum_due) * 60" }]);
      expect(dispatched.at(-1)).toEqual([expect.objectContaining({ label: "dispatched" })]);
    }
  });

  test("asks for no period finer than the one that the console shows by itself", () => {
    const periods = bodyOf(watched()).widgets.flatMap(({ properties }) => properties.period ?? []);
    expect(new Set(periods)).toEqual(new Set([60]));
  });

  test("shows the states of all alarms, and of none without alarms", () => {
    const template = watched();
    const shown = (of: Template) =>
      bodyOf(of).widgets.flatMap((widget) => (widget.type === "alarm" ? widget.properties.alarms : []));
    const arns = [...alarmsOf(template).keys()].map(
      (name) => `arn:aws:cloudwatch:eu-central-1:111111111111:alarm:${name}`,
    );
    expect([...shown(template)].sort()).toEqual(arns.sort());
    expect(shown(monitored({ alarms: false }))).toEqual([]);
  });
});

test("saved queries look into the logs of the deployed functions", () => {
  const template = watched({ strategy: LAMBDA_CLOCK });
  const groups = Object.values(template.resources("aws_cloudwatch_log_group")).map(({ name }) => name);
  const queries = Object.values(template.resources("aws_cloudwatch_query_definition"));
  expect(queries.map(({ name }) => String(name).split("/")[1]).sort()).toEqual([
    ...["cold-starts", "errors", "missed-by-reason", "one-tick", "pauses"],
    ...["runs-planned", "skew-by-minute", "suppressed-without-dispatch"],
  ]);
  for (const { log_group_names } of queries)
    expect(groups).toEqual(expect.arrayContaining(log_group_names as string[]));
});

test.each<[string, MonitoringConfig, string[]]>([
  ["all of it", {}, ["dashboard", "metric_alarm", "query_definition"]],
  ["of all schedules together", { metrics: "total" }, ["metric_alarm", "query_definition"]],
  ["without alarms", { alarms: false }, ["dashboard", "query_definition"]],
  ["without metrics", { metrics: false }, ["query_definition"]],
  ["without anything", { metrics: false, queries: false }, []],
])("%s", (_what, monitoring, expected) => {
  const kinds = monitored(monitoring)
    .addresses()
    .flatMap((address) => /^aws_cloudwatch_(dashboard|metric_alarm|query_definition)\./.exec(address)?.[1] ?? []);
  expect([...new Set(kinds)].sort()).toEqual(expected);
});

test.each([
  ["direct", LOOP, LAMBDA_CLOCK],
  ["direct", LAMBDA_CLOCK, EXPRESS],
] as const)(
  "a %s switch changes no alarm of a schedule, nor the topic: only those of the clock's own resources",
  (_what, before, after) => {
    const own = (strategy: StrategyConfig, fields: Partial<EnvironmentConfig> = {}) =>
      watched({ strategy, ...fields })
        .entries()
        .filter(([address]) => /^aws_(cloudwatch_metric_alarm|sns_topic|sns_topic_policy)\.monitoring_/.test(address));
    const lasting = (all: [string, Arguments][]) =>
      all.filter(([address]) => /\.monitoring_(schedule-|topic_|failures_)/.test(address));
    expect(lasting(own(before))).toHaveLength(12);
    expect(lasting(own(after))).toEqual(lasting(own(before)));
    const during = own(after, { retiring: before });
    expect(lasting(during)).toEqual(lasting(own(before)));
    for (const one of [...own(before), ...own(after)]) expect(during).toContainEqual(one);
  },
);
