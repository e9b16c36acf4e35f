import { z } from "zod";
import { MISSED_METRICS } from "../../schedule/metrics";
import type { LoggedReason, MissedReason } from "../../schedule/outcome";

/** ISO 8601, UTC, ms. */
const instant = z.iso.datetime({ precision: 3 });
const count = z.int().nonnegative();
/** Skews and delays are signed; early is negative. */
const ms = z.number();
/** Columns of a chart have equal length. */
const counts = z.array(count);
/** As the configuration writes it, such as `"10s"`. */
const duration = z.string().regex(/^\d+[smh]$/);
const reason = z.enum([
  ...(Object.keys(MISSED_METRICS) as LoggedReason[]),
  "claimant-lost",
  "not-planned",
  "not-seen",
]) satisfies z.ZodType<MissedReason>;

/** Exact statistics of a set of figures; the unit is the figures' own, ms throughout the reports. */
const statistics = z.strictObject({
  count: count.positive(),
  mean: ms,
  /** Standard deviation of the population (divided by the count): the figures are all there are, not a sample. */
  sd: ms.nonnegative(),
  min: ms,
  max: ms,
  /** Percentiles: each is a figure that occurred. */
  p50: ms,
  p95: ms,
  p99: ms,
  p999: ms,
});

/** The table that the LambdaClock article ends with. */
const articleTable = z.strictObject({
  average: ms.nullable(),
  /** Of the population; the article does not say which it took. */
  standardDeviation: ms.nullable(),
  count,
  /** Ticks that were due and missed. */
  failures: count,
  /** Figures at most one SD from the average. The four bands sum to the count. */
  withinOneSd: count,
  withinTwoSd: count,
  withinThreeSd: count,
  beyondThreeSd: count,
});

/** Some ticks by name, and their instants: scheduledAt, or when they came. */
const namedTicks = z.array(z.strictObject({ id: z.string(), at: instant }));

/** How often each skew occurred, in bins of equal width and one for each tail (`from` inclusive, `to` exclusive), and its percentiles. */
const distribution = z.strictObject({
  histogram: z.strictObject({ binMs: ms, bins: z.array(z.strictObject({ from: ms, to: ms, count })) }),
  curve: z.strictObject({ quantile: z.array(z.number().min(0).max(1)), skewMs: z.array(ms) }),
});

/** What the charts of a schedule are drawn from. `at` is when the first tick of a group was due, in ms since the epoch. */
const charts = z.strictObject({
  /** How far after its place each tick was dispatched, over time; `null` if no tick of the group was. */
  delay: z.strictObject({
    ticksPerPoint: count.positive(),
    at: z.array(ms),
    min: z.array(ms.nullable()),
    mean: z.array(ms.nullable()),
    max: z.array(ms.nullable()),
  }),
  /** What became of the ticks, over time. Duplicates come on top of the others. */
  strip: z.strictObject({
    ticksPerCell: count.positive(),
    at: z.array(ms),
    onTime: counts,
    late: counts,
    missed: counts,
    suppressed: counts,
    paused: counts,
    duplicate: counts,
  }),
  dispatchSkew: distribution.nullable(),
  startSkew: distribution.nullable(),
  /** The delay of the ticks due at each second of the minute. */
  bySecond: z.strictObject({
    second: z.array(z.int().min(0).max(59)),
    count: counts,
    min: z.array(ms),
    mean: z.array(ms),
    max: z.array(ms),
  }),
});

/** A bound that a clock is held to: the value observed (`null`: nothing to measure), and the largest that passes. */
const threshold = z.strictObject({
  name: z.enum(["missed", "duplicate", "suppressed-only", "partial", "off-grid", "dispatch-skew-p99", "started-early"]),
  value: z.number().nullable(),
  limit: z.number(),
  pass: z.boolean(),
});

