import { base64Sha256, differing, isObject, sha256 } from "./fingerprint";
import type { Manifest, StateVersion } from "./manifest";

/** Why a bundle is not applied: one message, which names what is wrong and what to do. */
export class RefusedBundle extends Error {
  override readonly name = "RefusedBundle";
}

const TAKE_WHOLE = 'Take the bundle as "npm run plan" wrote it, or plan again.';

/**
 * Checks that a bundle is for this environment.
 *
 * @throws RefusedBundle
 */
export function verifyEnvironment({ environment, stack }: Manifest, wanted: { name: string; stack: string }): void {
  if (environment === wanted.name && stack === wanted.stack) return;
  throw new RefusedBundle(
    `This bundle is a plan of "${environment}" (${stack}), not of "${wanted.name}": npm run deploy -- ${environment} --plan … applies it.`,
  );
}

/**
 * Checks each part of a bundle against its manifest.
 *
 * @param read the bytes of a part; undefined where it is not there.
 * @throws RefusedBundle which names every part that is missing or altered.
 */
export function verifyParts({ parts }: Manifest, read: (path: string) => Uint8Array | undefined): void {
  const problems = Object.entries(parts).flatMap(([path, expected]) => {
    const bytes = read(path);
    if (!bytes) return [`${path} is missing`];
    const found = sha256(bytes);
    return found === expected ? [] : [`${path} was altered (SHA-256 ${short(found)}, planned ${short(expected)})`];
  });
  if (problems.length > 0) throw new RefusedBundle(`This is not what was planned: ${list(problems)}. ${TAKE_WHOLE}`);
}

/**
 * Checks the zips against the hashes in the plan itself, so that Terraform uploads the code that was planned also where
 * the manifest was altered with it: at the apply Terraform takes whatever file is there.
 *
 * @param planJson the plan as `terraform show -json` has it.
 * @throws RefusedBundle which names every zip that is missing or altered.
 */
export function verifyZips(planJson: unknown, read: (path: string) => Uint8Array | undefined): void {
  const problems = plannedZips(planJson).flatMap(({ address, filename, hash }) => {
    const bytes = read(filename);
    if (!bytes) return [`${filename} (${address}) is missing`];
    return base64Sha256(bytes) === hash ? [] : [`${filename} (${address}) is not the code in the plan`];
  });
  if (problems.length > 0) throw new RefusedBundle(`This is not what was planned: ${list(problems)}. ${TAKE_WHOLE}`);
}

/** The zip of each Lambda function in a plan, and its SHA-256 in Base64. */
function plannedZips(planJson: unknown): { address: string; filename: string; hash: string }[] {
  const planned = isObject(planJson) ? planJson.planned_values : undefined;
  const module = isObject(planned) ? planned.root_module : undefined;
  const resources = isObject(module) && Array.isArray(module.resources) ? module.resources : [];
  return resources.flatMap((resource: unknown) => {
    if (!isObject(resource) || resource.type !== "aws_lambda_function" || !isObject(resource.values)) return [];
    const { filename, source_code_hash: hash } = resource.values;
    return typeof filename === "string" && typeof hash === "string"
      ? [{ address: String(resource.address), filename, hash }]
      : [];
  });
}

/** What a checkout would plan now. */
export interface Source {
  /** Fingerprint of the environment's configuration, and of each of its fields. */
  readonly config: NonNullable<Manifest["config"]>;
  readonly code: Manifest["code"];
  readonly commit: Manifest["commit"];
}

/**
 * Checks that the checkout is the one that was planned.
 *
 * @throws RefusedBundle which says whether the configuration or the code moved on, and where.
 */
export function verifySource(manifest: Manifest, now: Source): void {
  const commits = `planned at ${commitText(manifest.commit)}, this checkout is at ${commitText(now.commit)}`;
  if (manifest.config && now.config.sha256 !== manifest.config.sha256) {
    const fields = differing(manifest.config.fields, now.config.fields);
    throw new RefusedBundle(
      `The configuration of "${manifest.environment}" moved on since this plan: ${fields.join(", ")} (${commits}). Plan again, and have that plan reviewed.`,
    );
  }
  if (now.code.sha256 !== manifest.code.sha256) {
    const parts = differing(manifest.code.parts, now.code.parts);
    throw new RefusedBundle(
      `The ${manifest.config ? "code" : "configuration or the code"} of ${manifest.stack} moved on since this plan: ${shortened(parts)} (${commits}). Plan again, and have that plan reviewed.`,
    );
  }
}

