import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { describeClock, isTraced, pauseOf } from "../config/describe-clock";
import { monitoringSettings } from "../config/monitoring";
import type { EnvironmentConfig, ScheduleConfig } from "../config/types";
import { boundaryArn, useBoundary } from "../constructs/access/permissions-boundary";
import { BundledFunction, type FunctionSettings } from "../constructs/bundled-function";
import { FailureQueue } from "../constructs/failure-queue";
import { physicalName } from "../constructs/naming";
import { useArchive, useAws, useRemoteState } from "../constructs/terraform-settings";
import { TickLedger } from "../constructs/tick-ledger";
import { arn } from "../schedule/arn";
import { clockOutput } from "../strategies/clock-output";

/** What a stack that puts a clock into an environment is given. */
export interface ClockStackProps extends EnvironmentConfig {
  /** The environment's name: part of every physical name, and never looked at. */
  readonly environment: string;
}

/**
 * What a clock is there for: `serving` on its own or as the new one of a handover, or `retiring` beside the one that
 * takes over, standing by for the ticks that the other does not claim.
 */
export type ClockRole = "serving" | "retiring";

/** What a clock runs on, by the roles in their physical names: so it can be watched. */
export interface ClockResources {
  /** The functions that plan and dispatch. */
  readonly functions: readonly string[];
  /** Its other functions, which get the ticks. */
  readonly targets: readonly string[];
  readonly machines: readonly string[];
}

/** What the dispatch to a topic takes: to publish, and to ask for something small first, so that the connection is open. */
export const TOPIC_ACTIONS = ["sns:Publish", "sns:GetTopicAttributes"] as const;

/** Runtime of all functions, unless the environment says otherwise. */
const DEFAULT_RUNTIME = "nodejs24.x";
/** Days that logs are kept, unless the environment says otherwise. */
const DEFAULT_LOG_RETENTION_DAYS = 30;

/**
 * An environment's stack before a clock is added to it: what all clocks share, and what a change of strategy keeps.
 * Providers, state, the ledger, the queue for failures, the sample function for schedules that name no target, and a
 * description of the clock for whoever reads the state (the output `clock`).
 */
export class ClockStack extends TerraformStack {
  readonly functionSettings: FunctionSettings;
  /** Environment variables of a function that records metrics; none where the environment has no metrics. */
  readonly metricsVariables: Readonly<Record<string, string>>;
  readonly ledger: TickLedger;
  readonly failures: FailureQueue;
  private readonly sampleTarget: BundledFunction | undefined;

  constructor(
    scope: Construct,
    id: string,
    readonly props: ClockStackProps,
  ) {
    super(scope, id);
    useAws(this, props);
    useRemoteState(this, props);
    useArchive(this);
    if (props.ci) useBoundary(this, boundaryArn(props));
    this.functionSettings = {
      runtime: props.runtime ?? DEFAULT_RUNTIME,
      logRetentionDays: props.logRetentionDays ?? DEFAULT_LOG_RETENTION_DAYS,
      tracing: isTraced(props),
    };
    this.metricsVariables = monitoringSettings(props).metrics ? { METRICS_ENVIRONMENT: props.environment } : {};
    this.ledger = new TickLedger(this, "ledger", { name: this.physicalName("ledger") });
    this.failures = new FailureQueue(this, "failures", {
      name: this.physicalName("failures"),
      senders: [
        { service: "events.amazonaws.com", arnPattern: this.arnOf("events", `rule/${this.physicalName("*")}`) },
        { service: "sns.amazonaws.com", arnPattern: this.arnOf("sns", this.physicalName("*")) },
      ],
    });
    this.sampleTarget = props.schedules.some(({ targets }) => !targets) ? this.createSampleTarget() : undefined;
    new TerraformOutput(this, "clock", {
      description: "What is deployed, in the words of the configuration: plans and reports read it",
      // As text: cdktf's outputs take no null.
      value: clockOutput(describeClock(props.environment, props)),
    });
  }

  /** The physical name of a role in this environment. */
  physicalName(role: string): string {
    return physicalName(this.props.environment, role);
  }

  /** The ARN of a resource in this environment's account and region. */
  arnOf(service: string, resource: string): string {
    return arn(service, this.props.region, this.props.account, resource);
  }

  /** The ARNs a schedule's ticks go to: its targets, or the sample function. */
  targetsOf(schedule: ScheduleConfig): readonly string[] {
    return schedule.targets ?? (this.sampleTarget ? [this.sampleTarget.arn] : []);
  }

  /** Whether some schedule names no target, so that the sample function gets its ticks. */
  get hasSampleTarget(): boolean {
    return this.sampleTarget !== undefined;
  }

  /** Whether a schedule is paused, by itself or with all others. */
  isPaused(schedule: ScheduleConfig): boolean {
    return pauseOf(this.props, schedule) !== null;
  }

  private createSampleTarget(): BundledFunction {
    return new BundledFunction(this, "sample-target", {
      ...this.functionSettings,
      source: "sample-target",
      name: this.physicalName("sample-target"),
      description: "Runs for 1 to 3 s at random and does nothing else",
      timeout: 10,
      memory: 128,
      environment: this.metricsVariables,
      failureQueueArn: this.failures.arn,
    });
  }
}
