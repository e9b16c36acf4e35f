import { z } from "zod";
import type { ClockDescription, ScheduleDescription, Settings } from "../schedule/clock";
import { durationToMs, fineDurationToMs, msToDuration } from "../schedule/duration";
import type { Hours } from "../schedule/hours";
import type { MetricsOf } from "../schedule/metrics";
import { isZone } from "../schedule/zone";
import { count } from "./fields";
import { findStrategy } from "./index";
import { asciiJson } from "./json-text";

/** Durations are text in the output. */
const durationBy = (read: (text: string) => number | undefined) =>
  z.codec(z.string(), z.number(), {
    decode: (text, context) => {
      const ms = read(text);
      if (ms === undefined) {
        context.issues.push({ code: "custom", input: text, message: "is not a duration such as 10s" });
      }
      return ms ?? 0;
    },
    encode: msToDuration,
  });
const duration = durationBy(durationToMs);

/** Names and regions: plain, so that they can stand in a comment as they are. */
const plain = z.string().regex(/^[a-z0-9-]{1,64}$/);

/** Settings of a registered strategy. The configuration's limits do not hold here: another version may have had others. */
const settings = z.codec(z.looseObject({ kind: z.string() }), z.custom<Settings>(), {
  decode: (value, context) => {
    const result = findStrategy(value.kind)?.deployedSettings.safeParse(value);
    if (result?.success) return result.data;
    const message = `is not a strategy of this version: ${result?.error.message ?? JSON.stringify(value.kind)}`;
    context.issues.push({ code: "custom", input: value, message });
    return value;
  },
  encode: (value) => ({ ...value }),
});

const window = z.object({
  days: z.array(count.max(6)).readonly(),
  fromS: count.max(86_400),
  toS: count.max(86_400),
  zone: z
    .string()
    .regex(/^[A-Za-z0-9_+/-]{1,64}$/)
    .refine(isZone),
});
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

/** When a schedule ticks, as the functions have it; instants and intervals in ms. */
const hours = z.object({
  rates: z
    .array(z.object({ intervalMs: z.int().min(1_000), active: z.array(window).readonly().optional() }))
    .min(1)
    .readonly(),
  except: z
    .array(z.object({ from: date, to: date }))
    .readonly()
    .optional(),
  from: z.int().optional(),
  until: z.int().optional(),
}) satisfies z.ZodType<Hours>;

const schedule = z.codec(
  z.object({
    name: plain,
    interval: duration,
    phase: duration,
    catchUpWindow: duration,
    overdue: z.enum(["skip", "latest"]),
    // A state from before queues could be targets has none.
    targets: z.object({ functions: count, topics: count, queues: count.default(0) }),
    paused: z.string().nullable(),
    // Only of a schedule that has one.
    lead: durationBy(fineDurationToMs).optional(),
    hours: hours.optional(),
  }),
  z.custom<ScheduleDescription>(),
  {
    decode: ({ interval: intervalMs, phase: phaseMs, catchUpWindow: catchUpMs, lead: leadMs, ...same }) => ({
      ...same,
      ...(leadMs !== undefined && { leadMs }),
      intervalMs,
      phaseMs,
      catchUpMs,
    }),
    encode: ({ intervalMs: interval, phaseMs: phase, catchUpMs: catchUpWindow, leadMs: lead, ...same }) => ({
      ...same,
      ...(lead !== undefined && { lead }),
      interval,
      phase,
      catchUpWindow,
    }),
  },
);

/** What metrics are kept of. Before there was a choice they were kept of schedules: `true`. */
const metrics = z.codec(z.union([z.boolean(), z.enum(["total", "schedules"])]), z.custom<MetricsOf | false>(), {
  decode: (value) => (value === true ? "schedules" : value),
  encode: (value) => value,
});

/**
 * The output `clock` of a clock's stack, as a state, a plan or a summary holds it: the one reader, and the one writer. Its
 * JSON is that of deployed environments, durations as text. Fields that it does not know are dropped.
 */
export const clockOutputSchema = z.object({
  environment: plain,
  region: plain,
  strategy: settings,
  retiring: settings.nullable(),
  schedules: z.array(schedule),
  tracing: z.boolean(),
  // A state from before there was monitoring has none of it.
  monitoring: z
    .object({ metrics, alarms: z.boolean(), dashboard: z.boolean() })
    .default({ metrics: false, alarms: false, dashboard: false }),
});

/** The JSON text of the output `clock`, in ASCII. */
export function clockOutput(clock: ClockDescription): string {
  return asciiJson(JSON.stringify(z.encode(clockOutputSchema, { ...clock, schedules: [...clock.schedules] })));
}
