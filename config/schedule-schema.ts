import { z } from "zod";
import { type Duration, durationToMs, type FineDuration, fineDurationToMs, SECOND_MS } from "../schedule/duration";
import type { Rate } from "../schedule/hours";
import { type Json, LONGEST_LEAD_MS } from "../schedule/tick";
import { oneOf, text, textAs } from "../strategies/fields";
import { hoursFields, ratesOf } from "./hours-schema";
import { notJson } from "./json";
import { otherNotation } from "./other-notations";

/** Longest interval, in ms: a day. Beyond it EventBridge's own schedules are exact enough. */
export const LONGEST_INTERVAL_MS = 24 * 60 * 60 * SECOND_MS;

/** Longest name of a schedule: with it and an environment's every physical name stays within 64 characters. */
export const LONGEST_SCHEDULE_NAME = 24;

/** What is wrong with a text in particular; undefined if nothing is known of it. */
type Explain = (value: string) => string | undefined;

/** A duration from `minMs` to `maxMs`; the output is in ms. `what`, or what `explain` says, completes "<value> …". */
const duration = (minMs: number, maxMs: number, what: string, explain?: Explain) =>
  durationOr<never>(minMs, maxMs, what, [], explain);

/** The same, or one of some words, which stay as they are. */
const durationOr = <W extends string>(
  minMs: number,
  maxMs: number,
  what: string,
  words: readonly W[],
  explain?: Explain,
) =>
  (z.string({ error: what }) as z.ZodType<Duration | W, Duration | W>).transform((value, context): number | W => {
    const ms = durationToMs(value);
    if (ms !== undefined && ms >= minMs && ms <= maxMs) return ms;
    const word = words.find((one) => one === value);
    if (word !== undefined) return word;
    context.addIssue({ code: "custom", input: value, message: explain?.(value) ?? what });
    return z.NEVER;
  });

/** One interval; the output is in ms. */
const interval = duration(
  SECOND_MS,
  LONGEST_INTERVAL_MS,
  'is not an interval from 1 s to 24 h in whole seconds, minutes or hours. Write it like "10s", "5m" or "1h".',
  (value) => otherNotation(value, LONGEST_INTERVAL_MS),
);
const rates = ratesOf(interval);

/** One interval, or a list of them with their windows. The problems are those of the form that was written. */
const intervalOrRates = (z.unknown() as z.ZodType<unknown, z.input<typeof interval> | z.input<typeof rates>>).transform(
  (value, context): number | Rate[] => {
    const result = (Array.isArray(value) ? rates : interval).safeParse(value);
    if (result.success) return result.data;
    for (const issue of result.error.issues) context.issues.push({ ...issue, input: value } as never);
    return z.NEVER;
  },
);

const NO_LEAD = `is not a lead of at most ${LONGEST_LEAD_MS / SECOND_MS} s, which is how early a tick is held by onTick. Write it like "750ms" or "1s", or leave it out.`;

/** How much earlier than its instant a tick is handed over; the output is in ms. */
const lead = textAs<number, FineDuration>((value) => {
  const ms = fineDurationToMs(value);
  return ms !== undefined && ms <= LONGEST_LEAD_MS ? ms : undefined;
}, NO_LEAD);

/** Lower-case letters, digits and single dashes, a letter first; no dash last. */
export const nameOf = (longest: number) => new RegExp(`^(?=.{1,${longest}}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$`);

/**
 * A Lambda function (also with a version or alias, but not $LATEST, for which AWS takes no permissions), an SNS topic, or an
 * SQS queue, standard or FIFO.
 */
const TARGET =
  /^arn:aws[a-z-]*:(lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_-]{1,128})?|sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}|sqs:[a-z0-9-]+:\d{12}:([A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\.fifo))$/;

export const target = text(
  TARGET,
  'is not the ARN of a Lambda function, an SNS topic or an SQS queue. Write it like "arn:aws:lambda:eu-central-1:111111111111:function:my-function".',
);

