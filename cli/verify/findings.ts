import { z } from "zod";
import type { Assumption } from "../../strategies/assumptions";
import { statisticsOf } from "../report/statistics";
import { Tally } from "../report/tally";
import type { Figures } from "./measures";

const instant = z.iso.datetime({ precision: 3 });

/** One assumption about AWS, and what was measured. Figures in ms; those of `firings` are counts. */
const finding = z.strictObject({
  measure: z.string(),
  /** What the documentation says. */
  claim: z.string(),
  /** The bound: every figure, or 99 of 100, lie in it. */
  bound: z.strictObject({ of: z.enum(["every", "p99"]), from: z.number(), to: z.number() }),
  /** `null` if nothing was measured. */
  measured: z
    .strictObject({ count: z.int(), min: z.number(), p50: z.number(), p99: z.number(), max: z.number() })
    .nullable(),
  /** Whether the bound held; `null` if nothing was measured. */
  holds: z.boolean().nullable(),
});

/** The schema of `verify.json`. Instants are ISO 8601 in UTC. */
export const verificationSchema = z.strictObject({
  schemaVersion: z.literal(1),
  generatedAt: instant,
  environment: z.string(),
  region: z.string(),
  /** The strategy as people say it, such as `sfn-loop on Express`. */
  strategy: z.string(),
  /** Whether it was an embedded AWS, whose figures say nothing of AWS. */
  embedded: z.boolean(),
  span: z.strictObject({ from: instant, to: instant }),
  /** Whether every tick that was due came once, and in time. `report.json` has the details. */
  keepsTime: z.boolean(),
  assumptions: z.array(finding),
});

export type Verification = z.infer<typeof verificationSchema>;
export type Finding = z.infer<typeof finding>;

/** Compares each assumption with its figures. */
export function findingsOf(assumptions: readonly Assumption[], figures: Figures): Finding[] {
  return assumptions.map(({ measure, claim, bound }) => {
    const statistics = statisticsOf(Tally.of(figures[measure]));
    if (!statistics) return { measure, claim, bound, measured: null, holds: null };
    const { count, min, p50, p99, max } = statistics;
    const largest = bound.of === "every" ? max : p99;
    const holds = largest <= bound.to && min >= bound.from;
    return { measure, claim, bound, measured: { count, min, p50, p99, max }, holds };
  });
}
