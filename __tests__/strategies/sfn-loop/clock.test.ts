import type { EnvironmentConfig, StrategyConfig } from "../../../config/schema";
import { environment, FIFO_QUEUE, FUNCTION, FUNCTION_ALIAS, QUEUE, schedule, TOPIC } from "../../config/examples";
import { synthesizeClock } from "../../synthesis";
import { statements, type Template } from "../../template";

const synthesizeLoop = (
  strategy: Partial<Extract<StrategyConfig, { kind: "sfn-loop" }>> = {},
  fields: Partial<EnvironmentConfig> = {},
) => synthesizeClock(environment({ strategy: { kind: "sfn-loop", ...strategy }, ...fields }));

interface Definition {
  readonly StartAt: string;
  readonly States: { readonly Iterator: { readonly Parameters: { readonly schedule: Record<string, unknown> } } };
}

const definitionOf = (template: Template, loop = "loop-heartbeat"): Definition =>
  JSON.parse(String(template.resource("aws_sfn_state_machine", loop).definition)) as Definition;

const scheduleOf = (template: Template, loop?: string) =>
  definitionOf(template, loop).States.Iterator.Parameters.schedule;

const WRITE_LOG = expect.objectContaining({ Action: ["logs:CreateLogStream", "logs:PutLogEvents"] });
const TRACE = expect.objectContaining({ Resource: ["*"] });
const LEDGER_ARN = expect.stringMatching(/^\$\{aws_dynamodb_table\.ledger_table_\w+\.arn\}$/);
const SAMPLE_ARN = expect.stringMatching(/^\$\{aws_lambda_function\.sample-target_function_\w+\.arn\}$/);

test("by default: a Standard machine, clock pacing, a horizon of 4, no duplicate check", () => {
  const template = synthesizeLoop();
  expect(template.resource("aws_sfn_state_machine").type).toBe("STANDARD");
  expect(definitionOf(template).StartAt).toBe("ConfigureCount");
  expect(scheduleOf(template)).toEqual({
    name: "heartbeat",
    strategy: "sfn-loop",
    intervalMs: 60_000,
    phaseMs: 0,
    catchUpMs: 60_000,
    payload: "{}",
    pacing: "clock",
    horizon: 4,
    overdue: "skip",
    targets: [SAMPLE_ARN],
    claimScope: "STANDARD#heartbeat",
  });
  expect(template.resource("aws_lambda_function", "iterator").memory_size).toBe(256);
});

test("relative pacing has the article's memory and, by default, its duplicate check", () => {
  const template = synthesizeLoop({ pacing: "relative" });
  expect(template.resource("aws_lambda_function", "iterator").memory_size).toBe(1_024);
  expect(definitionOf(template).StartAt).toBe("CheckRunning");
  expect(
    synthesizeLoop({ pacing: "relative", iteratorMemory: 512 }).resource("aws_lambda_function", "iterator"),
  ).toEqual(expect.objectContaining({ memory_size: 512 }));
});

test("the duplicate check may list executions of this environment's machines, and no more", () => {
  const schedules = [schedule(), schedule({ name: "report" })];
  const template = synthesizeLoop({ pacing: "relative" }, { schedules });
  const machine = "arn:aws:states:eu-central-1:111111111111:stateMachine:metronome-dev-loop";
  expect(statements(template.resource("aws_iam_role_policy", "duplicate-check").policy)).toEqual([
    WRITE_LOG,
    TRACE,
    { Effect: "Allow", Action: ["states:ListExecutions"], Resource: [`${machine}-heartbeat`, `${machine}-report`] },
  ]);
});

test("without the check there is no such function", () => {
  const { text } = synthesizeLoop({ pacing: "relative", duplicateCheck: false });
  expect(text).not.toMatch(/duplicate-check|CheckRunning/);
});

test("the Iterator may dispatch to its schedules' targets, claim in the ledger, and no more", () => {
  const schedules = [
    schedule(),
    schedule({ name: "report", targets: [TOPIC, FUNCTION_ALIAS] }),
    schedule({ name: "sync", targets: [QUEUE, FUNCTION, TOPIC, FIFO_QUEUE] }),
  ];
  const template = synthesizeLoop({}, { schedules, tracing: false });
  expect(statements(template.resource("aws_iam_role_policy", "iterator").policy)).toEqual([
    WRITE_LOG,
    { Effect: "Allow", Action: ["lambda:InvokeFunction"], Resource: [SAMPLE_ARN, FUNCTION_ALIAS, FUNCTION] },
    { Effect: "Allow", Action: ["sns:Publish", "sns:GetTopicAttributes"], Resource: [TOPIC] },
    { Effect: "Allow", Action: ["sqs:SendMessage", "sqs:GetQueueUrl"], Resource: [QUEUE, FIFO_QUEUE] },
    {
      Effect: "Allow",
      Action: ["dynamodb:GetItem"],
      Resource: [LEDGER_ARN],
      Condition: {
        "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["pauses"] },
        Null: { "dynamodb:LeadingKeys": "false" },
      },
    },
    { Effect: "Allow", Action: ["dynamodb:PutItem"], Resource: [LEDGER_ARN] },
  ]);
  const { environment: variables } = template.resource("aws_lambda_function", "iterator");
  expect(variables).toEqual({
    variables: {
      POWERTOOLS_SERVICE_NAME: "iterator",
      ROLE: "serving",
      PAUSED: "[]",
      METRICS_ENVIRONMENT: "dev",
      METRICS_OF: "total",
      LEDGER_TABLE: expect.stringMatching(/^\$\{aws_dynamodb_table\.ledger_table_\w+\.name\}$/),
    },
  });
});

