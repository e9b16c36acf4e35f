import type { Duration } from "../schedule/duration";
import type { OverduePolicy } from "../schedule/plan";
import type { Json } from "../schedule/tick";

/** The Step Functions loop: a rule starts a state machine each minute, which loops Iterator → Wait. Any interval from 1 s. */
export interface SfnLoopStrategy {
  readonly kind: "sfn-loop";
  /**
   * How the loop keeps time: `clock` runs each tick at its instant on the grid; `relative` is the published loop to
   * the letter, which waits after each tick and so drifts within the minute.
   * @default "clock", because the drift is the loop's one flaw
   */
  readonly pacing?: "clock" | "relative";
  /**
   * STANDARD is billed by transition and keeps the history of each run; EXPRESS is billed by duration, several times
   * cheaper, and runs for 5 minutes at most.
   * @default "STANDARD", because a run's history is worth more than its price at 10 s
   */
  readonly machineType?: "STANDARD" | "EXPRESS";
  /**
   * Clock minutes that a firing of the rule plans, the current one included. A horizon of n survives n − 2 firings in
   * a row that do not come. Clock pacing only; 2 to 10, with EXPRESS 2 to 4.
   * @default 3, so that one lost firing loses no tick
   */
  readonly horizon?: number;
  /**
   * Whether a run stops where another execution of its machine is running. Relative pacing only, and not on EXPRESS,
   * which has no ListExecutions. Under clock pacing the claim in the ledger is the guard.
   * @default true with relative pacing, because nothing else keeps a doubled firing from doubling its ticks
   */
  readonly duplicateCheck?: boolean;
  /**
   * Memory of the Iterator in MB, 128 to 10240.
   * @default 1024 with relative pacing, as published: its duration is drift; 256 with clock pacing, because there it
   * waits for about a second a tick, which is billed, and its start-up is hidden in that second
   */
  readonly iteratorMemory?: number;
}

/** LambdaClock: five cron rules and a function that waits to second 0 of the next minute and publishes to a topic. */
export interface LambdaClockStrategy {
  readonly kind: "lambda-clock";
  /**
   * Minutes that a firing of a rule serves: the one after its own and, standing by, those after that. With 1, as
   * published, a firing that does not come loses its minute; a horizon of n survives n − 1 of them in a row. 1 to 5.
   * @default 2, so that one lost firing loses no tick
   */
  readonly horizon?: number;
  /**
   * Memory of the clock function in MB, 128 to 10240.
   * @default 128: it does nothing but wait, and its duration, a minute and a half a firing, is what it costs
   */
  readonly clockMemory?: number;
}

/** How an environment keeps time. */
export type StrategyConfig = SfnLoopStrategy | LambdaClockStrategy;

/** A named clock. */
export interface ScheduleConfig {
  /** Lower-case letters, digits and single dashes, a letter first, at most 24 characters; unique in its environment. Part of every tick id. */
  readonly name: string;
  /** Distance of two ticks: whole seconds, 1 s to 24 h, such as "10s", "45s" or "5m". */
  readonly interval: Duration;
  /**
   * Shift of the grid against the Unix epoch, less than the interval.
   * @default "0s", so that ticks are at round times: "10s" at seconds 0, 10, 20, …
   */
  readonly phase?: Duration;
  /**
   * ARNs of Lambda functions and SNS topics in the environment's account and region; each gets every tick.
   * @default a sample function, which runs for 1 to 3 s and does nothing else, so that a new clock can be seen ticking
   */
  readonly targets?: readonly string[];
  /**
   * Handed to the targets with every tick.
   * @default {}, because a tick's id and instant are enough for most targets
   */
  readonly payload?: Json;
  /**
   * How long after its instant a tick may still be dispatched.
   * @default one interval: a tick is of no use when the next one is there
   */
  readonly catchUpWindow?: Duration;
  /**
   * What a run does with ticks whose time had passed before it planned: `skip` them, or run the `latest` one, late.
   * Clock pacing of sfn-loop only: the others plan nothing ahead, and lambda-clock publishes a late minute until it expires.
   * @default "skip", because a late tick is rarely worth more than the next one on time
   */
  readonly overdue?: OverduePolicy;
  /**
   * `false` pauses the schedule: nothing is destroyed, no tick is dispatched, and resuming catches nothing up.
   * @default true, and as the environment says
   */
  readonly enabled?: boolean;
  /** Why it is paused; required where `enabled` is false, and refused where it is not. @default none */
  readonly note?: string;
}

/** Where an environment's Terraform state lives: an S3 bucket that `metronome-state-<env>` creates, so each names its own. */
export interface BackendConfig {
  readonly bucket: string;
  /** @default the environment's region, so that an environment needs no region but its own */
  readonly region?: string;
  /** @default the bucket's own encryption (SSE-S3), because it costs nothing and needs no key policy */
  readonly kmsKeyId?: string;
}

