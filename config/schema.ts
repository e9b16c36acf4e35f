import { z } from "zod";
import { durationToMs, SECOND_MS } from "../schedule/duration";
import { notJson } from "./json";

/** Longest interval, in ms: a day. Beyond it EventBridge's own schedules are exact enough. */
const LONGEST_INTERVAL_MS = 24 * 60 * 60 * SECOND_MS;

/** The retention values that CloudWatch Logs takes, in days (PutRetentionPolicy). */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Text that must match; `what` completes the sentence "<value> …" and says what to write instead. */
const text = (pattern: RegExp, what: string) => z.string({ error: what }).regex(pattern, { error: what });

const oneOf = <const T extends readonly string[]>(values: T, what: string) => z.enum(values, { error: what });

const wholeNumber = (min: number, max: number, unit: string, remedy: string) => {
  const error = `is not a whole number from ${min} to ${max}${unit}. ${remedy}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
};

const duration = (minMs: number, maxMs: number, what: string) =>
  z.string({ error: what }).refine(
    (value) => {
      const ms = durationToMs(value);
      return ms !== undefined && ms >= minMs && ms <= maxMs;
    },
    { error: what },
  );

/** A map whose names are checked apart from its values: `z.record` passes over the value that a wrong name has. */
const mapOf = <T extends z.ZodType>(name: z.ZodType<string>, value: T, error: string) =>
  z.record(z.string(), value, { error }).superRefine(
    (map, context) => {
      for (const key of Object.keys(map)) {
        const issues = name.safeParse(key).error?.issues;
        if (issues) context.addIssue({ code: "invalid_key", origin: "record", issues, path: [key] });
      }
    },
    // Also where values are wrong, but not where it is no map at all.
    { when: ({ issues }) => !issues.some(({ path }) => !path?.length) },
  );

/** Lower-case letters, digits and single dashes, a letter first; no dash last. */
const NAME = (longest: number) => new RegExp(`^(?=.{1,${longest}}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$`);

/** Longest name of an environment and of a schedule: with them every physical name stays within 64 characters. */
export const LONGEST_ENVIRONMENT_NAME = 16;
export const LONGEST_SCHEDULE_NAME = 24;

const memory = wholeNumber(128, 10_240, " (MB)", "Leave it out for the default.");

const sfnLoop = z.strictObject({
  kind: z.literal("sfn-loop"),
  pacing: oneOf(
    ["clock", "relative"],
    'is not a pacing. Write "clock" (exact) or "relative" (as published, drifts).',
  ).optional(),
  machineType: oneOf(["STANDARD", "EXPRESS"], 'is not a machine type. Write "STANDARD" or "EXPRESS".').optional(),
  horizon: wholeNumber(
    2,
    10,
    " clock minutes",
    "Write 3, so that one lost firing of the rule loses no tick.",
  ).optional(),
  duplicateCheck: z.boolean({ error: "is not true or false. Write one of them." }).optional(),
  iteratorMemory: memory.optional(),
});

const lambdaClock = z.strictObject({
  kind: z.literal("lambda-clock"),
  horizon: wholeNumber(1, 5, " minutes", "Write 2, so that one lost firing of a rule loses no tick.").optional(),
  clockMemory: memory.optional(),
});

const strategy = z.discriminatedUnion("kind", [sfnLoop, lambdaClock], {
  error: (issue) =>
    issue.code === "invalid_union" || issue.code === "invalid_type"
      ? 'is not a strategy. Write { kind: "sfn-loop" } (any interval from 1 s) or { kind: "lambda-clock" } (whole minutes, at second 0).'
      : undefined,
});

/** A Lambda function (also with a version or alias, but not $LATEST, for which AWS takes no permissions) or an SNS topic. */
const TARGET =
  /^arn:aws[a-z-]*:(lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_-]{1,128})?|sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256})$/;

const enabled = z.boolean({ error: "is not true or false. Write false to pause, or leave it out." });
const note = text(
  /^(?=.*\S)[^\p{C}"\\$%]{1,200}$/u,
  'is not a note: one line of 1 to 200 characters, without ", \\, $ and %. Say in a few words why the clock is paused.',
);

const json = z.unknown().superRefine((value, context) => {
  const path = notJson(value);
  if (path === undefined) return;
  const message = "is not JSON. Write literals only: objects, lists, texts, numbers, true, false, null.";
  context.addIssue({ code: "custom", path: [...path], message });
});

const schedule = z.strictObject(
  {
    name: text(
      NAME(LONGEST_SCHEDULE_NAME),
      `is not a schedule name: lower-case letters, digits and single dashes, a letter first, at most ${LONGEST_SCHEDULE_NAME} characters. Write a shorter or simpler one, such as "heartbeat".`,
    ).refine((name) => !/^manual(-|$)/.test(name), {
      error: 'is kept for ticks fired by hand, whose ids begin with "manual-". Choose another name.',
    }),
    interval: duration(
      SECOND_MS,
      LONGEST_INTERVAL_MS,
      'is not an interval from 1 s to 24 h in whole seconds, minutes or hours. Write it like "10s", "5m" or "1h".',
    ),
    phase: duration(
      0,
      LONGEST_INTERVAL_MS,
      'is not a phase of 0 s or more in whole seconds. Write it like "0s" or "5s".',
    ).optional(),
    targets: z
      .array(
        text(
          TARGET,
          'is not the ARN of a Lambda function or an SNS topic. Write it like "arn:aws:lambda:eu-central-1:111111111111:function:my-function".',
        ),
        { error: 'is not a list of ARNs. Write ["arn:aws:lambda:…"], or leave it out for the sample function.' },
      )
      .min(1, { error: "names no target. Name one, or leave the field out for the sample function." })
      .optional(),
    payload: json.optional(),
    catchUpWindow: duration(
      SECOND_MS,
      LONGEST_INTERVAL_MS,
      'is not a catch-up window from 1 s to 24 h. Write it like "10s", or leave it out for one interval.',
    ).optional(),
    overdue: oneOf(["skip", "latest"], 'is not an overdue policy. Write "skip" or "latest".').optional(),
    enabled: enabled.optional(),
    note: note.optional(),
  },
  { error: 'is not a schedule. Write { name: "heartbeat", interval: "10s" }.' },
);

const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;
const REGION_WHAT = 'is not an AWS region. Write it like "eu-central-1".';

const backend = z.strictObject(
  {
    bucket: text(
      /^(?!xn--)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      'is not a bucket name: 3 to 63 lower-case letters, digits, dots and dashes. Write one that is yours alone, such as "metronome-state-111111111111".',
    ),
    region: text(REGION, REGION_WHAT).optional(),
    kmsKeyId: text(
      /^(arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/)?([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/,
      "is not the id or the ARN of a KMS key (Terraform's backend takes no alias). Write one, or leave it out.",
    ).optional(),
  },
  { error: 'is not a backend. Write { bucket: "…" }: the state must be in a bucket, never on one machine only.' },
);

const githubId = (what: string, query: string) =>
  text(
    /^[1-9]\d{0,18}$/,
    `is not the numeric id of ${what}, as text. Ask for it: gh api repos/<owner>/<name> --jq ${query}.`,
  );

const ci = z.strictObject(
  {
    repository: text(
      /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/,
      'is not a GitHub repository. Write it as "owner/name".',
    ),
    ownerId: githubId("the repository's owner", ".owner.id"),
    repositoryId: githubId("the repository", ".id"),
    oidcProviderArn: text(
      /^arn:aws[a-z-]*:iam::\d{12}:oidc-provider\/token\.actions\.githubusercontent\.com$/,
      'is not the ARN of an OIDC provider for GitHub. Write "arn:aws:iam::<account>:oidc-provider/token.actions.githubusercontent.com", or leave it out to have it created.',
    ).optional(),
  },
  { error: 'is not access for CI. Write { repository: "owner/name", ownerId: "…", repositoryId: "…" }.' },
);

const flag = z.boolean({ error: "is not true or false. Write one of them, or leave it out." });

const monitoring = z.strictObject(
  {
    metrics: flag.optional(),
    alarms: flag.optional(),
    alarmEmail: text(
      /^(?=.{3,254}$)[A-Za-z0-9.!#%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/,
      'is not a mail address. Write it like "oncall@example.com", or leave it out.',
    ).optional(),
    alarmTopicArn: text(
      /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/,
      'is not the ARN of an SNS topic. Write it like "arn:aws:sns:eu-central-1:111111111111:oncall", or leave it out.',
    ).optional(),
    p99SkewMs: wholeNumber(1, 60_000, " (ms)", "Leave it out for 500.").optional(),
    dashboard: flag.optional(),
    queries: flag.optional(),
  },
  { error: 'is not how an environment is watched. Write { alarmEmail: "oncall@example.com" }, or leave it out.' },
);

const TAG_WHAT = "letters, digits, spaces and _ . : / = + - @";
const tagKey = text(
  /^(?!aws:|Project$|Environment$)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/iu,
  `is not the name of a tag of yours: at most 128 ${TAG_WHAT}, not aws:…, and not Project or Environment, which the stacks set. Rename it.`,
);
const tagValue = text(
  /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u,
  `is not the value of a tag: at most 256 ${TAG_WHAT}. Write it so.`,
);

const environment = z.strictObject(
  {
    account: text(
      /^\d{12}$/,
      'is not an AWS account id of 12 digits. Write the account\'s number as text, such as "111111111111".',
    ),
    region: text(REGION, REGION_WHAT),
    strategy,
    retiring: strategy.optional(),
    enabled: enabled.optional(),
    note: note.optional(),
    schedules: z
      .array(schedule, { error: "is not a list of schedules. Write [{ name: …, interval: … }]." })
      .min(1, { error: 'has no schedule. Write at least one: [{ name: "heartbeat", interval: "10s" }].' }),
    backend,
    runtime: oneOf(
      ["nodejs22.x", "nodejs24.x"],
      'is not a runtime served here. Write "nodejs24.x" or "nodejs22.x".',
    ).optional(),
    logRetentionDays: z
      .literal(RETENTION_DAYS, {
        error: `is not a retention that CloudWatch Logs has. Write one of ${RETENTION_DAYS.join(", ")} (days).`,
      })
      .optional(),
    tracing: z.boolean({ error: "is not true or false. Write one of them, or leave it out." }).optional(),
    awsProviderVersion: text(
      /^(?:=|!=|>=|<=|>|<|~>)?\s*\d+(?:\.\d+){0,2}(?:\s*,\s*(?:=|!=|>=|<=|>|<|~>)?\s*\d+(?:\.\d+){0,2})*$/,
      'is not a version constraint. Write it like ">= 5.100.0, < 7", or leave it out.',
    ).optional(),
    tags: mapOf(tagKey, tagValue, 'is not a map of texts. Write { CostCenter: "…" }.').optional(),
    endpoint: text(
      /^http:\/\/(127\.0\.0\.1|localhost|\[::1\]):(?!0)(?:\d{1,4}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])$/,
      'is not a loopback address with a port. Write "http://127.0.0.1:4566", or leave the field out for AWS.',
    ).optional(),
    monitoring: monitoring.optional(),
    ci: ci.optional(),
  },
  { error: "is not an environment. Write { account, region, strategy, schedules, backend }." },
);

/** The fields of all environments, each on its own; `combinations.ts` checks what they must be together. */
export const environmentsSchema = mapOf(
  text(
    NAME(LONGEST_ENVIRONMENT_NAME),
    `is not an environment name: lower-case letters, digits and single dashes, a letter first, at most ${LONGEST_ENVIRONMENT_NAME} characters. Rename it.`,
  ).refine((name) => !/^(state|ci)(-|$)/.test(name), {
    error:
      'is not an environment name: "state…" and "ci…" name the stacks of a state bucket and of CI\'s access. Rename it.',
  }),
  environment,
  "is not a map of environments. Write { local: {…}, dev: {…} }.",
);