test("it may do nothing that it does not do: no publishing without topics, no claims under relative pacing", () => {
  const actions = (template: Template) =>
    statements(template.resource("aws_iam_role_policy", "iterator").policy).flatMap(({ Action }) => Action);
  expect(actions(synthesizeLoop())).not.toContain("sns:Publish");
  const topicOnly = synthesizeLoop({}, { schedules: [schedule({ targets: [TOPIC] })] });
  expect(actions(topicOnly)).not.toContain("lambda:InvokeFunction");
  expect(actions(topicOnly)).not.toContain("sqs:SendMessage");
  expect(actions(synthesizeLoop({ pacing: "relative" }))).not.toContain("dynamodb:PutItem");
});

test("the Iterator outlives what it waits for: one second, and the tries of a dispatch", () => {
  expect(synthesizeLoop().resource("aws_lambda_function", "iterator").timeout).toBe(15);
});

test("several schedules: a machine, a rule and two roles each, and one Iterator for all", () => {
  const schedules = [
    schedule({ interval: "10s" }),
    schedule({ name: "report", interval: "90s", phase: "30s", catchUpWindow: "45s", overdue: "latest" }),
  ];
  const template = synthesizeLoop({ machineType: "EXPRESS", horizon: 4 }, { schedules });
  expect(Object.keys(template.resources("aws_sfn_state_machine"))).toHaveLength(2);
  expect(Object.keys(template.resources("aws_cloudwatch_event_rule"))).toHaveLength(2);
  expect(Object.keys(template.resources("aws_lambda_function"))).toHaveLength(2);
  expect(scheduleOf(template, "express-loop-report")).toEqual(
    expect.objectContaining({
      intervalMs: 90_000,
      phaseMs: 30_000,
      catchUpMs: 45_000,
      overdue: "latest",
      horizon: 4,
      claimScope: "EXPRESS#report",
    }),
  );
  for (const { name } of schedules) {
    const machine = template.resource("aws_sfn_state_machine", `express-loop-${name}`);
    expect(machine).toEqual(expect.objectContaining({ name: `metronome-dev-express-loop-${name}`, type: "EXPRESS" }));
    expect(machine.logging_configuration).toBeDefined();
    expect(template.resource("aws_cloudwatch_event_rule", `express-loop-${name}`).name).toBe(
      `metronome-dev-express-loop-${name}`,
    );
    expect(template.resource("aws_iam_role", `express-loop-${name}_rule-role`).name).toBe(
      `metronome-dev-express-rule-${name}`,
    );
  }
});

test("a payload reaches the definition as it is", () => {
  const payload = { "a.$": "$.b", deep: ["$" + "{c}", null] };
  const { payload: text } = scheduleOf(synthesizeLoop({}, { schedules: [schedule({ payload })] }));
  expect(JSON.parse(String(text).replace("$$", "$"))).toEqual(payload);
  expect(scheduleOf(synthesizeLoop({}, { schedules: [schedule({ payload: null })] })).payload).toBe("null");
});

test("no rule starts the loop before its role may", () => {
  const { depends_on } = synthesizeLoop().resource("aws_cloudwatch_event_target", "loop-heartbeat");
  expect(depends_on).toEqual([expect.stringMatching(/^aws_iam_role_policy\.loop-heartbeat_rule-role_policy_/)]);
});

// IAM is consistent only after some seconds: what the first firing needs is created before what takes long.
test.each([
  ["STANDARD", {}, ""],
  ["EXPRESS", { machineType: "EXPRESS" }, "express-"],
  ["relative", { pacing: "relative" }, ""],
] as const)("%s: the roles of rule and machine wait for no function and no machine", (_, settings, variant) => {
  const template = synthesizeLoop(settings);
  for (const role of ["rule-role", "machine-role"]) {
    const { policy } = template.resource("aws_iam_role_policy", `${variant}loop-heartbeat_${role}`);
    expect(String(policy)).not.toMatch(/\$\{aws_(lambda_function|sfn_state_machine)/);
  }
});

test("the machine's role may invoke the functions of its clock, by their names", () => {
  const here = "arn:aws:lambda:eu-central-1:111111111111:function:metronome-dev";
  const invoked = (template: Template, variant = "") =>
    statements(template.resource("aws_iam_role_policy", `${variant}loop-heartbeat_machine-role`).policy)[0];
  const names = (template: Template) =>
    Object.values(template.resources("aws_lambda_function")).map(({ function_name }) => function_name);
  const relative = synthesizeLoop({ pacing: "relative" });
  expect(invoked(relative)?.Resource).toEqual([`${here}-iterator`, `${here}-duplicate-check`]);
  expect(names(relative)).toEqual(expect.arrayContaining(["metronome-dev-iterator", "metronome-dev-duplicate-check"]));
  const express = synthesizeLoop({ machineType: "EXPRESS" });
  expect(invoked(express, "express-")?.Resource).toEqual([`${here}-express-iterator`]);
  expect(names(express)).toContain("metronome-dev-express-iterator");
});