export const enabled = z.boolean({ error: "is not true or false. Write false to pause, or leave it out." });
export const note = text(
  /^(?=.*\S)[^\p{C}"\\$%]{1,200}$/u,
  'is not a note: one line of 1 to 200 characters, without ", \\, $ and %. Say in a few words why the clock is paused.',
);

const json = z.custom<Json>().superRefine((value, context) => {
  const path = notJson(value);
  if (path === undefined) return;
  const message = "is not JSON. Write literals only: objects, lists, texts, numbers, true, false, null.";
  context.addIssue({ code: "custom", input: value, path: [...path], message });
});

/** The fields of a schedule: a named clock. */
export const scheduleFields = {
  /**
   * Lower-case letters, digits and single dashes, a letter first, at most 24 characters; unique in its environment. Part
   * of every tick id.
   */
  name: text(
    nameOf(LONGEST_SCHEDULE_NAME),
    `is not a schedule name: lower-case letters, digits and single dashes, a letter first, at most ${LONGEST_SCHEDULE_NAME} characters. Write a shorter or simpler one, such as "heartbeat".`,
  ).refine((name) => !/^manual(-|$)/.test(name), {
    error: 'is kept for ticks fired by hand, whose ids begin with "manual-". Choose another name.',
  }),
  /**
   * Distance of two ticks: whole seconds, 1 s to 24 h, such as "10s", "45s" or "5m". No cron expression: those are uneven. Or a list
   * of intervals with windows, of which the first that holds at an instant decides:
   * [{ active: [{ from: "09:00", to: "17:30", zone: "Europe/Berlin" }], interval: "10s" }, { interval: "1m" }]. Each is a multiple of
   * the shortest one, so that no two ticks are closer than that at a change.
   */
  interval: intervalOrRates,
  ...hoursFields,
  /**
   * Shift of the grid against the Unix epoch, less than the interval. `auto` takes one by a hash of the name, the same in
   * every deployment, so that many schedules are spread over their interval.
   * @default "0s", so that ticks are at round times: "10s" at seconds 0, 10, 20, …
   */
  phase: durationOr(
    0,
    LONGEST_INTERVAL_MS,
    'is not a phase of 0 s or more in whole seconds. Write it like "0s" or "5s", or "auto" for one by the name.',
    ["auto"],
  ).prefault("0s"),
  /**
   * ARNs of Lambda functions, SNS topics and SQS queues in the environment's account and region; each gets every tick. A FIFO
   * queue gets the tick's id as the deduplication id, and the schedule's name as the message group.
   * @default a sample function, which runs for 1 to 3 s and does nothing else, so that a new clock can be seen ticking
   */
  targets: z
    .array(target, {
      error: 'is not a list of ARNs. Write ["arn:aws:lambda:…"], or leave it out for the sample function.',
    })
    .min(1, { error: "names no target. Name one, or leave the field out for the sample function." })
    .readonly()
    .optional(),
  /**
   * Handed to the targets with every tick.
   * @default {}, because a tick's id and instant are enough for most targets
   */
  payload: json.default({}),
  /**
   * How long after its instant a tick may still be dispatched.
   * @default one interval: a tick is of no use when the next one is due
   */
  catchUpWindow: duration(
    SECOND_MS,
    LONGEST_INTERVAL_MS,
    'is not a catch-up window from 1 s to 24 h. Write it like "10s", or leave it out for one interval.',
  ).optional(),
  /**
   * How much earlier than its instant a tick is handed over to the targets, which hold it until then: AWS takes 100 to 300 ms to
   * start a function. Milliseconds or seconds, 5 s at most, and shorter than the interval. The targets are functions. With a
   * lead you say that each of them holds its ticks: `onTick` of the package in `tick/` does, and so does the sample function.
   * The clock cannot see it; the report says if a target starts early.
   * @default "0s": a tick is dispatched at its instant, because a target that does not hold would start early
   */
  lead: lead.prefault("0s"),
  /**
   * What a run does with ticks whose time had passed before it planned: `skip` them, or run the `latest` one, late. It
   * matters to strategies that plan ahead; others dispatch a late tick until it expires.
   * @default "skip", because a late tick is rarely worth more than the next one on time
   */
  overdue: oneOf(["skip", "latest"], 'is not an overdue policy. Write "skip" or "latest".').default("skip"),
  /**
   * `false` pauses the schedule: nothing is destroyed, no tick is dispatched, and resuming catches nothing up.
   * @default true, and as the environment says
   */
  enabled: enabled.default(true),
  /** Why it is paused; required if `enabled` is false, and refused otherwise. @default none */
  note: note.optional(),
};

export const scheduleSchema = z.strictObject(scheduleFields, {
  error: 'is not a schedule. Write { name: "heartbeat", interval: "10s" }.',
});
