import type { EnvironmentConfig, ScheduleConfig, StrategyConfig } from "../../../config/schema";
import { environment, FUNCTION, FUNCTION_ALIAS, REGION, schedule, TOPIC } from "../../config/examples";
import { problemsOf } from "../../config/problems";
import { synthesizeClock } from "../../synthesis";
import { statements, type Template } from "../../template";

const environmentWith = (schedules: readonly ScheduleConfig[], fields: Partial<EnvironmentConfig> = {}) =>
  environment({ strategy: { kind: "lambda-clock" }, schedules, tracing: false, ...fields });

const synthesizeSchedules = (...schedules: ScheduleConfig[]) => synthesizeClock(environmentWith(schedules));

const OTHER_FUNCTION = FUNCTION.replace(/mine$/, "other");
const OTHER_TOPIC = TOPIC.replace(/mine$/, "other");
const TOPIC_ARN = expect.stringMatching(/^\$\{aws_sns_topic\.topic\.(arn|id)\}$/);
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

test("function and topic bear the published name", () => {
  const template = synthesizeSchedules(schedule());
  expect(template.resource("aws_lambda_function", "lambda-clock").function_name).toBe("metronome-dev-LambdaClock");
  expect(template.resource("aws_sns_topic", "topic").name).toBe("metronome-dev-LambdaClock");
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

test("it publishes every schedule to its own topic and to the topics among the targets, claims, and no more", () => {
  const template = synthesizeSchedules(
    schedule(),
    schedule({ name: "report", interval: "5m", phase: "1m", targets: [TOPIC, FUNCTION, OTHER_TOPIC] }),
    schedule({ name: "sync", targets: [TOPIC], payload: null }),
  );
  expect(statements(template.resource("aws_iam_role_policy", "lambda-clock").policy)).toEqual([
    expect.objectContaining({ Action: ["logs:CreateLogStream", "logs:PutLogEvents"] }),
    {
      Effect: "Allow",
      Action: ["sqs:SendMessage"],
      Resource: [expect.stringMatching(/^arn:aws:sqs:.*:metronome-dev-failures$/)],
    },
    { Effect: "Allow", Action: ["sns:Publish", "sns:GetTopicAttributes"], Resource: [TOPIC_ARN, TOPIC, OTHER_TOPIC] },
    {
      Effect: "Allow",
      Action: ["dynamodb:PutItem"],
      Resource: [expect.stringMatching(/^\$\{aws_dynamodb_table\.ledger_table_\w+\.arn\}$/)],
    },
  ]);
  const { SCHEDULES, METRICS_ENVIRONMENT: _, ...variables } = variablesOf(template);
  expect(variables).toEqual({
    POWERTOOLS_SERVICE_NAME: "lambda-clock",
    HORIZON: "2",
    ROLE: "serving",
    LEDGER_TABLE: expect.stringMatching(/^\$\{aws_dynamodb_table\.ledger_table_\w+\.name\}$/),
  });
  const common = { strategy: "lambda-clock", phaseMs: 0, payload: {}, paused: false };
  expect(JSON.parse(String(SCHEDULES))).toEqual([
    { ...common, name: "heartbeat", intervalMs: 60_000, catchUpMs: 60_000, topics: [TOPIC_ARN] },
    {
      ...common,
      name: "report",
      intervalMs: 300_000,
      phaseMs: 60_000,
      catchUpMs: 300_000,
      topics: [TOPIC_ARN, TOPIC, OTHER_TOPIC],
    },
    { ...common, name: "sync", intervalMs: 60_000, catchUpMs: 60_000, payload: null, topics: [TOPIC_ARN, TOPIC] },
  ]);
});

test("each function among the targets gets the ticks of its schedules, and the analyser those of all", () => {
  const template = synthesizeSchedules(
    schedule(),
    schedule({ name: "report", targets: [FUNCTION, FUNCTION_ALIAS, TOPIC] }),
    schedule({ name: "sync", targets: [FUNCTION] }),
  );
  const subscriptions = Object.values(template.resources("aws_sns_topic_subscription"));
  const subscribed = subscriptions.map(({ endpoint, filter_policy }) => [endpoint, filter_policy]);
  expect(subscribed).toHaveLength(4);
  expect(subscribed).toEqual(
    expect.arrayContaining([
      [expect.stringMatching(/^\$\{aws_lambda_function\.latency-analyser_function_\w+\.arn\}$/), undefined],
      [
        expect.stringMatching(/^\$\{aws_lambda_function\.sample-target_function_\w+\.arn\}$/),
        '{"schedule":["heartbeat"]}',
      ],
      [FUNCTION, '{"schedule":["report","sync"]}'],
      [FUNCTION_ALIAS, '{"schedule":["report"]}'],
    ]),
  );
  for (const { topic_arn, protocol, redrive_policy } of subscriptions) {
    expect(topic_arn).toEqual(TOPIC_ARN);
    expect(protocol).toBe("lambda");
    expect(JSON.parse(String(redrive_policy))).toEqual({ deadLetterTargetArn: QUEUE_ARN });
  }
});

test("functions whose names could be taken for one another, or for the stack's own, are subscribed each", () => {
  const named = (name: string) => `arn:aws:lambda:${REGION}:111111111111:function:${name}`;
  const targets = ["a:live", "a-live", "sample-target", "latency-analyser", "latency-analyser-subscriber"].map(named);
  const template = synthesizeSchedules(schedule(), schedule({ name: "report", targets: [...targets, OTHER_FUNCTION] }));
  const endpoints = Object.values(template.resources("aws_sns_topic_subscription")).map(({ endpoint }) => endpoint);
  expect(endpoints).toEqual(expect.arrayContaining([...targets, OTHER_FUNCTION]));
  expect(endpoints).toHaveLength(targets.length + 3);
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
    for (const fields of [{}, { payload: "ü".repeat(100) }, { payload: { quoted: '"'.repeat(90) } }]) {
      const name = "a".repeat(16);
      let count = 1;
      while (problemsOf({ [name]: many(count + 1, fields) }).length === 0) count += 1;
      expect(count).toBeGreaterThan(3);
      const variables = variablesOf(synthesizeClock(many(count, fields)));
      const topic = `arn:aws-us-gov:sns:us-gov-west-1:111111111111:metronome-${name}-LambdaClock`;
      const resolved = Object.entries(variables)
        .join("")
        .replace(/\$\{aws_sns_topic[^}]*\}/g, topic)
        .replace(/\$\{aws_dynamodb_table[^}]*\}/g, `metronome-${name}-ledger`);
      expect(Buffer.byteLength(resolved)).toBeLessThanOrEqual(4_096);
    }
  });
});

test("no rule reaches the clock before all subscribers are there: a tick that is claimed must be delivered", () => {
  const template = synthesizeSchedules(schedule(), schedule({ name: "report", targets: [FUNCTION, TOPIC] }));
  const needed = [
    ...Object.keys(template.resources("aws_sns_topic_subscription")).map(
      (name) => `aws_sns_topic_subscription.${name}`,
    ),
  ].sort();
  expect(needed.length).toBeGreaterThan(2);
  const targets = Object.values(template.resources("aws_cloudwatch_event_target"));
  expect(targets).toHaveLength(5);
  for (const { depends_on } of targets) {
    const waitsFor = depends_on as string[];
    expect(waitsFor).toEqual(expect.arrayContaining(needed));
    expect(waitsFor.filter((address) => address.startsWith("aws_lambda_permission.rule-"))).toHaveLength(1);
  }
});
