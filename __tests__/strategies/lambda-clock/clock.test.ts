import type { EnvironmentConfig, ScheduleConfig, StrategyConfig } from "../../../config/schema";
import {
  environment,
  FIFO_QUEUE,
  FUNCTION,
  FUNCTION_ALIAS,
  QUEUE,
  REGION,
  schedule,
  TOPIC,
} from "../../config/examples";
import { problemsOf } from "../../config/problems";
import { synthesizeClock } from "../../synthesis";
import { statements, type Template } from "../../template";

const environmentWith = (schedules: readonly ScheduleConfig[], fields: Partial<EnvironmentConfig> = {}) =>
  environment({ strategy: { kind: "lambda-clock" }, schedules, tracing: false, ...fields });

const synthesizeSchedules = (...schedules: ScheduleConfig[]) => synthesizeClock(environmentWith(schedules));

const OTHER_FUNCTION = FUNCTION.replace(/mine$/, "other");
const OTHER_TOPIC = TOPIC.replace(/mine$/, "other");
const topicOf = (name: string) =>
  expect.stringMatching(new RegExp(`^\\$\\{aws_sns_topic\\.topic-${name}_topic_\\w+\\.arn\\}$`));
const QUEUE_ARN = expect.stringMatching(/^\$\{aws_sqs_queue\.failures_queue_\w+\.arn\}$/);
const CLOCK_ARN = expect.stringMatching(/^\$\{aws_lambda_function\.lambda-clock_function_\w+\.arn\}$/);

const variablesOf = (template: Template) =>
  (template.resource("aws_lambda_function", "lambda-clock").environment as { variables: Record<string, string> })
    .variables;

describe("the five rules", () => {
  const template = synthesizeSchedules(schedule());
  const rules = Object.entries(template.resources("aws_cloudwatch_event_rule"));

  test("have the published names and expressions", () => {
    expect(rules.map(([, { name, schedule_expression }]) => [name, schedule_expression])).toEqual([
      ["metronome-dev-LambdaClock_0", "cron(0/5 * ? * MON-SUN *)"],
      ["metronome-dev-LambdaClock_1", "cron(1/5 * ? * MON-SUN *)"],
      ["metronome-dev-LambdaClock_2", "cron(2/5 * ? * MON-SUN *)"],
      ["metronome-dev-LambdaClock_3", "cron(3/5 * ? * MON-SUN *)"],
      ["metronome-dev-LambdaClock_4", "cron(4/5 * ? * MON-SUN *)"],
    ]);
  });

  test("wake the one clock function, which each may invoke by its own ARN", () => {
    const targets = Object.values(template.resources("aws_cloudwatch_event_target"));
    const permissions = Object.values(template.resources("aws_lambda_permission")).filter(
      ({ principal }) => principal === "events.amazonaws.com",
    );
    expect(targets.map(({ rule }) => rule)).toEqual(rules.map(([id]) => `\${aws_cloudwatch_event_rule.${id}.name}`));
    expect(permissions.map(({ source_arn }) => source_arn)).toEqual(
      rules.map(([id]) => `\${aws_cloudwatch_event_rule.${id}.arn}`),
    );
    for (const target of targets) {
      expect(target.arn).toEqual(CLOCK_ARN);
      expect(target.retry_policy).toEqual({ maximum_event_age_in_seconds: 60, maximum_retry_attempts: 3 });
      expect(target.dead_letter_config).toEqual({ arn: QUEUE_ARN });
    }
    for (const permission of permissions) {
      expect(permission.action).toBe("lambda:InvokeFunction");
      expect(permission.function_name).toMatch(/^\$\{aws_lambda_function\.lambda-clock_function_\w+\.function_name\}$/);
    }
  });
});

test("the function and the topics bear the published name, and topics their schedule's", () => {
  const template = synthesizeSchedules(schedule(), schedule({ name: "sync", targets: [FUNCTION] }));
  expect(template.resource("aws_lambda_function", "lambda-clock").function_name).toBe("metronome-dev-LambdaClock");
  const topics = ["heartbeat", "sync"].map((name) => template.resource("aws_sns_topic", `topic-${name}_`));
  expect(topics).toEqual([
    expect.objectContaining({ name: "metronome-dev-LambdaClock-heartbeat", kms_master_key_id: "alias/aws/sns" }),
    expect.objectContaining({ name: "metronome-dev-LambdaClock-sync", kms_master_key_id: "alias/aws/sns" }),
  ]);
});

