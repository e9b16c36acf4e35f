import { z } from "zod";
import { clockOutputSchema } from "../../strategies/clock-output";
import { canonicalJson, isObject } from "./fingerprint";
import type { DriftedResource, PlannedAction, PlannedChange, PlannedClock, PlanReading } from "./plan-section";

/** Name of the output in which a clock's stack describes its clock. */
const CLOCK_OUTPUT = "clock";

const resourceChange = z.object({
  address: z.string(),
  previous_address: z.string().optional(),
  mode: z.string().optional(),
  type: z.string(),
  deposed: z.string().optional(),
  action_reason: z.string().optional(),
  change: z.object({
    actions: z.array(z.string()),
    before: z.unknown().optional(),
    after: z.unknown().optional(),
    replace_paths: z.array(z.array(z.union([z.string(), z.number()]))).optional(),
    importing: z.unknown().optional(),
  }),
});

const outputChange = z.object({
  actions: z.array(z.string()),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  after_unknown: z.unknown().optional(),
});

const stateResource = z.object({ type: z.string(), values: z.record(z.string(), z.unknown()).default({}) });

type ResourceChange = z.infer<typeof resourceChange>;
type OutputChange = z.infer<typeof outputChange>;
type StateResource = z.infer<typeof stateResource>;

/** The parts of a plan's JSON that are read (https://developer.hashicorp.com/terraform/internals/json-format, version 1.2). */
const plan = z.object({
  format_version: z.string().regex(/^1\./, { error: "is not a format this version reads, which is 1.x" }),
  errored: z.boolean().optional(),
  resource_changes: z.array(resourceChange).optional(),
  resource_drift: z.array(resourceChange).optional(),
  output_changes: z.record(z.string(), outputChange).optional(),
  /** The state as it was read for this plan. */
  prior_state: z
    .object({ values: z.object({ root_module: z.object({ resources: z.array(stateResource) }).partial() }).partial() })
    .partial()
    .optional(),
});

/**
 * Reads what `terraform show -json <plan>` writes (plan format 1.2).
 *
 * @param planJson the parsed JSON, which holds secrets in clear: of it only names, paths and the clock's description are kept.
 * @throws Error if it is no plan, one that Terraform could not finish, or of a format this version does not know.
 */
export function readPlan(planJson: unknown): PlanReading {
  const read = plan.safeParse(planJson);
  if (!read.success) {
    throw new Error(
      `this is no plan as terraform show -json writes it: ${z.prettifyError(read.error)}\nGive it a plan of Terraform 1.10 or later.`,
    );
  }
  const { errored, resource_changes = [], resource_drift = [], output_changes = {}, prior_state } = read.data;
  if (errored) throw new Error("Terraform could not finish this plan, so it cannot be applied: plan again.");
  const resources = prior_state?.values?.root_module?.resources ?? [];
  return {
    changes: resource_changes.flatMap(plannedChange),
    drift: resource_drift.flatMap((one) => driftedResource(one, resources)),
    outputs: Object.keys(output_changes).filter((name) => output_changes[name]?.actions.join() !== "no-op"),
    clock: plannedClock(output_changes[CLOCK_OUTPUT]),
  };
}

function plannedChange(resource: ResourceChange): PlannedChange[] {
  const { address, previous_address, type, deposed, action_reason, change } = resource;
  const importing = change.importing !== undefined && change.importing !== null;
  const action = actionOf(change.actions) ?? stateAction(importing, previous_address);
  if (!action || resource.mode === "data") return [];
  return [
    {
      address,
      type,
      action,
      reason: action_reason ?? null,
      forcedBy: action === "replace" ? (change.replace_paths ?? []).map(pathText) : [],
      importing,
      deposed: deposed !== undefined,
    },
  ];
}

/** The action of a change that Terraform names in one or two words; undefined if the resource stays as it is. */
function actionOf(actions: readonly string[]): PlannedAction | undefined {
  switch (actions.join("+")) {
    case "create":
      return "create";
    case "update":
      return "change";
    case "delete":
      return "destroy";
    case "delete+create":
    case "create+delete":
    case "create+forget":
      return "replace";
    case "forget":
      return "forget";
    default:
      return undefined;
  }
}

