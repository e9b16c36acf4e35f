import { monitoringUsage } from "../../../cli/cost/monitoring";
import { describeClock } from "../../../config/describe-clock";
import type { EnvironmentConfig, StrategyConfig } from "../../../config/schema";
import { environment, FUNCTION, parsed, QUEUE, schedule, TOPIC } from "../../config/examples";
import { recordedLineBytes } from "../../embedded-metrics-size";
import { synthesizeClock } from "../../synthesis";

const usage = (config: EnvironmentConfig) => monitoringUsage(describeClock(parsed(config)));

/** An environment with metrics of its schedules. */
const watched = (fields: Partial<EnvironmentConfig> = {}) =>
  environment({ monitoring: { metrics: "schedules" }, ...fields });

/** What CloudWatch would bill of a stack: each metric that an alarm looks at, and each dashboard. */
function billed(config: EnvironmentConfig) {
  const template = synthesizeClock(config);
  const alarms = Object.values(template.resources("aws_cloudwatch_metric_alarm")).map(({ metric_query }) =>
    metric_query === undefined ? 1 : (metric_query as { metric?: unknown }[]).filter(({ metric }) => metric).length,
  );
  return {
    alarms: alarms.reduce((sum, one) => sum + one, 0),
    dashboards: Object.keys(template.resources("aws_cloudwatch_dashboard")).length,
  };
}

const LOOP: StrategyConfig = { kind: "sfn-loop" };
const EXPRESS: StrategyConfig = { kind: "sfn-loop", machineType: "EXPRESS" };
const LAMBDA_CLOCK: StrategyConfig = { kind: "lambda-clock" };
const TWO = [schedule(), schedule({ name: "other", targets: [FUNCTION, TOPIC] })];

test.each<[string, Partial<EnvironmentConfig>]>([
  ["a loop", { strategy: LOOP }],
  ["LambdaClock", { strategy: LAMBDA_CLOCK }],
  ["delayed bursts", { strategy: { kind: "sqs-delay" } }],
  ["two schedules", { strategy: LOOP, schedules: TWO }],
  ["a handover", { strategy: EXPRESS, retiring: LOOP, schedules: TWO }],
  ["a handover to LambdaClock", { strategy: LAMBDA_CLOCK, retiring: EXPRESS }],
  ["no dashboard", { monitoring: { metrics: "schedules", dashboard: false } }],
  ["no alarms", { monitoring: { alarms: false } }],
  ["nothing", { monitoring: { metrics: false } }],
])("%s: the alarms and dashboards are those that the stack has", (_what, fields) => {
  for (const config of [environment(fields), watched(fields)]) {
    const { alarms, dashboards } = usage(config);
    expect({ alarms, dashboards }).toEqual(billed(config));
  }
});

test("the default is the same for one schedule and for a thousand, and no dashboard", () => {
  const fields = { strategy: { kind: "sqs-delay" } as const };
  const many = Array.from({ length: 1_000 }, (_, k) => schedule({ name: `tenant-${k}`, phase: "auto" }));
  const { logBytesPerMinute: _, ...one } = usage(environment(fields));
  expect(one).toEqual({ metrics: 1, alarms: 8, dashboards: 0 });
  expect(usage(environment({ ...fields, schedules: many }))).toMatchObject(one);
});

test("a schedule in steady state has five metrics, or four if no function of the project sees its ticks start", () => {
  expect(usage(watched({ strategy: LOOP })).metrics).toBe(5);
  expect(usage(watched({ strategy: LOOP, schedules: [schedule({ targets: [TOPIC] })] })).metrics).toBe(4);
  expect(usage(watched({ strategy: LAMBDA_CLOCK, schedules: TWO })).metrics).toBe(10);
  const ofTopics = [schedule({ targets: [TOPIC] }), schedule({ name: "other" })];
  expect(usage(watched({ strategy: LAMBDA_CLOCK, schedules: ofTopics })).metrics).toBe(9);
  expect(usage(environment({ monitoring: { metrics: false } }))).toEqual({
    metrics: 0,
    alarms: 0,
    dashboards: 0,
    logBytesPerMinute: 0,
  });
});

test("a schedule with several targets has an alarm more: on the deliveries that failed beside others", () => {
  const alarms = (targets?: readonly string[]) => usage(watched({ schedules: [schedule({ targets })] })).alarms;
  expect(alarms([FUNCTION])).toBe(alarms());
  expect(alarms([FUNCTION, TOPIC])).toBe(alarms() + 1);
  expect(alarms([FUNCTION, QUEUE])).toBe(alarms() + 1);
});

test("a paused schedule records no metrics, and keeps its alarms", () => {
  const paused = schedule({ enabled: false, note: "maintenance" });
  const ticking = usage(watched());
  expect(usage(watched({ schedules: [paused] }))).toEqual({ ...ticking, metrics: 0, logBytesPerMinute: 0 });
  const both = usage(watched({ schedules: [schedule(), { ...paused, name: "other" }] }));
  expect(both.metrics).toBe(ticking.metrics);
  expect(both.alarms).toBeGreaterThan(ticking.alarms);
});

test("the bytes that metrics add to the log are those of the lines that are written", () => {
  const measured = recordedLineBytes("production", "heartbeat");
  const { logBytesPerMinute } = usage(watched({ schedules: [schedule({ interval: "10s" })] }));
  const expected = measured.planned + 6 * (measured.dispatched + measured.started);
  expect(Math.abs(logBytesPerMinute / expected - 1)).toBeLessThan(0.1);
});

test("the same of the metrics of all schedules together", () => {
  const measured = recordedLineBytes("production", "heartbeat", "total");
  const { logBytesPerMinute } = usage(environment({ schedules: [schedule({ interval: "10s" })] }));
  expect(Math.abs(logBytesPerMinute / (6 * measured.dispatched) - 1)).toBeLessThan(0.1);
});