test.each([1, 2, 5])("with a horizon of %d it may run for all of these minutes", (horizon) => {
  const template = synthesizeClock(environmentWith([schedule()], { strategy: { kind: "lambda-clock", horizon } }));
  const { timeout } = template.resource("aws_lambda_function", "lambda-clock");
  expect(timeout).toBeGreaterThan(horizon * 60);
  expect(timeout).toBeLessThanOrEqual(900);
  expect(variablesOf(template).HORIZON).toBe(String(horizon));
});

test("the clock function can wait for a whole minute, with little memory unless the strategy says otherwise", () => {
  const { timeout, memory_size } = synthesizeSchedules(schedule()).resource("aws_lambda_function", "lambda-clock");
  expect(timeout).toBeGreaterThan(60);
  expect(memory_size).toBe(128);
  const strategy: StrategyConfig = { kind: "lambda-clock", clockMemory: 512 };
  const larger = synthesizeClock(environmentWith([schedule()], { strategy }));
  expect(larger.resource("aws_lambda_function", "lambda-clock").memory_size).toBe(512);
});

test("it publishes a schedule to its own topic if functions are among its targets, and to the topics and queues among them", () => {
  const template = synthesizeSchedules(
    schedule(),
    schedule({ name: "report", interval: "5m", phase: "1m", targets: [TOPIC, FUNCTION, QUEUE, OTHER_TOPIC] }),
    schedule({ name: "sync", targets: [TOPIC, FIFO_QUEUE], payload: null }),
  );
  const [ofHeartbeat, ofReport] = [topicOf("heartbeat"), topicOf("report")];
  expect(statements(template.resource("aws_iam_role_policy", "lambda-clock").policy)).toEqual([
    expect.objectContaining({ Action: ["logs:CreateLogStream", "logs:PutLogEvents"] }),
    {
      Effect: "Allow",
      Action: ["sqs:SendMessage"],
      Resource: [expect.stringMatching(/^arn:aws:sqs:.*:metronome-dev-failures$/)],
    },
    {
      Effect: "Allow",
      Action: ["sns:Publish", "sns:GetTopicAttributes"],
      Resource: [ofHeartbeat, ofReport, TOPIC, OTHER_TOPIC],
    },
    { Effect: "Allow", Action: ["sqs:SendMessage", "sqs:GetQueueUrl"], Resource: [QUEUE, FIFO_QUEUE] },
    expect.objectContaining({
      Action: ["dynamodb:GetItem"],
      Condition: {
        "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["pauses"] },
        Null: { "dynamodb:LeadingKeys": "false" },
      },
    }),
    {
      Effect: "Allow",
      Action: ["dynamodb:PutItem"],
      Resource: [expect.stringMatching(/^\$\{aws_dynamodb_table\.ledger_table_\w+\.arn\}$/)],
    },
  ]);
  const { SCHEDULES, METRICS_ENVIRONMENT: _, ...variables } = variablesOf(template);
  expect(variables).toEqual({
    METRICS_OF: "total",
    POWERTOOLS_SERVICE_NAME: "lambda-clock",
    HORIZON: "2",
    ROLE: "serving",
    LEDGER_TABLE: expect.stringMatching(/^\$\{aws_dynamodb_table\.ledger_table_\w+\.name\}$/),
  });
  const common = { strategy: "lambda-clock", phaseMs: 0, payload: {}, paused: false };
  expect(JSON.parse(String(SCHEDULES))).toEqual([
    { ...common, name: "heartbeat", intervalMs: 60_000, catchUpMs: 60_000, topics: [ofHeartbeat] },
    {
      ...common,
      name: "report",
      intervalMs: 300_000,
      phaseMs: 60_000,
      catchUpMs: 300_000,
      topics: [ofReport, TOPIC, QUEUE, OTHER_TOPIC],
    },
    { ...common, name: "sync", intervalMs: 60_000, catchUpMs: 60_000, payload: null, topics: [TOPIC, FIFO_QUEUE] },
  ]);
});