/** How an environment is watched. */
export interface MonitoringConfig {
  /**
   * Whether the functions record metrics of every schedule, embedded in their logs.
   * @default true: alarms and graphs are made of them, and a schedule without a flaw has 4 or 5, US$0.30 each a month
   */
  readonly metrics?: boolean;
  /**
   * Whether there are alarms: on missed ticks, silence, skew, failures and throttles. They need metrics.
   * @default as `metrics`, because a clock that stops must wake someone; each costs US$0.10 a month
   */
  readonly alarms?: boolean;
  /**
   * Where alarms are mailed to. AWS asks the address for its consent once.
   * @default none: the topic is there, and anybody may be subscribed to it
   */
  readonly alarmEmail?: string;
  /**
   * ARN of an SNS topic of yours that alarms go to, such as one that pages. It must let cloudwatch.amazonaws.com publish.
   * @default a topic of the environment's own, metronome-<env>-alarms
   */
  readonly alarmTopicArn?: string;
  /**
   * Dispatch skew that the 99th percentile of the ticks of 5 minutes may have, in ms: the alarm rings where it is beyond
   * in 3 of the last 5 such stretches. Of fewer than 100 ticks that percentile is the latest tick. 1 to 60000.
   * @default 500, from which on a tick counts as late
   */
  readonly p99SkewMs?: number;
  /**
   * Whether there is a dashboard. It draws metrics.
   * @default as `metrics`: an account's first three dashboards are free, each further one is US$3 a month
   */
  readonly dashboard?: boolean;
  /**
   * Whether Logs Insights has our queries saved.
   * @default true: they cost nothing until they are run
   */
  readonly queries?: boolean;
}

/**
 * Who in GitHub may plan and deploy an environment: what `metronome-ci-<env>` trusts. Its roles are taken by jobs that
 * run in the GitHub environments `<env>-plan` and `<env>`. The order, once: a person with administrator's rights deploys
 * `metronome-state-<env>`, then `metronome-ci-<env>`; then CI deploys `metronome-<env>`. A person also deploys
 * `metronome-ci-<env>` again before a schedule names another function of yours, because the roles know those by name.
 */
export interface CiConfig {
  /** `owner/name` of the repository. */
  readonly repository: string;
  /** The numeric id of the repository's owner, as `gh api repos/<owner>/<name> --jq .owner.id` tells it. */
  readonly ownerId: string;
  /** The numeric id of the repository, as `gh api repos/<owner>/<name> --jq .id` tells it. */
  readonly repositoryId: string;
  /**
   * ARN of the account's OIDC provider for GitHub, where there is one already: an account can have only one.
   * @default the stack creates it
   */
  readonly oidcProviderArn?: string;
}

/** One deployment of the clock. */
export interface EnvironmentConfig {
  /** The AWS account, 12 digits. The provider refuses any other. */
  readonly account: string;
  readonly region: string;
  readonly strategy: StrategyConfig;
  /**
   * The strategy that is handed over from: its clock goes on beside the new one's, and a tick is dispatched by whichever
   * claims it first. The deploy after that drops it.
   * @default none: a change of strategy is direct, and the clock pauses while it is made
   */
  readonly retiring?: StrategyConfig;
  readonly schedules: readonly ScheduleConfig[];
  /**
   * `false` pauses all schedules: nothing is destroyed, no tick is dispatched, and resuming catches nothing up.
   * @default true
   */
  readonly enabled?: boolean;
  /** Why it is paused; required where `enabled` is false, and refused where it is not. @default none */
  readonly note?: string;
  readonly backend: BackendConfig;
  /**
   * Lambda runtime of all functions: nodejs22.x or nodejs24.x.
   * @default "nodejs24.x", the newer of the two: it is patched for longer
   */
  readonly runtime?: "nodejs22.x" | "nodejs24.x";
  /**
   * Days that logs are kept; one of the values CloudWatch Logs takes.
   * @default 30, a month to look back on; CloudWatch's own default keeps, and bills, for ever
   */
  readonly logRetentionDays?: number;
  /**
   * Whether the functions are traced by X-Ray.
   * @default true where a month's ticks stay inside X-Ray's free tier of 100,000 traces, else false: no bill comes as a surprise
   */
  readonly tracing?: boolean;
  /**
   * Version constraint of the hashicorp/aws provider.
   * @default the version that @cdktf/provider-aws was made for, pinned exactly: its types fit that one, and no plan
   * changes by itself
   */
  readonly awsProviderVersion?: string;
  /**
   * Tags of all resources, besides Project and Environment.
   * @default none, because those two are enough to tell what is whose
   */
  readonly tags?: Readonly<Record<string, string>>;
  /**
   * Where AWS answers, if it is not AWS: the embedded one. Loopback addresses only; credentials are then dummies.
   * @default AWS, because an embedded one is for trying things out on one machine
   */
  readonly endpoint?: string;
  /**
   * Metrics, alarms, dashboard and saved queries.
   * @default all of them, because nobody watches a clock that ticks
   */
  readonly monitoring?: MonitoringConfig;
  /**
   * The GitHub repository whose workflows plan and deploy this environment. With it, `metronome-ci-<env>` has the roles
   * they take, and every role of the clock is behind a permissions boundary.
   * @default none: people deploy, with their own credentials
   */
  readonly ci?: CiConfig;
}

/** All environments by name. A name has lower-case letters, digits and single dashes, at most 16 characters. */
export type Environments = Readonly<Record<string, EnvironmentConfig>>;
