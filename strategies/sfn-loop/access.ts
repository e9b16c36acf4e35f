import type { Access } from "../strategy";

/** The path of the machines' log groups. It keeps the account's log resource policy from growing with every machine. */
export const MACHINE_LOGS = "/aws/vendedlogs/states/";

/**
 * What Step Functions needs to set up the delivery of its log; none of these actions knows a resource. AWS asks for
 * {@link WRITE_LOG} besides (Step Functions guide, "Using CloudWatch Logs to log execution history").
 */
export const DELIVER_LOGS = [
  "logs:CreateLogDelivery",
  "logs:GetLogDelivery",
  "logs:UpdateLogDelivery",
  "logs:DeleteLogDelivery",
  "logs:ListLogDeliveries",
  "logs:PutResourcePolicy",
  "logs:DescribeResourcePolicies",
  "logs:DescribeLogGroups",
] as const;

/** What a state machine traces its executions by (Step Functions Developer Guide, "IAM policies for X-Ray"); none knows a resource. */
export const TRACE_EXECUTIONS = [
  "xray:PutTraceSegments",
  "xray:PutTelemetryRecords",
  "xray:GetSamplingRules",
  "xray:GetSamplingTargets",
] as const;
/** What Step Functions needs to write a log, on its log group. */
export const WRITE_LOG = ["logs:CreateLogStream", "logs:PutLogEvents"] as const;

const machines = { service: "states", before: "stateMachine:" } as const;
const machineLogs = { service: "logs", before: `log-group:${MACHINE_LOGS}` } as const;

/** State machines, their logs, and the roles by which rules start them. */
export const access: Access = {
  plan: [
    {
      actions: ["states:DescribeStateMachine", "states:ListStateMachineVersions", "states:ListTagsForResource"],
      resource: machines,
    },
    { actions: ["logs:ListTagsForResource"], resource: machineLogs },
    { actions: ["states:ValidateStateMachineDefinition"], resource: "*" },
  ],
  deploy: [
    {
      actions: [
        "states:CreateStateMachine",
        "states:DeleteStateMachine",
        "states:TagResource",
        "states:UntagResource",
        "states:UpdateStateMachine",
      ],
      resource: machines,
    },
    {
      actions: [
        "logs:AssociateKmsKey",
        "logs:CreateLogGroup",
        "logs:DeleteLogGroup",
        "logs:DisassociateKmsKey",
        "logs:PutRetentionPolicy",
        "logs:TagResource",
        "logs:UntagResource",
      ],
      resource: machineLogs,
    },
  ],
  boundary: [
    { actions: ["states:StartExecution", "states:ListExecutions"], resource: machines },
    { actions: DELIVER_LOGS, resource: "*" },
    { actions: TRACE_EXECUTIONS, resource: "*" },
    { actions: WRITE_LOG, resource: machineLogs },
  ],
  callers: [],
  subscribesTargets: false,
  roleTakers: ["events.amazonaws.com", "states.amazonaws.com"],
};