describe("each function among the targets", () => {
  const template = synthesizeSchedules(
    schedule(),
    schedule({ name: "report", targets: [FUNCTION, FUNCTION_ALIAS, TOPIC] }),
    schedule({ name: "sync", targets: [FUNCTION] }),
    schedule({ name: "topics-only", targets: [TOPIC, QUEUE] }),
  );
  const subscriptions = Object.values(template.resources("aws_sns_topic_subscription"));
  const [analyser, sample] = ["latency-analyser", "sample-target"].map((name) =>
    expect.stringMatching(new RegExp(`^\\$\\{aws_lambda_function\\.${name}_function_\\w+\\.arn\\}$`)),
  );

  test("is subscribed to the topics of its schedules, and the analyser to all of them", () => {
    expect(subscriptions.map(({ topic_arn, endpoint }) => [topic_arn, endpoint])).toEqual([
      [topicOf("heartbeat"), analyser],
      [topicOf("heartbeat"), sample],
      [topicOf("report"), analyser],
      [topicOf("report"), FUNCTION],
      [topicOf("report"), FUNCTION_ALIAS],
      [topicOf("sync"), analyser],
      [topicOf("sync"), FUNCTION],
    ]);
  });

  test("gets every message of a topic, and leaves what it did not get in the failure queue", () => {
    for (const { protocol, redrive_policy, ...others } of subscriptions) {
      expect(protocol).toBe("lambda");
      expect(JSON.parse(String(redrive_policy))).toEqual({ deadLetterTargetArn: QUEUE_ARN });
      expect(Object.keys(others).filter((key) => key.startsWith("filter_"))).toEqual([]);
    }
    const [policy] = statements(template.resource("aws_sqs_queue").policy).filter(
      ({ Principal }) => (Principal as { Service?: string }).Service === "sns.amazonaws.com",
    );
    const pattern = "arn:aws:sns:eu-central-1:111111111111:metronome-dev-*";
    expect(policy?.Condition).toEqual({ ArnLike: { "aws:SourceArn": pattern } });
    for (const { name } of Object.values(template.resources("aws_sns_topic"))) expect(name).toMatch(/^metronome-dev-/);
  });

  test("may be invoked by the topics of its schedules, and by no other", () => {
    const invokers = Object.values(template.resources("aws_lambda_permission")).filter(
      ({ principal }) => principal === "sns.amazonaws.com",
    );
    const sources = (name: string, qualifier?: string) =>
      invokers.filter((one) => one.function_name === name && one.qualifier === qualifier).map((one) => one.source_arn);
    expect(sources(FUNCTION)).toEqual([topicOf("report"), topicOf("sync")]);
    expect(sources(FUNCTION, "live")).toEqual([topicOf("report")]);
    expect(invokers).toHaveLength(subscriptions.length);
  });

  test("is measured by the analyser if it is the user's", () => {
    const { variables } = template.resource("aws_lambda_function", "latency-analyser").environment as {
      variables: Record<string, string>;
    };
    expect(JSON.parse(variables.MEASURED ?? "")).toEqual(["report", "sync"]);
  });
});

test.each([
  ["topics", TOPIC, "sns:Publish"],
  ["queues", QUEUE, "sqs:SendMessage"],
])(
  "a schedule whose targets are %s alone has no topic of its own: no function gets what it accepts",
  (_what, target, action) => {
    const template = synthesizeSchedules(schedule({ targets: [target] }));
    const { policy } = template.resource("aws_iam_role_policy", "lambda-clock");
    const sends = statements(policy).filter(
      ({ Action }) => Action.includes("sns:Publish") || Action.includes("sqs:GetQueueUrl"),
    );
    expect(sends).toEqual([expect.objectContaining({ Action: expect.arrayContaining([action]), Resource: [target] })]);
    expect(Object.keys(template.resources("aws_sns_topic")).filter((name) => !name.startsWith("monitoring_"))).toEqual(
      [],
    );
    expect(template.resources("aws_sns_topic_subscription")).toEqual({});
    expect(JSON.parse(String(variablesOf(template).SCHEDULES))).toEqual([
      expect.objectContaining({ topics: [target] }),
    ]);
  },
);