/** What happens to a resource in the state alone, while nothing happens to it in AWS. */
function stateAction(importing: boolean, previousAddress: string | undefined): PlannedAction | undefined {
  if (importing) return "import";
  return previousAddress === undefined ? undefined : "move";
}

/**
 * The drift of a resource, without what the AWS provider reads back for the first time after it has created the resource.
 * The provider fills in empty values (`tags`, `layers`), and what another resource of the same stack has set. Terraform
 * calls it drift until the next apply records it.
 *
 * Seen with Terraform 1.11.4 and hashicorp/aws 5.100.0: `plan -refresh-only -detailed-exitcode` right after a first apply
 * ends with 2.
 */
function driftedResource(
  { address, type, change }: ResourceChange,
  stack: readonly StateResource[],
): DriftedResource[] {
  const action = actionOf(change.actions);
  if (action === "destroy") return [{ address, type, attributes: [] }];
  const [before, after] = [change.before, change.after].map((side) => (isObject(side) ? side : {}));
  const attributes = [...new Set(Object.keys({ ...before, ...after }))]
    .filter((name) => canonicalJson(emptyToNull(before?.[name])) !== canonicalJson(emptyToNull(after?.[name])))
    .filter((name) => !isSetByOthers(type, name, after ?? {}, stack))
    .sort();
  return action === "change" && attributes.length > 0 ? [{ address, type, attributes }] : [];
}

/** For Terraform "not set" and "set to nothing" differ; for AWS they are the same. */
function emptyToNull(value: unknown): unknown {
  const isEmpty = value === "" || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
  return isEmpty ? null : value;
}

/** Whether an attribute shows only what other resources of the stack have set: if that was changed, they have drifted. */
function isSetByOthers(
  type: string,
  attribute: string,
  { name, arn, url, inline_policy, managed_policy_arns, attachment_count }: Readonly<Record<string, unknown>>,
  stack: readonly StateResource[],
): boolean {
  const attachments = stack.filter((one) => one.type === "aws_iam_role_policy_attachment");
  if (type === "aws_iam_role" && attribute === "managed_policy_arns") {
    const own = attachments.filter(({ values }) => values.role === name);
    const arns = managed_policy_arns as readonly string[];
    return canonicalJson([...arns].sort()) === canonicalJson(own.map(({ values }) => values.policy_arn).sort());
  }
  if (type === "aws_iam_policy" && attribute === "attachment_count") {
    return attachment_count === attachments.filter(({ values }) => values.policy_arn === arn).length;
  }
  if (type === "aws_iam_role" && attribute === "inline_policy") {
    const own = stack.filter((one) => one.type === "aws_iam_role_policy" && one.values.role === name);
    const names = (inline_policy as readonly { name: string }[]).map((policy) => policy.name);
    return canonicalJson(names.sort()) === canonicalJson(own.map(({ values }) => values.name).sort());
  }
  const isQueuePolicy = type === "aws_sqs_queue" && attribute === "policy";
  return isQueuePolicy && stack.some((one) => one.type === "aws_sqs_queue_policy" && one.values.queue_url === url);
}

/** A path as Terraform writes it: `attribute[0].name`. */
function pathText(path: readonly (string | number)[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    if (!/^[\w-]+$/.test(step)) return `${text}[${JSON.stringify(step)}]`;
    return text === "" ? step : `${text}.${step}`;
  }, "");
}

/** The clock's description on both sides; leniently, since a state may be of an older or a newer version. */
function plannedClock(output: OutputChange | undefined): PlannedClock {
  if (!output) return { before: null, after: null, known: true };
  const before = clockOutputSchema.nullable().safeParse(fromText(output.before));
  const after = clockOutputSchema.nullable().safeParse(fromText(output.after));
  return {
    before: before.data ?? null,
    after: after.data ?? null,
    known: before.success && after.success && !isUnknown(output.after_unknown),
  };
}

/** The output's value: JSON as text, since cdktf's outputs take no null. Other text stays as it is, and is refused. */
function fromText(value: unknown): unknown {
  if (typeof value !== "string") return value ?? null;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** Whether anything of a value is known only after the apply: Terraform marks it by `true`, also inside of objects and lists. */
function isUnknown(mark: unknown): boolean {
  if (mark === true) return true;
  return typeof mark === "object" && mark !== null && Object.values(mark).some(isUnknown);
}
