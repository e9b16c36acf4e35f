import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stackId } from "../../constructs/naming";
import { inWorkDirectory, PROJECT_DIR } from "../../host/work-dir";
import { checkEnvironments } from "../lib/environments";
import { type AccessOptions, openAccess } from "./access";
import { shownDirectory } from "./bundle";
import { advance, type DeployProgress } from "./cdktf";
import { sha256 } from "./fingerprint";
import { BUNDLE_FILES, type Manifest, readManifest } from "./manifest";
import { configurationOfPlan } from "./plan-file";
import type { PlanReading } from "./plan-section";
import { committedLock, useCommittedLock } from "./provider-locks";
import { readPlan } from "./read-plan";
import { planDifferences } from "./same-plan";
import { codeOf, errorContext, sourceOf } from "./source";
import { synthesize } from "./synthesize";
import { Terraform } from "./terraform";
import {
  verifyContent,
  verifyEnvironment,
  verifyParts,
  verifyPlannedConfiguration,
  verifySamePlan,
  verifySource,
  verifyState,
  verifyZips,
} from "./verify";

export interface DeployOptions extends AccessOptions {
  /** The bundle. */
  readonly directory: string;
  /** Is told what happens, in sentences. */
  readonly say: (text: string) => void;
}

/** What a deploy came to. */
export interface Deployed {
  /** Whether there was anything to apply. */
  readonly applied: boolean;
  /** How long the apply took, in ms; 0 where there was nothing to apply. */
  readonly tookMs: number;
}

/**
 * Applies exactly the plan of a bundle, once.
 *
 * What a bundle says of itself is not enough: whoever can make one can write its manifest. So its configuration and its
 * plan are compared with what this checkout, which was reviewed, synthesizes and plans.
 *
 * @throws RefusedBundle where the bundle is not for this environment, was altered, or where the configuration, the code
 *   or the state moved on since; nothing is applied then.
 * @throws TerraformError where Terraform fails, and the signal's reason.
 */
export async function deployBundle(name: string, options: DeployOptions): Promise<Deployed> {
  const { directory, signal, say } = options;
  checkEnvironments([name]);
  const stack = stackId(name);
  const { manifest, bytes } = readManifest(directory);
  verifyEnvironment(manifest, { name, stack });
  return inWorkDirectory(`deploy-${name}`, async (work) => {
    // What is checked is what is applied: a copy that nobody else writes to.
    const copy = join(work, "bundle");
    copyParts(manifest, directory, copy);
    const read = (path: string) => readIfThere(join(copy, path));
    verifyParts(manifest, read);
    say(`bundle ${shownDirectory(directory, PROJECT_DIR)}, planned ${manifest.createdAt}, SHA-256 ${sha256(bytes)}`);

    const access = await openAccess(name, options);
    for (const note of access.notes) say(note);
    say("comparing with the configuration and the code of this checkout");
    const synthesized = await synthesize({ stack, output: join(work, "cdktf.out"), env: access.env, signal });
    verifySource(manifest, sourceOf(access.config, synthesized));
    const lock = useCommittedLock({ stack, environment: name, embedded: access.embedded }, synthesized);
    verifyContent(manifest, codeOf(copy), {
      bundled: textIfThere(join(copy, BUNDLE_FILES.providers)),
      committed: lock.readonlyLock ? textIfThere(committedLock(stack)) : undefined,
    });

    verifyPlannedConfiguration(
      await configurationOfPlan(join(copy, BUNDLE_FILES.plan)),
      textIfThere(join(copy, BUNDLE_FILES.configuration)) ?? "",
    );

    const context = errorContext(access, stack);
    const terraform = new Terraform({ directory: copy, env: access.env, context, signal });
    say("initializing providers and state");
    await terraform.init({ readonlyLock: existsSync(join(copy, BUNDLE_FILES.providers)) });
    const planJson = await terraform.planJson(BUNDLE_FILES.plan);
    verifyZips(planJson, read);
    verifyState(manifest, await terraform.stateVersion());
    if (!manifest.changes) return { applied: false, tookMs: 0 };
    say("comparing with what this checkout plans now");
    const fresh = new Terraform({ directory: synthesized, env: access.env, context, signal });
    await fresh.init(lock);
    await fresh.plan(BUNDLE_FILES.plan);
    verifySamePlan(manifest, planDifferences(planJson, await fresh.planJson(BUNDLE_FILES.plan)));
    const start = performance.now();
    await apply(terraform, stepsOf(readPlan(planJson)), say);
    return { applied: true, tookMs: performance.now() - start };
  });
}

/** How many resources Terraform will report as finished: a replaced one twice. */
function stepsOf({ changes }: PlanReading): number {
  const steps = { create: 1, change: 1, destroy: 1, replace: 2, import: 0, move: 0, forget: 0 } as const;
  return changes.reduce((sum, { action }) => sum + steps[action], 0);
}

async function apply(terraform: Terraform, planned: number, say: (text: string) => void): Promise<void> {
  const progress: { -readonly [K in keyof DeployProgress]: DeployProgress[K] } = { done: 0, planned, now: "applying" };
  say(`applying the plan: ${planned} steps`);
  await terraform.apply(BUNDLE_FILES.plan, (line) => {
    const before = progress.done;
    if (advance(progress, line) && progress.done > before) say(`${progress.done} of ${planned}: ${progress.now}`);
  });
}

/** Copies what is there; what is not is told with what was altered. */
function copyParts({ parts }: Manifest, from: string, to: string): void {
  for (const part of Object.keys(parts)) {
    if (!existsSync(join(from, part))) continue;
    mkdirSync(dirname(join(to, part)), { recursive: true });
    copyFileSync(join(from, part), join(to, part));
  }
}

function textIfThere(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

function readIfThere(file: string): Uint8Array | undefined {
  return existsSync(file) ? readFileSync(file) : undefined;
}
