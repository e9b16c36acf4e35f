import { z } from "zod";
import type { Settings } from "../schedule/clock";
import { findStrategy, STRATEGIES, type StrategyConfig } from "../strategies";
import { oneOf, text, wholeNumber } from "../strategies/fields";
import { encryption, reservedConcurrency } from "./protection-schema";
import { enabled, nameOf, note, scheduleSchema } from "./schedule-schema";
import { targetPatterns } from "./target-patterns";

/** The retention values that CloudWatch Logs takes, in days (PutRetentionPolicy). */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** A map whose names are checked apart from its values: `z.record` passes over the value that a wrong name has. */
const mapOf = <T extends z.ZodType>(name: z.ZodType<string>, value: T, error: string) =>
  z.record(z.string(), value, { error }).superRefine(
    (map, context) => {
      for (const key of Object.keys(map)) {
        const issues = name.safeParse(key).error?.issues;
        if (issues) context.addIssue({ code: "invalid_key", origin: "record", issues, path: [key] });
      }
    },
    // Also if values are wrong, but not if it is no map at all.
    { when: ({ issues }) => !issues.some(({ path }) => !path?.length) },
  );

/** Longest name of an environment: with it and a schedule's every physical name stays within 64 characters. */
export const LONGEST_ENVIRONMENT_NAME = 16;

/**
 * A strategy's settings, as its own schema has them. The registry is looked at for each value, because a strategy may be
 * registered later than this module is loaded.
 */
export const strategySchema = z.custom<StrategyConfig>().transform((value: unknown, context): Settings => {
  const kind = (value as Settings | null | undefined)?.kind;
  const strategy = findStrategy(kind);
  if (!strategy) {
    const hints = Object.values(STRATEGIES).map(({ hint }) => hint);
    const path = typeof value === "object" && value !== null && !Array.isArray(value) ? ["kind"] : [];
    const message = `is not a strategy. Write ${hints.join(" or ")}.`;
    context.addIssue({ code: "custom", input: value, path, message });
    return z.NEVER;
  }
  const result = strategy.schema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) context.issues.push({ ...issue, input: value } as z.core.$ZodRawIssue);
  return z.NEVER;
});

const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;
const REGION_WHAT = 'is not an AWS region. Write it like "eu-central-1".';

const bucketName = text(
  /^(?!xn--)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  'is not a bucket name: 3 to 63 lower-case letters, digits, dots and dashes. Write one that is yours alone, such as "metronome-state-111111111111".',
);

