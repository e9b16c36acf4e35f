import type { EnvironmentConfig } from "../../config/schema";
import { environment, parsed, TOPIC } from "./examples";
import { problemsOf } from "./problems";

type MonitoringConfig = NonNullable<EnvironmentConfig["monitoring"]>;

const read = (monitoring?: MonitoringConfig) => parsed(environment({ monitoring })).monitoring;

const problems = (monitoring: unknown) =>
  problemsOf({ dev: environment({ monitoring: monitoring as MonitoringConfig }) });

test("metrics of all schedules together and alarms are on unless the environment says otherwise; one word brings the rest", () => {
  const on = { metrics: "total", alarms: true, dashboard: false, queries: true };
  expect(read()).toEqual({ ...on, alarmEmail: null, alarmTopicArn: null, p99SkewMs: 500 });
  const all = { metrics: "schedules", alarms: true, dashboard: true };
  expect(read({ metrics: "schedules" })).toMatchObject(all);
  expect(read({ metrics: "schedules", dashboard: false })).toMatchObject({ ...all, dashboard: false });
  expect(read({ metrics: false })).toMatchObject({ metrics: false, alarms: false, dashboard: false, queries: true });
});

test.each<MonitoringConfig>([
  {},
  { metrics: "schedules", alarmEmail: "oncall+clock@mail.example.com", p99SkewMs: 50 },
  { metrics: "total", alarmEmail: "oncall@example.com" },
  { alarmTopicArn: TOPIC },
  { metrics: false, queries: false },
  { metrics: "schedules", alarms: false, dashboard: true },
])("%j is accepted", (monitoring) => {
  expect(problems(monitoring)).toEqual([]);
});

test.each<[unknown, string, string]>([
  [{ alarmEmail: "oncall" }, 'dev.monitoring.alarmEmail: "oncall" is not a mail address', "Write it like"],
  [{ alarmTopicArn: "oncall" }, 'dev.monitoring.alarmTopicArn: "oncall" is not the ARN', "Write it like"],
  [{ alarmTopicArn: `${TOPIC}.fifo` }, "dev.monitoring.alarmTopicArn: ", "is not the ARN of an SNS topic"],
  [
    { metrics: "schedules", p99SkewMs: 0 },
    "dev.monitoring.p99SkewMs: 0 is not a whole number from 1 to 60000 (ms)",
    "Leave it out for 500",
  ],
  [{ metrics: true }, "dev.monitoring.metrics: true is not what metrics are kept of", 'Write "total"'],
  [{ p99SkewMs: 9 }, "dev.monitoring.p99SkewMs: 9 needs metrics of schedules", 'Write metrics: "schedules"'],
  [{ dashboard: true }, "dev.monitoring.dashboard: true needs metrics of schedules", 'Write metrics: "schedules"'],
  [{ metric: true }, 'dev.monitoring: "metric" is not a field here', "correct its spelling"],
  [true, "dev.monitoring: true is not how an environment is watched", "Write {"],
  [{ metrics: false, alarms: true }, "dev.monitoring.alarms: true is made of metrics", "Leave one of the two out"],
  [{ metrics: false, dashboard: true }, "dev.monitoring.dashboard: true needs metrics of schedules", "leave it out"],
  [{ metrics: false, alarmEmail: "a@b.c" }, "dev.monitoring.alarmEmail: ", "is for alarms, and alarms are off"],
  [
    { metrics: "schedules", alarms: false, p99SkewMs: 9 },
    "dev.monitoring.p99SkewMs: 9 is for alarms",
    "let alarms be on",
  ],
  [{ alarmEmail: "a@b.c", alarmTopicArn: TOPIC }, "dev.monitoring.alarmEmail: ", "Subscribe it there"],
  [
    { alarmTopicArn: "arn:aws:sns:us-east-1:999999999999:oncall" },
    "dev.monitoring.alarmTopicArn: ",
    "is not in this environment's account and region (111111111111, eu-central-1)",
  ],
])("%j is refused, with a remedy", (monitoring, beginning, remedy) => {
  const [problem, ...others] = problems(monitoring);
  expect(others).toEqual([]);
  expect(problem?.startsWith(beginning)).toBe(true);
  expect(problem).toContain(remedy);
});
