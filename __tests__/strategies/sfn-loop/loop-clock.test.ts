import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { SfnStateMachine } from "@cdktf/provider-aws/lib/sfn-state-machine";
import type { LoopSchedule } from "../../../functions/iterator/iterate";
import { DELIVER_LOGS, TRACE_EXECUTIONS } from "../../../strategies/sfn-loop/access";
import { LoopClock, type LoopClockProps } from "../../../strategies/sfn-loop/loop-clock";
import { loopDefinition } from "../../../strategies/sfn-loop/loop-definition";
import { statements, synthesizeStack } from "../../template";

const ITERATOR = "arn:aws:lambda:eu-central-1:111111111111:function:metronome-dev-iterator";
const CHECK = "arn:aws:lambda:eu-central-1:111111111111:function:metronome-dev-duplicate-check";
const MACHINE = "arn:aws:states:eu-central-1:111111111111:stateMachine:metronome-dev-loop-heartbeat";
const QUEUE = "arn:aws:sqs:eu-central-1:111111111111:metronome-dev-failures";

const RULE = "arn:aws:events:eu-central-1:111111111111:rule/metronome-dev-loop-heartbeat";

const SCHEDULE: LoopSchedule = {
  name: "heartbeat",
  strategy: "sfn-loop",
  intervalMs: 10_000,
  phaseMs: 0,
  catchUpMs: 10_000,
  payload: { greeting: "tick" },
  pacing: "clock",
  horizon: 3,
  overdue: "skip",
  targets: [ITERATOR],
  claimScope: "STANDARD#heartbeat",
};

const synthesizeLoop = (props: Partial<LoopClockProps> = {}) =>
  synthesizeStack((scope) => {
    new LoopClock(scope, "loop-heartbeat", {
      name: "metronome-dev-loop-heartbeat",
      ruleRoleName: "metronome-dev-rule-heartbeat",
      account: "111111111111",
      machineArn: MACHINE,
      ruleArn: RULE,
      tracing: false,
      functionArns: [ITERATOR],
      schedule: SCHEDULE,
      machineType: "STANDARD",
      iteratorArn: ITERATOR,
      failureQueueArn: QUEUE,
      logRetentionDays: 7,
      ...props,
    });
  });

const MACHINE_ARN = expect.stringMatching(/^\$\{aws_sfn_state_machine\.loop-heartbeat_machine_\w+\.(arn|id)\}$/);

test("the machine runs the loop's definition", () => {
  const template = synthesizeLoop();
  expect(template.text).toHaveResourceWithProperties(SfnStateMachine, {
    name: "metronome-dev-loop-heartbeat",
    type: "STANDARD",
  });
  const { definition } = template.resource("aws_sfn_state_machine");
  expect(JSON.parse(String(definition))).toEqual(loopDefinition({ iteratorArn: ITERATOR, schedule: SCHEDULE }));
});

