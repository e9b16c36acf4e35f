import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { clockOutputSchema } from "../../strategies/clock-output";
import { PLAN_FILES } from "./plan-files";

/** What a plan does to a resource. `move` and `import` change the state alone; `forget` leaves the resource in AWS. */
const plannedAction = z.enum(["create", "change", "replace", "destroy", "import", "move", "forget"]);

const plannedChange = z.object({
  /** Address in the configuration, such as `aws_sqs_queue.failures_queue_1A2B3C4D`. */
  address: z.string(),
  /** Type of the resource, such as `aws_sqs_queue`. */
  type: z.string(),
  action: plannedAction,
  /** Terraform's reason for the action, such as `replace_because_cannot_update`; `null` if it gives none. */
  reason: z.string().nullable(),
  /** Paths of the attributes that force a replacement, such as `name` or `attribute[0].name`. */
  forcedBy: z.array(z.string()).readonly(),
  /** Whether the resource is imported too. */
  importing: z.boolean(),
  /** Whether the plan destroys a leftover of a replacement that failed; the resource itself stays. */
  deposed: z.boolean(),
});

const driftedResource = z.object({
  address: z.string(),
  type: z.string(),
  /** Names of the attributes that differ from the state; empty if the resource no longer exists. */
  attributes: z.array(z.string()).readonly(),
});

const plannedClock = z.object({
  /** `null` without a clock, or if the state does not describe it. */
  before: clockOutputSchema.nullable(),
  /** `null` without a clock, or if the plan does not describe it. */
  after: clockOutputSchema.nullable(),
  /**
   * `false` if a description is unknown until the apply, or of a shape that this version cannot read: then `null` does
   * not mean that no clock exists.
   */
  known: z.boolean(),
});

const planReading = z.object({
  /** What is done, in the plan's order, without what stays as it is. */
  changes: z.array(plannedChange).readonly(),
  drift: z.array(driftedResource).readonly(),
  /** Names of the outputs that change. */
  outputs: z.array(z.string()).readonly(),
  clock: plannedClock,
});

const handPause = z.object({
  /** `null` for all schedules. */
  schedule: z.string().nullable(),
  /** Instants are ISO 8601 in UTC. */
  since: z.iso.datetime(),
  until: z.iso.datetime(),
  by: z.string(),
  note: z.string(),
});

const planSection = z.object({
  /** Name of the environment. */
  environment: z.string(),
  /** The commit that was planned, as `currentCommit` gives it. */
  commit: z.string(),
  /** SHA-256 of the plan's steps, in hex; `null` after an error. */
  digest: z.string().nullable(),
  outcome: z.discriminatedUnion("kind", [
    z.object({
      kind: z.literal("planned"),
      /** When Terraform had planned, ISO 8601 in UTC. No part of the digest. */
      plannedAt: z.iso.datetime(),
      reading: planReading,
      /** What was paused by hand when it was planned; `null` if that could not be read. No part of the digest. */
      pauses: z.array(handPause).readonly().nullable(),
      /** The plan as `terraform show -no-color` writes it, with sensitive values masked. */
      fullPlan: z.string(),
    }),
    z.object({ kind: z.literal("error"), message: z.string() }),
  ]),
});

export type PlannedAction = z.infer<typeof plannedAction>;
/** One resource that a plan does something to: names and paths, never a value of an attribute. */
export type PlannedChange = Readonly<z.infer<typeof plannedChange>>;
/** A resource that was changed outside Terraform: names of attributes, never a value. */
export type DriftedResource = Readonly<z.infer<typeof driftedResource>>;
/** The clock before and after a plan, as the output `clock` describes it. */
export type PlannedClock = Readonly<z.infer<typeof plannedClock>>;
/** A Terraform plan, as far as a reviewer needs it. It holds no value of any attribute, so no secret. */
export type PlanReading = Readonly<z.infer<typeof planReading>>;
/** A pause by hand that held when an environment was planned. */
export type PlannedPause = Readonly<z.infer<typeof handPause>>;
/** One environment of a plan comment; also what `summary.json` holds. */
export type PlanSection = Readonly<z.infer<typeof planSection>>;

/** Whether there is nothing to say of a plan but that it changes nothing. */
export function isIdle({ outcome }: PlanSection): boolean {
  if (outcome.kind === "error") return false;
  const { reading, pauses } = outcome;
  return !hasChanges(reading) && reading.drift.length === 0 && pauses?.length === 0;
}

/** Whether a plan changes anything: resources or outputs. Drift alone is no change asked for. */
export function hasChanges({ changes, outputs }: PlanReading): boolean {
  return changes.length > 0 || outputs.length > 0;
}

/** The JSON text of a section, as a `summary.json` holds it. */
export function planSectionJson(section: PlanSection): string {
  return JSON.stringify(z.encode(planSection, section), null, 2);
}

/** Reads what a plan's directory says of the plan. @throws Error if it has no summary that this version can read. */
export function readSummary(directory: string): PlanSection {
  try {
    return planSection.parse(JSON.parse(readFileSync(join(directory, PLAN_FILES.summary), "utf8")));
  } catch {
    throw new Error(
      `${directory} has no ${PLAN_FILES.summary} that this version can read. Write it with: npm run plan`,
    );
  }
}