/**
 * Checks that the bundle's own configuration and assets are those that its manifest tells of, so that what is compared
 * with the checkout is what Terraform will read, and not the manifest's word for it.
 *
 * @param bundled fingerprints of what is in the bundle.
 * @param locks the bundle's provider lock, and the committed one; undefined where there is none.
 * @throws RefusedBundle
 */
export function verifyContent(
  manifest: Manifest,
  bundled: Manifest["code"],
  locks: { readonly bundled: string | undefined; readonly committed: string | undefined },
): void {
  if (bundled.sha256 !== manifest.code.sha256) {
    const parts = differing(manifest.code.parts, bundled.parts);
    throw new RefusedBundle(
      `This is not what was planned: ${shortened(parts)} ${parts.length === 1 ? "is" : "are"} not what the manifest tells of. ${TAKE_WHOLE}`,
    );
  }
  if (locks.committed !== undefined && locks.bundled !== locks.committed) {
    throw new RefusedBundle(
      `The providers of ${manifest.stack} moved on since this plan: its lock file is not the committed one. Plan again, and have that plan reviewed.`,
    );
  }
}

/** Where a plan has the configuration of its one module, and its list of modules. */
const PLANNED_CONFIGURATION = "tfconfig/m-/cdk.tf.json";
const PLANNED_MODULES = "tfconfig/modules.json";

/**
 * Checks that a plan was made from the bundle's configuration and from nothing else: it evaluates its own at the apply.
 *
 * @param planned the plan's own files, as `configurationOfPlan` reads them.
 * @param configuration the text of the bundle's `cdk.tf.json`.
 * @throws RefusedBundle
 */
export function verifyPlannedConfiguration(planned: ReadonlyMap<string, string>, configuration: string): void {
  const foreign = [...planned.keys()].filter((path) => path !== PLANNED_CONFIGURATION && path !== PLANNED_MODULES);
  if (foreign.length === 0 && planned.get(PLANNED_CONFIGURATION) === configuration) return;
  throw new RefusedBundle(
    `The plan in this bundle was made from another configuration than the bundle's${foreign.length > 0 ? ` (${shortened(foreign)})` : ""}. ${TAKE_WHOLE}`,
  );
}

/**
 * Checks that the plan is the one that this checkout would make now, against the state and the resources as they are.
 *
 * @param differences of the two plans, as `planDifferences` names them.
 * @throws RefusedBundle
 */
export function verifySamePlan({ environment }: Manifest, differences: readonly string[]): void {
  if (differences.length === 0) return;
  throw new RefusedBundle(
    `The plan in this bundle is not the one that this checkout makes of "${environment}" now: ${shortened(differences)}. What is deployed was changed since, or the bundle was. Plan again, and have that plan reviewed.`,
  );
}

/**
 * Checks that the state is the one that was planned against. It also refuses a bundle that has been applied.
 *
 * @throws RefusedBundle
 */
export function verifyState(manifest: Manifest, now: StateVersion): void {
  const planned = manifest.state;
  if (planned?.lineage === now?.lineage && planned?.serial === now?.serial) return;
  throw new RefusedBundle(staleText(manifest, now));
}

/** What to say where the state moved on. @param now `undefined` where only Terraform knows. */
export function staleText({ environment, state }: Manifest, now: StateVersion | undefined): string {
  const where = () => {
    if (now === undefined) return "";
    if (state && now && state.lineage !== now.lineage) return ": it is another state (its lineage differs)";
    const planned = state ? `planned at serial ${state.serial}` : "planned when there was no state";
    return `: ${planned}, ${now ? `the state is at ${now.serial}` : "there is no state now"}`;
  };
  return `The state of "${environment}" moved on since this plan${where()}. Another deploy came between, or this bundle has been applied: plan again.`;
}

/** A commit in a sentence. */
export function commitText(commit: Manifest["commit"]): string {
  if (!commit) return "no commit";
  return `${commit.sha.slice(0, 12)}${commit.dirty ? " with uncommitted changes" : ""}`;
}

function short(hash: string): string {
  return `${hash.slice(0, 12)}…`;
}

function list(problems: readonly string[]): string {
  return problems.join("; ");
}

/** Most names in a message. */
const MOST_NAMES = 5;

function shortened(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return `${names.slice(0, MOST_NAMES).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
