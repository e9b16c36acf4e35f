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
   * of each other block, such as `terraform.backend`, of that file as a whole, of what a data source has read, of each
   * variable, of the providers' lock file, and of Terraform's version.
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

/** The step of `cdk.tf.json` as a whole. It covers a block that no other step has, in any form that Terraform reads. */
const CONFIGURATION = "the configuration";

/** What is known of a step. */
interface Step {
  readonly change?: unknown;
  /** What the data source has read. */
  readonly read?: unknown;
  /** What changed outside Terraform. It is a step of its own, because a change of another resource reads it. */
  readonly drift?: unknown;
  readonly block?: unknown;
}

/**
 * The steps of a plan. A resource that stays as it is counts with its block alone. What changed outside Terraform counts
 * if a change follows from it or reads it.
 */
export function planSteps({ planJson, configuration, providers }: PlanSources): PlanSteps["steps"] {
  const plan = isObject(planJson) ? planJson : {};
  const stack = withoutNotes(configuration);
  const found = new Map<string, Step>();
  const add = (steps: Iterable<[name: string, part: unknown]>, as: keyof Step) => {
    for (const [name, part] of steps) found.set(name, { ...found.get(name), [as]: part });
  };
  add(plannedChanges(plan), "change");
  add(dataValues(plan), "read");
  add(relevantDrift(plan), "drift");
  add(blocks(stack), "block");
  const others = {
    ...Object.fromEntries(entriesOf(plan.variables).map(([name, variable]) => [`var.${name}`, variable])),
    [CONFIGURATION]: stack,
    "the version of Terraform": plan.terraform_version,
    "the lock file of the providers": providers,
  };
  return Object.fromEntries([...found, ...Object.entries(others)].map(([name, part]) => [name, fingerprint(part)]));
}

/** The digest of a plan: SHA-256 of its steps, in hex. Two plans with one digest do the same to the same state. */
export function digestOf({ environment, state, steps }: PlanSteps): string {
  return fingerprint({ environment, state, steps });
}

/** The names of the steps in which two plans differ, in order; the configuration as a whole only if it alone differs. */
export function differingSteps(a: PlanSteps["steps"], b: PlanSteps["steps"]): string[] {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => a[name] !== b[name]).sort();
  return names.length > 1 ? names.filter((name) => name !== CONFIGURATION) : names;
}

type Json = Readonly<Record<string, unknown>>;

function* plannedChanges(plan: Json): Generator<[name: string, change: unknown]> {
  for (const one of objectsOf(plan.resource_changes)) {
    if (!isObject(one.change) || (isNoStep(one.change) && one.previous_address === undefined)) continue;
    const { address, previous_address, deposed, mode, type, provider_name, change } = one;
    const name = deposed === undefined ? String(address) : `${address} (deposed ${deposed})`;
    yield [name, { previous_address, mode, type, provider_name, change }];
  }
  for (const [name, change] of entriesOf(plan.output_changes)) {
    if (isObject(change) && !isNoStep(change)) yield [`output.${name}`, change];
  }
}

function isNoStep({ actions, importing }: Json): boolean {
  return importing === undefined && Array.isArray(actions) && actions.every((action) => action === "no-op");
}

/** What the data sources have read. It can be part of a value that is known only at the apply. */
function dataValues({ prior_state }: Json): [address: string, values: unknown][] {
  const below = (module: unknown): [string, unknown][] => {
    if (!isObject(module)) return [];
    const data = objectsOf(module.resources).filter(({ mode }) => mode === "data");
    return [
      ...data.map(({ address, values }): [string, unknown] => [String(address), values]),
      ...objectsOf(module.child_modules).flatMap(below),
    ];
  };
  const values = isObject(prior_state) ? prior_state.values : undefined;
  return isObject(values) ? below(values.root_module) : [];
}

/**
 * The attributes that changed outside Terraform and that a change reads. They too can be part of a value that is known
 * only at the apply.
 */
function* relevantDrift(plan: Json): Generator<[name: string, attributes: unknown]> {
  const relevant = objectsOf(plan.relevant_attributes);
  for (const { address, change } of objectsOf(plan.resource_drift)) {
    const after = isObject(change) && isObject(change.after) ? change.after : {};
    const read = relevant
      .filter(({ resource }) => resource === address)
      .map(({ attribute }) => String(Array.isArray(attribute) ? attribute[0] : attribute));
    if (read.length > 0) yield [`drift of ${address}`, Object.fromEntries(read.map((name) => [name, after[name]]))];
  }
}

/**
 * The blocks of a stack by their addresses, such as `aws_sqs_queue.a`, `data.archive_file.a` and `provider.aws`. A list of
 * blocks, which Terraform also reads, is one step: `provider`, `resource.aws_sqs_queue`.
 */
function* blocks(stack: unknown): Generator<[name: string, block: unknown]> {
  for (const [kind, ofKind] of entriesOf(stack)) {
    if (!isObject(ofKind)) yield [kind, ofKind];
    for (const [name, block] of entriesOf(ofKind)) {
      if (!HAS_TYPES.includes(kind) || !isObject(block)) yield [`${kind}.${name}`, block];
      else for (const [id, body] of entriesOf(block)) yield [`${kind === "data" ? "data." : ""}${name}.${id}`, body];
    }
  }
}

/** The kinds of blocks that have a type and a name. */
const HAS_TYPES: readonly string[] = ["resource", "data"];

/** Without the notes of cdktf, which Terraform does not read: `//` of the stack, and of each resource and data source. */
function withoutNotes(stack: unknown): unknown {
  const withoutNote = ([key, body]: [string, unknown]) => [key, omitted(body)];
  const ofTypes = (types: unknown) => mapped(types, ([type, named]) => [type, mapped(named, withoutNote)]);
  return mapped(omitted(stack), ([kind, part]) => [kind, HAS_TYPES.includes(kind) ? ofTypes(part) : part]);
}

function omitted(body: unknown): unknown {
  if (!isObject(body)) return body;
  const { "//": _note, ...rest } = body;
  return rest;
}

function mapped(value: unknown, change: (entry: [string, unknown]) => unknown[]): unknown {
  return isObject(value) ? Object.fromEntries(Object.entries(value).map((entry) => change(entry))) : value;
}

function objectsOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function entriesOf(value: unknown): [string, unknown][] {
  return isObject(value) ? Object.entries(value) : [];
}
