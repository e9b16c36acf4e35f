import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { SfnStateMachine } from "@cdktf/provider-aws/lib/sfn-state-machine";
import { Construct } from "constructs";
import { ScheduledRule } from "../../constructs/scheduled-rule";
import { ServiceRole } from "../../constructs/service-role";
import { terraformLiteral } from "../../constructs/terraform-literal";
import { asciiJson } from "../json-text";
import { DELIVER_LOGS, MACHINE_LOGS, TRACE_EXECUTIONS } from "./access";
import { type LoopDefinitionProps, loopDefinition } from "./loop-definition";

export interface LoopClockProps extends LoopDefinitionProps {
  /** Physical name of the state machine, its role and its rule. */
  readonly name: string;
  /** Physical name of the role in which the rule starts the machine. */
  readonly ruleRoleName: string;
  readonly account: string;
  /** ARNs by name, because a role's trust must name them before they exist. */
  readonly machineArn: string;
  readonly ruleArn: string;
  /** Whether X-Ray traces the executions. */
  readonly tracing: boolean;
  readonly machineType: "STANDARD" | "EXPRESS";
  readonly failureQueueArn: string;
  readonly logRetentionDays: number;
  /** ARN of the KMS key of the log group. @default CloudWatch Logs' own encryption */
  readonly logKeyArn?: string;
}

/** One schedule on the Step Functions loop: the state machine, and the rule that starts it once a minute. */
export class LoopClock extends Construct {
  constructor(scope: Construct, id: string, props: LoopClockProps) {
    super(scope, id);
    const functions = [props.iteratorArn, ...(props.duplicateCheckArn ? [props.duplicateCheckArn] : [])];
    const schedule = { ...props.schedule, payload: terraformLiteral(props.schedule.payload) };
    const express = props.machineType === "EXPRESS";
    const role = new ServiceRole(this, "machine-role", {
      name: props.name,
      service: "states.amazonaws.com",
      taker: { account: props.account, arn: props.machineArn },
      allow: [
        { actions: ["lambda:InvokeFunction"], resources: functions },
        ...(props.tracing ? [{ actions: TRACE_EXECUTIONS, resources: ["*"] }] : []),
        ...(express ? [{ actions: DELIVER_LOGS, resources: ["*"] }] : []),
      ],
    });
    const machine = new SfnStateMachine(this, "machine", {
      name: props.name,
      type: props.machineType,
      roleArn: role.arn,
      definition: asciiJson(JSON.stringify(loopDefinition({ ...props, schedule }), null, 2)),
      // Also if it is off: Terraform leaves the setting as it is if the block is absent.
      tracingConfiguration: { enabled: props.tracing },
      // A Standard machine keeps each run's history; of an Express run that fails, the log is all there is.
      loggingConfiguration: express ? this.failureLog(props) : undefined,
      dependsOn: [role.policy],
    });
    const start = new ServiceRole(this, "rule-role", {
      name: props.ruleRoleName,
      service: "events.amazonaws.com",
      taker: { account: props.account, arn: props.ruleArn },
      allow: [{ actions: ["states:StartExecution"], resources: [machine.arn] }],
    });
    const rule = new ScheduledRule(this, "minute-rule", {
      name: props.name,
      description: `Starts a run of ${props.schedule.name} once a minute`,
      expression: "rate(1 minute)",
      targetArn: machine.arn,
      roleArn: start.arn,
      failureQueueArn: props.failureQueueArn,
    });
    rule.startAfter(start.policy);
  }

  private failureLog(props: LoopClockProps) {
    const group = new CloudwatchLogGroup(this, "log-group", {
      name: `${MACHINE_LOGS}${props.name}`,
      retentionInDays: props.logRetentionDays,
      kmsKeyId: props.logKeyArn,
    });
    return { level: "ERROR", includeExecutionData: false, logDestination: `${group.arn}:*` };
  }
}