test("what Terraform would take for an expression stays text in the definition", () => {
  const payload = { text: "$" + "{not_a_reference} %" + "{if}" };
  const template = synthesizeLoop({ schedule: { ...SCHEDULE, payload } });
  const definition = String(template.resource("aws_sfn_state_machine").definition);
  expect(definition.replace(/\$\$\{|%%\{/g, " ")).not.toMatch(/[$%]\{/);
  expect(JSON.parse(definition.replace(/([$%])\1\{/g, "$1{"))).toEqual(
    loopDefinition({ iteratorArn: ITERATOR, schedule: { ...SCHEDULE, payload } }),
  );
});

test("its role is taken for this machine alone, and may invoke the Iterator alone", () => {
  const template = synthesizeLoop();
  const role = template.resource("aws_iam_role", "loop-heartbeat_machine-role");
  expect(role.name).toBe("metronome-dev-loop-heartbeat");
  expect(statements(role.assume_role_policy)).toEqual([
    expect.objectContaining({
      Principal: { Service: "states.amazonaws.com" },
      Condition: { StringEquals: { "aws:SourceAccount": "111111111111" }, ArnLike: { "aws:SourceArn": MACHINE } },
    }),
  ]);
  const { policy } = template.resource("aws_iam_role_policy", "loop-heartbeat_machine-role");
  expect(statements(policy)).toEqual([{ Effect: "Allow", Action: ["lambda:InvokeFunction"], Resource: [ITERATOR] }]);
});

test("with a duplicate check it may invoke that function too", () => {
  const template = synthesizeLoop({ duplicateCheckArn: CHECK, functionArns: [ITERATOR, CHECK] });
  const { policy } = template.resource("aws_iam_role_policy", "loop-heartbeat_machine-role");
  expect(statements(policy)).toEqual([
    { Effect: "Allow", Action: ["lambda:InvokeFunction"], Resource: [ITERATOR, CHECK] },
  ]);
  expect(String(template.resource("aws_sfn_state_machine").definition)).toContain('"StartAt": "CheckRunning"');
});

test("the machine waits for its role's policy", () => {
  const template = synthesizeLoop();
  expect(template.resource("aws_sfn_state_machine").depends_on).toEqual([
    expect.stringMatching(/^aws_iam_role_policy\.loop-heartbeat_machine-role_policy_/),
  ]);
});

test("a rule starts it once a minute, in a role that this rule alone takes, and that may start this machine and no other", () => {
  const template = synthesizeLoop();
  expect(template.resource("aws_cloudwatch_event_rule")).toEqual(
    expect.objectContaining({ name: "metronome-dev-loop-heartbeat", schedule_expression: "rate(1 minute)" }),
  );
  expect(template.resource("aws_cloudwatch_event_target")).toEqual(
    expect.objectContaining({
      arn: MACHINE_ARN,
      role_arn: expect.stringMatching(/^\$\{aws_iam_role\.loop-heartbeat_rule-role_\w+\.arn\}$/),
      dead_letter_config: { arn: QUEUE },
    }),
  );
  const role = template.resource("aws_iam_role", "loop-heartbeat_rule-role");
  expect(role.name).toBe("metronome-dev-rule-heartbeat");
  expect(statements(role.assume_role_policy)).toEqual([
    expect.objectContaining({
      Principal: { Service: "events.amazonaws.com" },
      Condition: { StringEquals: { "aws:SourceAccount": "111111111111" }, ArnLike: { "aws:SourceArn": RULE } },
    }),
  ]);
  const { policy } = template.resource("aws_iam_role_policy", "loop-heartbeat_rule-role");
  expect(statements(policy)).toEqual([{ Effect: "Allow", Action: ["states:StartExecution"], Resource: [MACHINE] }]);
});

test.each([1, 4, 10])("deleting a Standard machine with a horizon of %d waits for the last of its runs", (horizon) => {
  const { timeouts } = synthesizeLoop({ schedule: { ...SCHEDULE, horizon } }).resource("aws_sfn_state_machine");
  expect(timeouts).toEqual({ delete: `${horizon + 5}m` });
});

test("an Express machine is deleted within about a minute, whatever still runs", () => {
  expect(synthesizeLoop({ machineType: "EXPRESS" }).resource("aws_sfn_state_machine")).not.toHaveProperty("timeouts");
});

test("tracing is on or off in so many words, and its role may trace if it is on", () => {
  const traced = synthesizeLoop({ tracing: true });
  const own = (template: ReturnType<typeof synthesizeLoop>) =>
    statements(template.resource("aws_iam_role_policy", "loop-heartbeat_machine-role").policy).slice(1);
  expect(traced.resource("aws_sfn_state_machine").tracing_configuration).toEqual({ enabled: true });
  expect(own(traced)).toEqual([{ Effect: "Allow", Action: TRACE_EXECUTIONS, Resource: ["*"] }]);
  const untraced = synthesizeLoop();
  expect(untraced.resource("aws_sfn_state_machine").tracing_configuration).toEqual({ enabled: false });
  expect(own(untraced)).toEqual([]);
});

test("a Standard machine keeps its history and has no log", () => {
  const template = synthesizeLoop();
  expect(template.text).not.toHaveResource(CloudwatchLogGroup);
  expect(template.resource("aws_sfn_state_machine")).not.toHaveProperty("logging_configuration");
});

test("an Express machine logs its failures, with a retention and without the ticks' data", () => {
  const template = synthesizeLoop({ machineType: "EXPRESS" });
  expect(template.resource("aws_sfn_state_machine").type).toBe("EXPRESS");
  expect(template.text).toHaveResourceWithProperties(CloudwatchLogGroup, {
    name: "/aws/vendedlogs/states/metronome-dev-loop-heartbeat",
    retention_in_days: 7,
  });
  const [group] = Object.keys(template.resources("aws_cloudwatch_log_group"));
  expect(template.resource("aws_sfn_state_machine").logging_configuration).toEqual({
    level: "ERROR",
    include_execution_data: false,
    log_destination: `\${aws_cloudwatch_log_group.${group}.arn}:*`,
  });
});

test("its role may also set up the delivery of its log, by actions that take no resource, and write to it", () => {
  const template = synthesizeLoop({ machineType: "EXPRESS" });
  const [group] = Object.keys(template.resources("aws_cloudwatch_log_group"));
  const [invoke, deliver, write, ...others] = statements(
    template.resource("aws_iam_role_policy", "loop-heartbeat_machine-role").policy,
  );
  expect(others).toEqual([]);
  expect(invoke).toEqual({ Effect: "Allow", Action: ["lambda:InvokeFunction"], Resource: [ITERATOR] });
  expect(deliver).toEqual({ Effect: "Allow", Action: DELIVER_LOGS, Resource: ["*"] });
  expect(write).toEqual({
    Effect: "Allow",
    Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
    Resource: [`\${aws_cloudwatch_log_group.${group}.arn}:*`],
  });
});