/** The bucket of an environment's Terraform state. `metronome-state-<env>` creates it, so each environment names its own. */
const backend = z.strictObject(
  {
    bucket: bucketName,
    /** @default the environment's region, so that an environment needs no region but its own */
    region: text(REGION, REGION_WHAT).optional(),
    /** @default the bucket's own encryption (SSE-S3), because it costs nothing and needs no key policy */
    kmsKeyId: text(
      /^(arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/)?([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/,
      "is not the id or the ARN of a KMS key (Terraform's backend takes no alias). Write one, or leave it out.",
    ).optional(),
    /**
     * A bucket of yours that gets the access logs of the state's bucket, below `<bucket>/`. It is in the same account and
     * region, and its policy lets logging.s3.amazonaws.com write.
     * @default none, because many accounts log access by CloudTrail's data events, and a log bucket belongs to the account
     */
    accessLogBucket: bucketName.optional(),
  },
  { error: 'is not a backend. Write { bucket: "…" }: the state must be in a bucket, never on one machine only.' },
);

const githubId = (what: string, query: string) =>
  text(
    /^[1-9]\d{0,18}$/,
    `is not the numeric id of ${what}, as text. Ask for it: gh api repos/<owner>/<name> --jq ${query}.`,
  );

/**
 * Who in GitHub may plan and deploy an environment: what `metronome-ci-<env>` trusts. Jobs that run in the GitHub
 * environments `<env>-plan` and `<env>`, in the default branch's workflows, take its roles. The order, once: a person with
 * administrator's rights deploys `metronome-state-<env>`, then `metronome-ci-<env>`; then CI deploys `metronome-<env>`. A
 * person also deploys `metronome-ci-<env>` again before a schedule names another function of yours, because the roles
 * know those by name.
 */
const ci = z.strictObject(
  {
    /** `owner/name` of the repository. */
    repository: text(
      /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/,
      'is not a GitHub repository. Write it as "owner/name".',
    ),
    /** The numeric id of the repository's owner: `gh api repos/<owner>/<name> --jq .owner.id`. */
    ownerId: githubId("the repository's owner", ".owner.id"),
    /** The numeric id of the repository: `gh api repos/<owner>/<name> --jq .id`. */
    repositoryId: githubId("the repository", ".id"),
    /**
     * The repository's default branch: its workflows alone take the roles. The files in `.github/workflows/` name it too.
     * @default "main"
     */
    branch: text(
      /^(?![/.-])(?!.*(\/\/|\.\.|\/\.|[/.]$|\.lock$))[\w./-]{1,100}$/,
      'is not the name of a branch, without "refs/heads/". Write it with letters, digits, "_", ".", "/" and "-", or leave it out for "main".',
    ).default("main"),
    /**
     * ARN of the account's OIDC provider for GitHub, if it has one already: an account can have only one.
     * @default the stack creates it
     */
    oidcProviderArn: text(
      /^arn:aws[a-z-]*:iam::\d{12}:oidc-provider\/token\.actions\.githubusercontent\.com$/,
      'is not the ARN of an OIDC provider for GitHub. Write "arn:aws:iam::<account>:oidc-provider/token.actions.githubusercontent.com", or leave it out to have it created.',
    ).optional(),
  },
  { error: 'is not access for CI. Write { repository: "owner/name", ownerId: "…", repositoryId: "…" }.' },
);

const flag = z.boolean({ error: "is not true or false. Write one of them, or leave it out." });

/** How an environment is watched. */
export const monitoringFields = {
  /**
   * What the functions record metrics of, embedded in their logs. `total`: of all schedules together, what the alarms on a
   * missed tick and on silence look at. `schedules`: of every schedule, also its skew, with alarms of its own; a schedule
   * without a flaw has 4 or 5, US$0.30 each a month. `false`: none.
   * @default "total": it wakes someone for about a dollar a month, however many schedules there are
   */
  metrics: z
    .union([z.literal(false), z.enum(["total", "schedules"])], {
      error: 'is not what metrics are kept of. Write "total", "schedules" or false.',
    })
    .default("total"),
  /**
   * Whether there are alarms: on missed ticks, silence, failures and throttles, and with metrics of schedules on skew. They need
   * metrics.
   * @default true if there are metrics, because a clock that stops must wake someone; each costs US$0.10 a month
   */
  alarms: flag.optional(),
  /**
   * The address that gets alarms by mail. AWS asks it for its consent once.
   * @default none: the topic exists, and any address can be subscribed to it
   */
  alarmEmail: text(
    /^(?=.{3,254}$)[A-Za-z0-9.!#%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/,
    'is not a mail address. Write it like "oncall@example.com", or leave it out.',
  ).optional(),
  /**
   * ARN of an SNS topic of yours that alarms go to, such as one that pages. It must let cloudwatch.amazonaws.com publish.
   * @default a topic of the environment's own, metronome-<env>-alarms
   */
  alarmTopicArn: text(
    /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/,
    'is not the ARN of an SNS topic. Write it like "arn:aws:sns:eu-central-1:111111111111:oncall", or leave it out.',
  ).optional(),
  /**
   * Dispatch skew that the 99th percentile of the ticks of 5 minutes may have, in ms: the alarm goes off if it is beyond
   * in 3 of the last 5 such stretches. Of fewer than 100 ticks that percentile is the latest tick. 1 to 60000.
   * @default 500, from which on a tick counts as late
   */
  p99SkewMs: wholeNumber(1, 60_000, " (ms)", "Leave it out for 500.").optional(),
  /**
   * Whether there is a dashboard. It draws the metrics of schedules.
   * @default true if there are metrics of schedules: an account's first three dashboards are free, each further one is US$3 a
   * month
   */
  dashboard: flag.optional(),
  /**
   * Whether Logs Insights has our queries saved.
   * @default true: they cost nothing until they are run
   */
  queries: flag.default(true),
};

const TAG_WHAT = "letters, digits, spaces and _ . : / = + - @";
const tagKey = text(
  /^(?!aws:|Project$|Environment$)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/iu,
  `is not the name of a tag of yours: at most 128 ${TAG_WHAT}, not aws:…, and not Project or Environment, which the stacks set. Rename it.`,
);
const tagValue = text(
  /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u,
  `is not the value of a tag: at most 256 ${TAG_WHAT}. Write it so.`,
);

/** The fields of one deployment of the clock. */
export const environmentFields = {
  /** The AWS account, 12 digits. The provider refuses any other. */
  account: text(
    /^\d{12}$/,
    'is not an AWS account id of 12 digits. Write the account\'s number as text, such as "111111111111".',
  ),
  region: text(REGION, REGION_WHAT),
  /** How the environment keeps time. */
  strategy: strategySchema,
  /**
   * The strategy that is being handed over from: its clock goes on beside the new one's, and the clock that claims a tick
   * first dispatches it. The deploy after that drops it.
   * @default none: a change of strategy is direct, and the clock pauses while it is made
   */
  retiring: strategySchema.optional(),
  schedules: z
    .array(scheduleSchema, { error: "is not a list of schedules. Write [{ name: …, interval: … }]." })
    .min(1, { error: 'has no schedule. Write at least one: [{ name: "heartbeat", interval: "10s" }].' })
    .readonly(),
  /**
   * `false` pauses all schedules: nothing is destroyed, no tick is dispatched, and resuming catches nothing up.
   * @default true
   */
  enabled: enabled.default(true),
  /** Why it is paused; required if `enabled` is false, and refused otherwise. @default none */
  note: note.optional(),
  /**
   * ARNs of the customer managed KMS keys with which topics and queues among the targets are encrypted: the clock's
   * functions may use them to publish and to send. The keys' policies must leave that to IAM, as the default one does.
   * @default none: a topic or queue without encryption, or with a key of AWS, needs no grant
   */
  topicKeyArns: z
    .array(
      text(
        /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/,
        'is not the ARN of a KMS key. IAM takes no alias. Write it like "arn:aws:kms:eu-central-1:111111111111:key/12345678-1234-1234-1234-123456789012".',
      ),
      { error: 'is not a list of ARNs of KMS keys. Write ["arn:aws:kms:…"], or leave it out.' },
    )
    .readonly()
    .default([]),
  targetPatterns,
  backend,
  /**
   * Lambda runtime of all functions: nodejs22.x or nodejs24.x.
   * @default "nodejs24.x", the newer of the two: AWS patches it for longer
   */
  runtime: oneOf(
    ["nodejs22.x", "nodejs24.x"],
    'is not a runtime served here. Write "nodejs24.x" or "nodejs22.x".',
  ).default("nodejs24.x"),
  /**
   * Days that logs are kept; one of the values CloudWatch Logs takes.
   * @default 30, a month to look back on; CloudWatch's own default keeps, and bills, without an end
   */
  logRetentionDays: z
    .literal(RETENTION_DAYS, {
      error: `is not a retention that CloudWatch Logs has. Write one of ${RETENTION_DAYS.join(", ")} (days).`,
    })
    .default(30),
  /** Keys of yours for logs and functions. @default those of AWS, because they cost nothing */
  encryption: encryption.optional(),
  reservedConcurrency: reservedConcurrency.optional(),
  /**
   * Whether X-Ray traces the functions and the state machines.
   * @default true if a month's ticks stay inside X-Ray's free tier of 100,000 traces, else false: no bill comes as a
   * surprise
   */
  tracing: flag.optional(),
  /**
   * Version constraint of the hashicorp/aws provider.
   * @default "6.66.0", pinned exactly, so that no plan changes by itself. It reads what S3 has blocked since April 2026
   * (releases 6.22 to 6.39 show that as a change in every plan), and the bindings of CDK Terrain are made for it
   */
  awsProviderVersion: text(
    /^(?:=|!=|>=|<=|>|<|~>)?\s*\d+(?:\.\d+){0,2}(?:\s*,\s*(?:=|!=|>=|<=|>|<|~>)?\s*\d+(?:\.\d+){0,2})*$/,
    'is not a version constraint. Write it like "6.66.0", or leave it out.',
  ).default("6.66.0"),
  /**
   * Tags of all resources, in addition to Project and Environment.
   * @default none, because those two are enough to see which environment a resource belongs to
   */
  tags: mapOf(tagKey, tagValue, 'is not a map of texts. Write { CostCenter: "…" }.').optional(),
  /**
   * The address of an embedded AWS. Loopback addresses only; credentials are then dummies.
   * @default AWS, because an embedded one is for trying things out on one machine
   */
  endpoint: text(
    /^http:\/\/(127\.0\.0\.1|localhost|\[::1\]):(?!0)(?:\d{1,4}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])$/,
    'is not a loopback address with a port. Write "http://127.0.0.1:4566", or leave the field out for AWS.',
  ).optional(),
  /**
   * Metrics, alarms, dashboard and saved queries.
   * @default all of them, because a clock that stops makes no noise
   */
  monitoring: z
    .strictObject(monitoringFields, {
      error: 'is not how an environment is watched. Write { alarmEmail: "oncall@example.com" }, or leave it out.',
    })
    .prefault({}),
  /**
   * The GitHub repository whose workflows plan and deploy this environment. With it, `metronome-ci-<env>` has the roles
   * they take, and every role of the clock is behind a permissions boundary.
   * @default none: people deploy, with their own credentials
   */
  ci: ci.optional(),
};

const environment = z.strictObject(environmentFields, {
  error: "is not an environment. Write { account, region, strategy, schedules, backend }.",
});

/** The fields of all environments, each on its own, with their defaults; `rules.ts` has what they must be together. */
export const environmentsSchema = mapOf(
  text(
    nameOf(LONGEST_ENVIRONMENT_NAME),
    `is not an environment name: lower-case letters, digits and single dashes, a letter first, at most ${LONGEST_ENVIRONMENT_NAME} characters. Rename it.`,
  ).refine((name) => !/^(state|ci)(-|$)/.test(name), {
    error:
      'is not an environment name: "state…" and "ci…" name the stacks of a state bucket and of CI\'s access. Rename it.',
  }),
  environment,
  "is not a map of environments. Write { local: {…}, dev: {…} }.",
);

/** One deployment of the clock, as a user writes it. */
export type EnvironmentConfig = z.input<typeof environment>;
export type ScheduleConfig = EnvironmentConfig["schedules"][number];
export type { StrategyConfig };

/** All environments by name. A name has lower-case letters, digits and single dashes, at most 16 characters. */
export type Environments = Readonly<Record<string, EnvironmentConfig>>;

/** An environment's fields as they were read: times in ms, and the defaults of those that need no other field. */
export type EnvironmentFields = z.output<typeof environment>;
