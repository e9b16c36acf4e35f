import { z } from "zod";
import type { ClockReport } from "./schedule-report";

const instant = z.iso.datetime({ precision: 3 });
const count = z.int().nonnegative();
const ms = z.number();
const counts = z.array(count);

const statistics = z.strictObject({
  count: count.positive(),
  mean: ms,
  sd: ms.nonnegative(),
  min: ms,
  max: ms,
  p50: ms,
  p95: ms,
  p99: ms,
  p999: ms,
});

const articleTable = z.strictObject({
  average: ms.nullable(),
  standardDeviation: ms.nullable(),
  count,
  failures: count,
  withinOneSd: count,
  withinTwoSd: count,
  withinThreeSd: count,
  beyondThreeSd: count,
});

const namedTicks = z.array(z.strictObject({ id: z.string(), at: instant }));

const reason = z.enum(["expired", "overtaken", "dispatch-failed", "dispatch-unknown", "not-planned", "not-seen"]);

const distribution = z.strictObject({
  histogram: z.strictObject({ binMs: ms, bins: z.array(z.strictObject({ from: ms, to: ms, count })) }),
  curve: z.strictObject({ quantile: z.array(z.number().min(0).max(1)), skewMs: z.array(ms) }),
});

const charts = z.strictObject({
  delay: z.strictObject({
    ticksPerPoint: count.positive(),
    at: z.array(ms),
    min: z.array(ms.nullable()),
    mean: z.array(ms.nullable()),
    max: z.array(ms.nullable()),
  }),
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
  bySecond: z.strictObject({
    second: z.array(z.int().min(0).max(59)),
    count: counts,
    min: z.array(ms),
    mean: z.array(ms),
    max: z.array(ms),
  }),
});

const schedule = z.strictObject({
  schedule: z.string(),
  strategy: z.string(),
  pacing: z.enum(["clock", "relative"]),
  interval: z.templateLiteral([z.number(), z.enum(["s", "m", "h"])]),
  phase: z.templateLiteral([z.number(), z.enum(["s", "m", "h"])]),
  span: z.strictObject({ from: instant, to: instant }),
  ok: z.boolean(),
  thresholds: z.array(
    z.strictObject({
      name: z.enum(["missed", "duplicate", "suppressed-only", "partial", "off-grid", "dispatch-skew-p99"]),
      value: z.number().nullable(),
      limit: z.number(),
      pass: z.boolean(),
    }),
  ),
  due: count,
  seen: count,
  outcomes: z.strictObject({
    "on-time": count,
    late: count,
    missed: count,
    "duplicate-suppressed": count,
    paused: count,
  }),
  availability: z.number().min(0).max(1).nullable(),
  missed: z.strictObject({
    count,
    byReason: z.partialRecord(reason, count),
    first: z.array(
      z.strictObject({ id: z.string().nullable(), expectedAt: instant, reason, error: z.string().nullable() }),
    ),
  }),
  late: z.strictObject({ count, first: namedTicks }),
  duplicate: count,
  duplicates: namedTicks,
  suppressed: count,
  partial: count,
  offGrid: count,
  offGridTicks: namedTicks,
  pauses: z.array(z.strictObject({ from: instant, to: instant, note: z.string() })),
  dispatchSkewMs: statistics.nullable(),
  startSkewMs: statistics.nullable(),
  spread: z.strictObject({ dispatch: articleTable, start: articleTable }),
  drift: z.strictObject({ perTickMs: ms.nullable(), edgeJumpMs: ms.nullable() }),
  publishToStartMs: articleTable.nullable(),
  charts,
});

/** The schema of `report.json`, for whoever reads one back; docs/report.md explains its fields. */
export const clockReportSchema: z.ZodType<ClockReport> = z.strictObject({
  schemaVersion: z.literal(1),
  generatedAt: instant,
  observed: z.string(),
  embedded: z.boolean(),
  ok: z.boolean(),
  schedules: z.array(schedule),
  notes: z.array(z.string()),
});