/** How well one schedule kept time over a span, whose `to` is exclusive. */
const schedule = z.strictObject({
  schedule: z.string(),
  strategy: z.string(),
  pacing: z.enum(["clock", "relative"]),
  interval: duration,
  phase: duration,
  /** Its intervals and hours in words, such as `10s mon-fri 09:00-17:30 Europe/Berlin, else 1m`; absent without hours. */
  hours: z.string().optional(),
  /** How much earlier than scheduledAt its ticks are dispatched, such as `"750ms"`; absent without a lead. */
  lead: z
    .string()
    .regex(/^\d+(ms|s)$/)
    .optional(),
  span: z.strictObject({ from: instant, to: instant }),
  /** Whether all thresholds pass. They do if no tick was due in the span: see `due`. */
  ok: z.boolean(),
  thresholds: z.array(threshold),
  /** Ticks that were due in the span: the sum of `outcomes`. */
  due: count,
  /** Ticks that were dispatched at least once: on time and late. */
  seen: count,
  outcomes: z.strictObject({
    "on-time": count,
    late: count,
    missed: count,
    "duplicate-suppressed": count,
    paused: count,
  }),
  /** Ticks on time / due, without those that were paused; `null` if none was due. */
  availability: z.number().min(0).max(1).nullable(),
  /** `id` is `null` under relative pacing: a tick is named after its dispatch. `error` is the logged cause, if any. */
  missed: z.strictObject({
    count,
    byReason: z.partialRecord(reason, count),
    first: z.array(
      z.strictObject({ id: z.string().nullable(), expectedAt: instant, reason, error: z.string().nullable() }),
    ),
  }),
  late: z.strictObject({ count, first: namedTicks }),
  /** Dispatches or starts beyond a tick's first. */
  duplicate: count,
  duplicates: namedTicks,
  /** Dispatches that a claim prevented, also of ticks that came; information only. */
  suppressed: count,
  /** Ticks that reached some of their targets only. */
  partial: count,
  /** Ticks that came at an instant at which none was due, such as those of another interval before an edit. */
  offGrid: count,
  offGridTicks: namedTicks,
  /** Stretches within the span in which the schedule was paused; `to` is exclusive. `by` and `note`: if it was begun by hand. */
  pauses: z.array(
    z.strictObject({ from: instant, to: instant, by: z.string().optional(), note: z.string().optional() }),
  ),
  /** Ticks that were fired by hand in the span, the first of them by name. They are in no other figure. */
  byHand: z.strictObject({
    count,
    first: z.array(
      z.strictObject({
        id: z.string(),
        scheduledAt: instant.nullable(),
        dispatchedAt: instant.nullable(),
        by: z.string(),
        error: z.string().nullable(),
      }),
    ),
  }),
  /** Against scheduledAt; under relative pacing, against the tick before plus the interval. `null` if none was seen. */
  dispatchSkewMs: statistics.nullable(),
  startSkewMs: statistics.nullable(),
  /** Processor time from the order to write a dispatch to its last byte; `null` if none was logged. */
  processorMs: statistics.nullable(),
  /** Both skews in the bands of the LambdaClock article's table. */
  spread: z.strictObject({ dispatch: articleTable, start: articleTable }),
  /** Median excess of the gaps over the interval: within a minute (or a run), and from one minute to the next. */
  drift: z.strictObject({ perTickMs: ms.nullable(), edgeJumpMs: ms.nullable() }),
  /** The latency from publish to start, which only LambdaClock measures. */
  publishToStartMs: articleTable.nullable(),
  charts,
});

/** The schema of `report.json`; docs/report.md explains its fields. */
export const clockReportSchema = z.strictObject({
  schemaVersion: z.literal(2),
  generatedAt: instant,
  /** What was observed, such as `local (embedded AWS)`. */
  observed: z.string(),
  /** Whether it was an embedded AWS, whose figures say nothing of AWS. */
  embedded: z.boolean(),
  /** Whether every schedule is ok. */
  ok: z.boolean(),
  schedules: z.array(schedule),
  /** How the figures came about, in sentences. */
  notes: z.array(z.string()),
});

export type ClockReport = z.infer<typeof clockReportSchema>;
export type ScheduleReport = z.infer<typeof schedule>;
export type Threshold = z.infer<typeof threshold>;
export type Statistics = z.infer<typeof statistics>;
export type ArticleTable = z.infer<typeof articleTable>;
export type ScheduleCharts = z.infer<typeof charts>;
