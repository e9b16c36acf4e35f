import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { describeClock } from "../config/describe-clock";
import type { Environment } from "../config/environment";
import { boundaryArn, useBoundary } from "../constructs/access/permissions-boundary";
import { arn } from "../constructs/arn";
import { BundledFunction, type FunctionSettings } from "../constructs/bundled-function";
import { FailureQueue } from "../constructs/failure-queue";
import { physicalName } from "../constructs/naming";
import type { Allow } from "../constructs/policy";
import { type EncryptingService, useTargetKeys } from "../constructs/target-access";
import { useArchive, useAws, useRemoteState } from "../constructs/terraform-settings";
import { TickLedger } from "../constructs/tick-ledger";
import type { Schedule } from "../schedule/schedule";
import { isQueue, isTopic } from "../schedule/target";
import type { ClockHost } from "../strategies/clock";
import { clockOutput } from "../strategies/clock-output";

/** The sample function: its source, its id, and its role in its physical name. */
const SAMPLE_TARGET = "sample-target";

/**
 * An environment's stack before a clock is added to it: what all clocks share, and what a change of strategy keeps.
 * Providers, state, the ledger, the queue for failures, the sample function for schedules that name no target, and a
 * description of the clock in the state (the output `clock`), which plans and reports read.
 */
export class ClockStack extends TerraformStack implements ClockHost {
  readonly account: string;
  readonly schedules: readonly Schedule[];
  readonly functionSettings: FunctionSettings;
  readonly reservedConcurrency: number | undefined;
  readonly metricsVariables: Readonly<Record<string, string>>;
  readonly ledger: TickLedger;
  readonly failures: FailureQueue;
  readonly targetKeys: readonly Allow[];
  readonly targetPatterns: readonly string[];
  /** Gets the ticks of schedules that name no target; undefined if each names one. */
  readonly sampleTarget: BundledFunction | undefined;

  constructor(
    scope: Construct,
    id: string,
    readonly props: Environment,
  ) {
    super(scope, id);
    this.account = props.account;
    this.schedules = props.schedules;
    useAws(this, props);
    useRemoteState(this, props);
    useArchive(this);
    if (props.ci) useBoundary(this, boundaryArn(props));
    this.functionSettings = {
      runtime: props.runtime,
      logRetentionDays: props.logRetentionDays,
      tracing: props.tracing,
      logKeyArn: props.encryption?.logs,
      variablesKeyArn: props.encryption?.functions,
    };
    this.reservedConcurrency = props.reservedConcurrency;
    this.targetKeys = useTargetKeys(props.topicKeyArns, props.region, encryptingServices(props.schedules));
    this.targetPatterns = props.targetPatterns;
    const { metrics } = props.monitoring;
    this.metricsVariables = metrics ? { METRICS_ENVIRONMENT: props.environment, METRICS_OF: metrics } : {};
    this.ledger = new TickLedger(this, "ledger", { name: this.physicalName("ledger") });
    this.failures = new FailureQueue(this, "failures", {
      name: this.physicalName("failures"),
      arn: this.arnOf("sqs", this.physicalName("failures")),
      senders: [
        { service: "events.amazonaws.com", arnPattern: this.arnOf("events", `rule/${this.physicalName("*")}`) },
        { service: "sns.amazonaws.com", arnPattern: this.arnOf("sns", this.physicalName("*")) },
      ],
    });
    this.sampleTarget = props.schedules.some(({ targets }) => !targets) ? this.createSampleTarget() : undefined;
    new TerraformOutput(this, "clock", {
      description: "What is deployed, in the words of the configuration: plans and reports read it",
      // As text: cdktf's outputs take no null.
      value: clockOutput(describeClock(props)),
    });
  }

  physicalName(role: string): string {
    return physicalName(this.props.environment, role);
  }

  arnOf(service: string, resource: string): string {
    return arn(service, this.props.region, this.props.account, resource);
  }

  targetsOf(schedule: Schedule): readonly string[] {
    return schedule.targets ?? (this.sampleTarget ? [this.sampleTarget.arn] : []);
  }

  targetNamesOf(schedule: Schedule): readonly string[] {
    return schedule.targets ?? [this.arnOf("lambda", `function:${this.physicalName(SAMPLE_TARGET)}`)];
  }

  private createSampleTarget(): BundledFunction {
    return new BundledFunction(this, SAMPLE_TARGET, {
      ...this.functionSettings,
      source: SAMPLE_TARGET,
      name: this.physicalName(SAMPLE_TARGET),
      description: "Runs for 1 to 3 s at random and does nothing else",
      timeout: 10,
      memory: 128,
      environment: this.metricsVariables,
      failures: this.failures,
    });
  }
}

/** The services that are used with keys of the user's: those of the topics and queues among the targets. */
function encryptingServices(schedules: readonly Schedule[]): EncryptingService[] {
  const targets = schedules.flatMap((schedule) => schedule.targets ?? []);
  return [...(targets.some(isTopic) ? (["sns"] as const) : []), ...(targets.some(isQueue) ? (["sqs"] as const) : [])];
}
