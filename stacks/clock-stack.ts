import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { EnvironmentConfig, ScheduleConfig } from "../config/types";
import { BundledFunction, type FunctionSettings } from "../constructs/bundled-function";
import { FailureQueue } from "../constructs/failure-queue";
import { physicalName } from "../constructs/naming";
import { useArchive, useAws, useRemoteState } from "../constructs/terraform-settings";
import { TickLedger } from "../constructs/tick-ledger";
import { arn } from "../schedule/arn";
import { tracedForFree } from "../schedule/tracing";

/** What a stack that puts a clock into an environment is given. */
export interface ClockStackProps extends Omit<EnvironmentConfig, "strategy"> {
  /** The environment's name: part of every physical name, and never looked at. */
  readonly environment: string;
}

/** What the dispatch to a topic takes: to publish, and to ask for something small first, so that the connection is open. */
export const TOPIC_ACTIONS = ["sns:Publish", "sns:GetTopicAttributes"] as const;

/** Runtime of all functions, unless the environment says otherwise. */
const DEFAULT_RUNTIME = "nodejs24.x";
/** Days that logs are kept, unless the environment says otherwise. */
const DEFAULT_LOG_RETENTION_DAYS = 30;

/**
 * What every strategy's stack has, under the same construct ids, so that a change of strategy keeps it: providers,
 * state, the ledger, the queue for failures, and the sample function for schedules that name no target.
 */
export abstract class ClockStack extends TerraformStack {
  protected readonly functionSettings: FunctionSettings;
  protected readonly ledger: TickLedger;
  protected readonly failures: FailureQueue;
  private readonly sampleTarget: BundledFunction | undefined;

  constructor(
    scope: Construct,
    id: string,
    protected readonly props: ClockStackProps,
  ) {
    super(scope, id);
    useAws(this, props);
    useRemoteState(this, props);
    useArchive(this);
    this.functionSettings = {
      runtime: props.runtime ?? DEFAULT_RUNTIME,
      logRetentionDays: props.logRetentionDays ?? DEFAULT_LOG_RETENTION_DAYS,
      tracing: props.tracing ?? tracedForFree(props.schedules.map(({ interval }) => interval)),
    };
    this.ledger = new TickLedger(this, "ledger", { name: this.physicalName("ledger") });
    this.failures = new FailureQueue(this, "failures", {
      name: this.physicalName("failures"),
      senders: [
        { service: "events.amazonaws.com", arnPattern: this.arnOf("events", `rule/${this.physicalName("*")}`) },
        { service: "sns.amazonaws.com", arnPattern: this.arnOf("sns", this.physicalName("*")) },
      ],
    });
    this.sampleTarget = props.schedules.some(({ targets }) => !targets) ? this.createSampleTarget() : undefined;
  }

  /** The physical name of a role in this environment. */
  protected physicalName(role: string): string {
    return physicalName(this.props.environment, role);
  }

  /** The ARN of a resource in this environment's account and region. */
  protected arnOf(service: string, resource: string): string {
    return arn(service, this.props.region, this.props.account, resource);
  }

  /** The ARNs a schedule's ticks go to: its targets, or the sample function. */
  protected targetsOf(schedule: ScheduleConfig): readonly string[] {
    return schedule.targets ?? (this.sampleTarget ? [this.sampleTarget.arn] : []);
  }

  private createSampleTarget(): BundledFunction {
    return new BundledFunction(this, "sample-target", {
      ...this.functionSettings,
      source: "sample-target",
      name: this.physicalName("sample-target"),
      description: "Runs for 1 to 3 s at random and does nothing else",
      timeout: 10,
      memory: 128,
      failureQueueArn: this.failures.arn,
    });
  }
}
