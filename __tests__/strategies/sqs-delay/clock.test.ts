import type { EnvironmentConfig, ScheduleConfig } from "../../../config/schema";
import { environment, FUNCTION, QUEUE, schedule, TOPIC } from "../../config/examples";
import { problemsOf } from "../../config/problems";
import { synthesizeClock } from "../../synthesis";
import { statements, type Template } from "../../template";

const environmentWith = (schedules: readonly ScheduleConfig[], fields: Partial<EnvironmentConfig> = {}) =>
  environment({ strategy: { kind: "sqs-delay" }, schedules, tracing: false, ...fields });
const synthesizeSchedules = (...schedules: ScheduleConfig[]) => synthesizeClock(environmentWith(schedules));

const QUEUE_ARN = expect.stringMatching(/^\$\{aws_sqs_queue\.bursts_queue_\w+\.arn\}$/);
const LEDGER_ARN = expect.stringMatching(/^\$\{aws_dynamodb_table\.ledger_table_\w+\.arn\}$/);
const many = (count: number, fields: Partial<ScheduleConfig> = {}) =>
  Array.from({ length: count }, (_, k) => schedule({ name: `tenant-${k}`, ...fields }));

const fn = (template: Template, id: string) => template.resource("aws_lambda_function", id);
const variables = (template: Template, id: string) =>
  (fn(template, id).environment as { variables: Record<string, string> }).variables;
const allowed = (template: Template, id: string) =>
  statements(template.resource("aws_iam_role_policy", id).policy).map(({ Action, Resource }) => [Action, Resource]);

test("one rule fires the planner once a minute", () => {
  const template = synthesizeSchedules(schedule());
  expect(template.resource("aws_cloudwatch_event_rule")).toMatchObject({
    name: "metronome-dev-planner",
    schedule_expression: "rate(1 minute)",
  });
  expect(template.resource("aws_cloudwatch_event_target").arn).toMatch(/^\$\{aws_lambda_function\.planner_function_/);
  expect(template.resource("aws_lambda_permission")).toMatchObject({ principal: "events.amazonaws.com" });
});

test("the queue encrypts, takes TLS only, gives a pacer its message for as long as it may run, and failed bursts to the failure queue", () => {
  const template = synthesizeSchedules(schedule());
  const queue = template.resource("aws_sqs_queue", "bursts");
  expect(queue).toMatchObject({
    name: "metronome-dev-bursts",
    sqs_managed_sse_enabled: true,
    message_retention_seconds: 1_200,
  });
  expect(queue.visibility_timeout_seconds).toBe(fn(template, "pacer").timeout);
  expect(statements(queue.policy)).toEqual([expect.objectContaining({ Sid: "TlsOnly", Effect: "Deny" })]);
  const redrive = JSON.parse(String(queue.redrive_policy));
  expect(redrive.maxReceiveCount).toBe(5);
  expect(redrive.deadLetterTargetArn).toMatch(/^\$\{aws_sqs_queue\.failures_queue_/);
});

test("a pacer gets one burst at a time, and as many pacers are allowed as the schedules need twice over, 5 to 1000", () => {
  const mapping = (...schedules: ScheduleConfig[]) =>
    synthesizeClock(environmentWith(schedules, { monitoring: { metrics: false } })).resource(
      "aws_lambda_event_source_mapping",
    );
  expect(mapping(schedule())).toMatchObject({ batch_size: 1, event_source_arn: QUEUE_ARN });
  const most = (...schedules: ScheduleConfig[]) =>
    (mapping(...schedules).scaling_config as { maximum_concurrency: number }).maximum_concurrency;
  expect(most(schedule())).toBe(5);
  // 13 dispatches a pacer: 8 pacers for 100, as many that wait for the next burst, and all of it twice.
  expect(most(...many(100))).toBe(32);
  expect(most(...many(3_500))).toBe(1_000);
});

test("each function may do what it does, on its own resources alone", () => {
  const template = synthesizeSchedules(schedule({ targets: [FUNCTION, TOPIC, QUEUE] }));
  expect(allowed(template, "planner")).toEqual([
    [["logs:CreateLogStream", "logs:PutLogEvents"], expect.anything()],
    [["sqs:SendMessage"], [expect.stringMatching(/failures/)].map(() => expect.anything())],
    [["sqs:SendMessage"], [QUEUE_ARN]],
    [["dynamodb:GetItem", "dynamodb:PutItem"], [LEDGER_ARN]],
  ]);
  expect(allowed(template, "pacer")).toEqual([
    [["logs:CreateLogStream", "logs:PutLogEvents"], expect.anything()],
    [["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], [QUEUE_ARN]],
    [["lambda:InvokeFunction"], [FUNCTION]],
    [["sns:Publish", "sns:GetTopicAttributes"], [TOPIC]],
    [["sqs:SendMessage", "sqs:GetQueueUrl"], [QUEUE]],
    [["dynamodb:GetItem"], [LEDGER_ARN]],
    [["dynamodb:PutItem"], [LEDGER_ARN]],
  ]);
});

test("the planner knows the queue and who consumes it; the pacer's memory says how many dispatches it serves", () => {
  const of = (pacerMemory?: number) =>
    synthesizeClock(environmentWith([schedule()], { strategy: { kind: "sqs-delay", pacerMemory, horizon: 5 } }));
  expect(variables(of(), "planner")).toMatchObject({
    HORIZON: "5",
    MOST_AT_ONCE: "13",
    ROLE: "serving",
    QUEUE_URL: expect.stringMatching(/^\$\{aws_sqs_queue\.bursts_queue_\w+\.url\}$/),
    CONSUMER: expect.stringMatching(/^\$\{aws_lambda_event_source_mapping\.bursts-to-pacer\.uuid\}$/),
  });
  expect(fn(of(), "pacer").memory_size).toBe(256);
  const serves = [128, 512, 1_769, 10_240].map((memory) => variables(of(memory), "planner").MOST_AT_ONCE);
  expect(serves).toEqual(["6", "26", "92", "92"]);
});

test("the resources do not grow with the schedules", () => {
  const addresses = (count: number) =>
    synthesizeClock(environmentWith(many(count), { monitoring: { metrics: false } })).addresses().length;
  expect(addresses(1_000)).toBe(addresses(1));
});

test("so many schedules at one instant that no number of pacers serves them are refused, with what to do", () => {
  expect(problemsOf({ dev: environmentWith(many(6_600), { monitoring: { metrics: false } }) })).toEqual([
    expect.stringMatching(
      /^dev\.schedules: .* would need 1016 pacers at once, each for 13 dispatches at one instant, and Lambda allows 1000 for a queue\. Give them other phases, write pacerMemory: 1769, or divide them among several environments\.$/,
    ),
  ]);
});
