import { z } from "zod";
import type { ClockDescription } from "../../schedule/clock";
import { clockOutputSchema } from "../../strategies/clock-output";

/** What a plan does to a resource. `move` and `import` are changes of the state alone; `forget` leaves the resource in AWS. */
export type PlannedAction = "create" | "change" | "replace" | "destroy" | "import" | "move" | "forget";

/** One resource that a plan does something to: names and paths only, never a value of an attribute. */
export interface PlannedChange {
  /** Address in the configuration, such as `aws_sqs_queue.failures_queue_1A2B3C4D`. */
  readonly address: string;
  /** Type of the resource, such as `aws_sqs_queue`. */
  readonly type: string;
  readonly action: PlannedAction;
  /** Terraform's reason for the action, such as `replace_because_cannot_update`; `null` where it gives none. */
  readonly reason: string | null;
  /** Paths of the attributes that force a replacement, such as `name` or `attribute[0].name`. */
  readonly forcedBy: readonly string[];
  /** Whether the resource is imported besides what is done to it. */
  readonly importing: boolean;
  /** Whether the plan destroys a leftover of a replacement that failed; the resource itself stays. */
  readonly deposed: boolean;
  /** The address it had before a move; `null` where it did not move. */
  readonly previousAddress: string | null;
}

/** A resource that somebody changed outside Terraform: names of attributes only. */
export interface DriftedResource {
  readonly address: string;
  readonly type: string;
  /** `gone` where the resource is no longer there. */
  readonly how: "changed" | "gone";
  /** Names of the attributes that differ from the state; empty where it is gone. */
  readonly attributes: readonly string[];
}

/** The clock before and after a plan, as the output `clock` says it. */
export interface PlannedClock {
  /** `null` where there was none, or where the state does not describe it. */
  readonly before: ClockDescription | null;
  /** `null` where there will be none, or where the plan does not describe it. */
  readonly after: ClockDescription | null;
  /**
   * Whether both sides are to be trusted: `false` where a description is unknown until the apply, or of a shape this
   * version cannot read, so that `null` does not mean that there is no clock.
   */
  readonly known: boolean;
}

/** A Terraform plan, as far as a reviewer needs it; it holds no value of any attribute, so no secret. */
export interface PlanReading {
  /** What is done, in the plan's order, without what stays as it is. */
  readonly changes: readonly PlannedChange[];
  readonly drift: readonly DriftedResource[];
  /** Names of the outputs that change. */
  readonly outputs: readonly string[];
  readonly clock: PlannedClock;
}

/** Which bundle a plan went into. */
export interface BundleReference {
  /** SHA-256 of the bundle's manifest, in hex. */
  readonly sha256: string;
  /** Serial of the state that the plan was made against; `null` where there is no state yet. */
  readonly serial: number | null;
}

/** What planning an environment came to. */
export type PlanOutcome =
  | {
      readonly kind: "planned";
      readonly reading: PlanReading;
      /** The plan as `terraform show -no-color` writes it, with sensitive values masked. */
      readonly fullPlan: string;
    }
  | { readonly kind: "error"; readonly message: string };

/** One environment of a plan comment; also what `summary.json` of a bundle holds. */
export interface PlanSection {
  /** Name of the environment. */
  readonly environment: string;
  /** The commit that was planned: its full hash, or a word that says that there is none. */
  readonly commit: string;
  /** `null` where nothing was bundled, as after an error. */
  readonly bundle: BundleReference | null;
  readonly outcome: PlanOutcome;
}

/** Whether a plan changes anything: resources or outputs. Drift alone is no change asked for. */
export function hasChanges({ changes, outputs }: PlanReading): boolean {
  return changes.length > 0 || outputs.length > 0;
}

const change = z.object({
  address: z.string(),
  type: z.string(),
  action: z.enum(["create", "change", "replace", "destroy", "import", "move", "forget"]),
  reason: z.string().nullable(),
  forcedBy: z.array(z.string()),
  importing: z.boolean(),
  deposed: z.boolean(),
  previousAddress: z.string().nullable(),
});

const drifted = z.object({
  address: z.string(),
  type: z.string(),
  how: z.enum(["changed", "gone"]),
  attributes: z.array(z.string()),
});

const reading = z.object({
  changes: z.array(change),
  drift: z.array(drifted),
  outputs: z.array(z.string()),
  clock: z.object({
    before: clockOutputSchema.nullable(),
    after: clockOutputSchema.nullable(),
    known: z.boolean(),
  }),
});

const planSectionSchema = z.object({
  environment: z.string(),
  commit: z.string(),
  bundle: z.object({ sha256: z.string(), serial: z.int().nullable() }).nullable(),
  outcome: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("planned"), reading, fullPlan: z.string() }),
    z.object({ kind: z.literal("error"), message: z.string() }),
  ]),
}) satisfies z.ZodType<PlanSection>;

/** The JSON text of a section, as a `summary.json` holds it. */
export function planSectionJson(section: PlanSection): string {
  return JSON.stringify(z.encode(planSectionSchema, section as z.output<typeof planSectionSchema>), null, 2);
}

/**
 * Reads a section back from the JSON of a `summary.json`.
 *
 * @throws Error where it is no section that this version wrote.
 */
export function readPlanSection(json: unknown): PlanSection {
  const read = planSectionSchema.safeParse(json);
  if (read.success) return read.data;
  throw new Error(
    `this is no summary of a plan: ${z.prettifyError(read.error)}\nPlan again with the version that is to read it.`,
  );
}