test("functions whose names could be taken for one another, or for the stack's own, are subscribed each", () => {
  const named = (name: string) => `arn:aws:lambda:${REGION}:111111111111:function:${name}`;
  const targets = ["a:live", "a-live", "sample-target", "latency-analyser", "latency-analyser-subscriber"].map(named);
  const template = synthesizeSchedules(schedule(), schedule({ name: "report", targets: [...targets, OTHER_FUNCTION] }));
  const endpoints = Object.values(template.resources("aws_sns_topic_subscription")).map(({ endpoint }) => endpoint);
  expect(endpoints).toEqual(expect.arrayContaining([...targets, OTHER_FUNCTION]));
  expect(endpoints).toHaveLength(targets.length + 4);
});

describe("the function's environment", () => {
  test("holds what Terraform would take for an expression as text", () => {
    const payload = { text: "$" + "{not_a_reference} %" + "{if}" };
    const text = String(variablesOf(synthesizeSchedules(schedule({ payload }))).SCHEDULES);
    expect(text).toContain('"payload":{"text":"$$' + '{not_a_reference} %%{if}"}');
  });

  test("stays within Lambda's 4,096 bytes for all that the validation lets pass", () => {
    const many = (count: number, fields: Partial<ScheduleConfig>) =>
      environmentWith(
        Array.from({ length: count }, (_, k) =>
          schedule({
            name: `${"n".repeat(23)}${String.fromCharCode(97 + k)}`,
            interval: "24h",
            phase: "23h",
            ...fields,
          }),
        ),
        { region: "us-gov-west-1" },
      );
    const topics = [1, 2].map((k) => `arn:aws-us-gov:sns:us-gov-west-1:111111111111:topic-${k}`);
    const functions = [1, 2].map((k) => `arn:aws-us-gov:lambda:us-gov-west-1:111111111111:function:f-${k}`);
    for (const fields of [
      {},
      { payload: "ü".repeat(100) },
      { payload: { quoted: '"'.repeat(90) } },
      { targets: topics },
      { targets: functions },
      { targets: [...functions, ...topics] },
      { targets: [...functions, `arn:aws-us-gov:sqs:us-gov-west-1:111111111111:${"q".repeat(75)}.fifo`] },
    ]) {
      const name = "a".repeat(16);
      let count = 1;
      while (problemsOf({ [name]: many(count + 1, fields) }).length === 0) count += 1;
      expect(count).toBeGreaterThan(3);
      const variables = variablesOf(synthesizeClock(many(count, fields)));
      const topic = `arn:aws-us-gov:sns:us-gov-west-1:111111111111:metronome-${name}-LambdaClock-${"n".repeat(24)}`;
      const resolved = Object.entries(variables)
        .join("")
        .replace(/\$\{aws_sns_topic[^}]*\}/g, topic)
        .replace(/\$\{aws_dynamodb_table[^}]*\}/g, `metronome-${name}-ledger`);
      expect(Buffer.byteLength(resolved)).toBeLessThanOrEqual(4_096);
      expect(Buffer.byteLength(resolved)).toBeGreaterThan(3_000);
    }
  });
});

test("no tick is published before all subscribers are there: a topic accepts it, and it would count as dispatched", () => {
  const template = synthesizeSchedules(schedule(), schedule({ name: "report", targets: [FUNCTION, TOPIC] }));
  const subscriptions = Object.keys(template.resources("aws_sns_topic_subscription"));
  expect(subscriptions).toHaveLength(4);
  const { depends_on } = template.resource("aws_lambda_function", "lambda-clock");
  expect(depends_on).toEqual([
    expect.stringMatching(/^aws_iam_role_policy\.lambda-clock_role_/),
    ...subscriptions.map((name) => `aws_sns_topic_subscription.${name}`),
  ]);
  const targets = Object.values(template.resources("aws_cloudwatch_event_target"));
  expect(targets).toHaveLength(5);
  for (const { arn, depends_on: waitsFor } of targets) {
    expect(arn).toEqual(CLOCK_ARN);
    expect(waitsFor).toEqual([expect.stringMatching(/^aws_lambda_permission\.rule-\d-permission$/)]);
  }
});
