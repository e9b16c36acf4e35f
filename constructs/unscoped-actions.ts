import type { Allow } from "./policy";

/** What X-Ray takes traces by; none of these actions knows a resource. */
export const WRITE_TRACES: Allow = {
  actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
  resources: ["*"],
};

/** What Step Functions needs to set up the delivery of its log; none of these actions knows a resource. */
export const DELIVER_LOGS: Allow = {
  actions: [
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
  ],
  resources: ["*"],
};
