import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { SfnStateMachine } from "@cdktf/provider-aws/lib/sfn-state-machine";
import { Construct } from "constructs";
import { ScheduledRule } from "../../constructs/scheduled-rule";
import { ServiceRole } from "../../constructs/service-role";
import { terraformLiteral } from "../../constructs/terraform-literal";
import { asciiJson } from "../json-text";
import { DELIVER_LOGS, MACHINE_LOGS, TRACE_EXECUTIONS, WRITE_LOG } from "./access";
import { type LoopDefinitionProps, loopDefinition } from "./loop-definition";

export interface LoopClockProps extends LoopDefinitionProps {
  /** Physical name of the state machine, its role and its rule. */
  readonly name: string;
  /** Physical name of the role in which the rule starts the machine. */
  readonly ruleRoleName: string;
  readonly account: string;
  /** ARNs made of names: a role's trust names them before they exist, and no role waits for them. */
  readonly machineArn: string;
  readonly ruleArn: string;
  /** Whether X-Ray traces the executions. */
  readonly tracing: boolean;
  /**
   * ARNs of the functions that the machine invokes, made of their names: its role need not wait for them. What IAM
   * grants takes some seconds to be in force everywhere, and the functions take longer to create.
   */
  readonly functionArns: readonly string[];
  readonly machineType: "STANDARD" | "EXPRESS";
  readonly failureQueueArn: string;
  readonly logRetentionDays: number;
  /** ARN of the KMS key of the log group. @default CloudWatch Logs' own encryption */
  readonly logKeyArn?: string;
}

/** Minutes in which a machine without runs is deleted: the provider's default for all of it. */
const DELETED_WITHIN_MINUTES = 5;

/** One schedule on the Step Functions loop: the state machine, and the rule that starts it once a minute. */
export class LoopClock extends Construct {
  constructor(scope: Construct, id: string, props: LoopClockProps) {
    super(scope, id);
    const schedule = { ...props.schedule, payload: terraformLiteral(props.schedule.payload) };
    // A Standard machine keeps each run's history; of an Express run that fails, the log is all there is.
    const log = props.machineType === "EXPRESS" ? this.createLog(props) : undefined;
    const role = new ServiceRole(this, "machine-role", {
      name: props.name,
      service: "states.amazonaws.com",
      taker: { account: props.account, arn: props.machineArn },
      allow: [
        { actions: ["lambda:InvokeFunction"], resources: props.functionArns },
        ...(props.tracing ? [{ actions: TRACE_EXECUTIONS, resources: ["*"] }] : []),
        ...(log
          ? [
              { actions: DELIVER_LOGS, resources: ["*"] },
              { actions: WRITE_LOG, resources: [`${log.arn}:*`] },
            ]
          : []),
      ],
    });
    const start = new ServiceRole(this, "rule-role", {
      name: props.ruleRoleName,
      service: "events.amazonaws.com",
      taker: { account: props.account, arn: props.ruleArn },
      allow: [{ actions: ["states:StartExecution"], resources: [props.machineArn] }],
    });
    const machine = new SfnStateMachine(this, "machine", {
      name: props.name,
      type: props.machineType,
      roleArn: role.arn,
      definition: asciiJson(JSON.stringify(loopDefinition({ ...props, schedule }), null, 2)),
      // Also if it is off: Terraform leaves the setting as it is if the block is absent.
      tracingConfiguration: { enabled: props.tracing },
      loggingConfiguration: log && {
        level: "ERROR",
        includeExecutionData: false,
        logDestination: `${log.arn}:*`,
      },
      // Deleting it waits for its runs, which end at their next transition: at the latest with their last minute.
      timeouts: log ? undefined : { delete: `${props.schedule.horizon + DELETED_WITHIN_MINUTES}m` },
      dependsOn: [...role.policies],
    });
    const rule = new ScheduledRule(this, "minute-rule", {
      name: props.name,
      description: `Starts a run of ${props.schedule.name} once a minute`,
      expression: "rate(1 minute)",
      targetArn: machine.arn,
      roleArn: start.arn,
      failureQueueArn: props.failureQueueArn,
    });
    rule.startAfter(...start.policies);
  }

  private createLog(props: LoopClockProps): CloudwatchLogGroup {
    return new CloudwatchLogGroup(this, "log-group", {
      name: `${MACHINE_LOGS}${props.name}`,
      retentionInDays: props.logRetentionDays,
      kmsKeyId: props.logKeyArn,
    });
  }
}
