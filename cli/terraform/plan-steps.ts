import { fingerprint, isObject } from "./fingerprint";

/** A state's place in its history; `null` before the first apply. */
export type StateVersion = { readonly serial: number; readonly lineage: string } | null;

/** All that decides what an apply does, as digests: no value can be read from it. */
export interface PlanSteps {
  readonly environment: string;
  /** The state that it was planned against. */
  readonly state: StateVersion;
  /**
   * SHA-256 in hex by name: of each resource and output with what is planned for it and with its block in `cdk.tf.json`,
   * of each other block, such as `terraform.backend`, of the providers' lock file, and of Terraform's version.
   */
  readonly steps: Readonly<Record<string, string>>;
}

/** What the steps of a plan are taken from. */
export interface PlanSources {
  /** The plan as `terraform show -json` writes it, parsed. */
  readonly planJson: unknown;
  /**
   * The parsed `cdk.tf.json`. What Terraform knows only at the apply, such as a policy with the ARN of a new resource, is
   * not in the plan's JSON, and comes from here.
   */
  readonly configuration: unknown;
  /** The text of `.terraform.lock.hcl`, which has the providers' versions and checksums. */
  readonly providers: string;
}

/**
 * The steps of a plan. A resource that stays as it is counts with its block alone. What changed outside Terraform counts
 * if a change follows from it.
 */
export function planSteps({ planJson, configuration, providers }: PlanSources): PlanSteps["steps"] {
  const found = new Map<string, { change?: unknown; block?: unknown }>();
  const add = (name: string, part: { change?: unknown; block?: unknown }) =>
    found.set(name, { ...found.get(name), ...part });
  for (const [name, change] of plannedChanges(planJson)) add(name, { change });
  for (const [name, block] of blocks(withoutMetadata(configuration))) add(name, { block });
  const version = isObject(planJson) ? planJson.terraform_version : undefined;
  const others = { "the version of Terraform": version, "the lock file of the providers": providers };
  return Object.fromEntries([...found, ...Object.entries(others)].map(([name, part]) => [name, fingerprint(part)]));
}

/** The digest of a plan: SHA-256 of its steps, in hex. Two plans with one digest do the same to the same state. */
export function digestOf({ environment, state, steps }: PlanSteps): string {
  return fingerprint({ environment, state, steps });
}

/** The names of the steps in which two plans differ, in order. */
export function differingSteps(a: PlanSteps["steps"], b: PlanSteps["steps"]): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => a[name] !== b[name]).sort();
}

function* plannedChanges(plan: unknown): Generator<[name: string, change: unknown]> {
  if (!isObject(plan)) return;
  const resources = Array.isArray(plan.resource_changes) ? plan.resource_changes : [];
  for (const one of resources as unknown[]) {
    if (!isObject(one) || !isObject(one.change) || isNoStep(one.change)) continue;
    const { address, previous_address, deposed, mode, type, provider_name, change } = one;
    const name = deposed === undefined ? String(address) : `${address} (deposed ${deposed})`;
    yield [name, { previous_address, mode, type, provider_name, change }];
  }
  for (const [name, change] of entriesOf(plan.output_changes)) {
    if (isObject(change) && !isNoStep(change)) yield [`output.${name}`, change];
  }
}

function isNoStep({ actions, importing }: Readonly<Record<string, unknown>>): boolean {
  return importing === undefined && Array.isArray(actions) && actions.every((action) => action === "no-op");
}

/** The blocks of a stack by their addresses, such as `aws_sqs_queue.a`, `data.archive_file.a` and `provider.aws`. */
function* blocks(stack: unknown): Generator<[name: string, block: unknown]> {
  for (const [kind, ofKind] of entriesOf(stack)) {
    for (const [name, block] of entriesOf(ofKind)) {
      if (kind === "resource") for (const [id, body] of entriesOf(block)) yield [`${name}.${id}`, body];
      else if (kind === "data") for (const [id, body] of entriesOf(block)) yield [`data.${name}.${id}`, body];
      else yield [`${kind}.${name}`, block];
    }
  }
}

/** Without cdktf's own notes, which Terraform does not read. */
function withoutMetadata(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMetadata);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([key]) => key !== "//");
  return Object.fromEntries(kept.map(([key, part]) => [key, withoutMetadata(part)]));
}

function entriesOf(value: unknown): [string, unknown][] {
  return isObject(value) ? Object.entries(value) : [];
}
