import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { version as cdktfVersion } from "cdktf/package.json";
import { stackId } from "../../constructs/naming";
import { inWorkDirectory, PROJECT_DIR } from "../../host/work-dir";
import { type Access, type AccessOptions, openAccess } from "./access";
import { withoutBookkeeping } from "./bookkeeping";
import { hashFiles, replaceDirectory } from "./bundle";
import { currentCommit } from "./commit";
import { sha256 } from "./fingerprint";
import { refuseLostState } from "./lost-state";
import { BUNDLE_FILES, MANIFEST_FORMAT, type Manifest } from "./manifest";
import { maskSecrets } from "./mask-secrets";
import { type PlanSection, planSectionJson } from "./plan-section";
import { useCommittedLock } from "./provider-locks";
import { readPlan } from "./read-plan";
import { renderSections } from "./render-sections";
import { assetsOf, errorContext, sourceOf } from "./source";
import { copySynthesized, synthesize } from "./synthesize";
import { Terraform } from "./terraform";

export interface PlanOptions extends AccessOptions {
  /** Where the bundle goes. */
  readonly directory: string;
  /** cdktf's output directory of an earlier synth. @default the app is synthesized anew */
  readonly synthesized?: string;
  /** The commit that was synthesized there. @default this checkout's */
  readonly commit?: string;
  /** Is told what happens, in sentences. */
  readonly say: (text: string) => void;
}

/** A planned environment: its section of the comment, and Terraform's exit code. */
export interface Planned {
  readonly section: PlanSection;
  /** 0 without changes, 1 after an error, 2 with changes. */
  readonly exitCode: 0 | 1 | 2;
}

/**
 * Plans an environment, and writes the bundle: the plan and all that its apply needs. After an error the directory
 * holds the comment that tells of it, and no plan.
 *
 * @throws the signal's reason; then the directory is as it was.
 */
export async function planEnvironment(name: string, options: PlanOptions): Promise<Planned> {
  try {
    return await inWorkDirectory(`plan-${name}`, (work) => planIn(work, name, options));
  } catch (error) {
    options.signal?.throwIfAborted();
    const section: PlanSection = {
      environment: name,
      commit: sectionCommit(plannedCommit(options)),
      bundle: null,
      outcome: { kind: "error", message: (error as Error).message },
    };
    replaceDirectory(options.directory, (unfinished) => writeSection(section, unfinished, options.directory));
    return { section, exitCode: 1 };
  }
}

async function planIn(work: string, name: string, options: PlanOptions): Promise<Planned> {
  const { say, signal, directory } = options;
  const access = await openAccess(name, options);
  for (const note of access.notes) say(note);
  const stack = stackId(name);
  const stackDir = await synthesizedStack(work, stack, access, options);
  const lock = useCommittedLock({ stack, environment: name, embedded: access.embedded }, stackDir);
  if (lock.note) say(lock.note);
  const terraform = new Terraform({
    directory: stackDir,
    env: access.env,
    context: errorContext(access, stack),
    signal,
  });
  say("initializing providers and state");
  await terraform.init(lock);
  // Read before the plan: a state that moves on in between makes the bundle older than it is, and it is refused.
  const state = await terraform.stateVersion();
  if (state === null) await refuseLostState(access);
  say("planning");
  const changes = await terraform.plan(BUNDLE_FILES.plan);
  const planJson = await terraform.planJson(BUNDLE_FILES.plan);
  const reading = readPlan(withoutBookkeeping(planJson));
  const fullPlan = maskSecrets(planJson, await terraform.planText(BUNDLE_FILES.plan));
  const { terraform: version, platform, providers } = await terraform.versions();
  const parts = [
    BUNDLE_FILES.plan,
    BUNDLE_FILES.configuration,
    BUNDLE_FILES.providers,
    ...terraform.zips(),
    ...assetsOf(stackDir),
  ].filter((part) => existsSync(join(stackDir, part)));
  const source = sourceOf(access.config, stackDir);
  const commit = plannedCommit(options);
  const manifest: Manifest = {
    format: MANIFEST_FORMAT,
    environment: name,
    stack,
    createdAt: new Date().toISOString(),
    changes,
    commit,
    tools: { terraform: version, platform, node: process.version, cdktf: cdktfVersion, providers: { ...providers } },
    backend: backendOf(stackDir),
    state,
    // What was synthesized elsewhere is of its own checkout's configuration, not of this one's.
    config: options.synthesized ? null : source.config,
    code: source.code,
    parts: hashFiles(stackDir, parts),
  };
  const manifestText = `${JSON.stringify(manifest, null, 2)}\n`;
  const section: PlanSection = {
    environment: name,
    commit: sectionCommit(commit),
    bundle: { sha256: sha256(manifestText), serial: state?.serial ?? null },
    outcome: { kind: "planned", reading, fullPlan },
  };
  signal?.throwIfAborted();
  replaceDirectory(directory, (unfinished) => {
    for (const part of parts) cpSync(join(stackDir, part), join(unfinished, part));
    writeFileSync(join(unfinished, BUNDLE_FILES.manifest), manifestText);
    writeFileSync(join(unfinished, BUNDLE_FILES.fullPlan), fullPlan);
    writeSection(section, unfinished, directory);
  });
  return { section, exitCode: changes ? 2 : 0 };
}

async function synthesizedStack(
  work: string,
  stack: string,
  { env }: Access,
  { synthesized, signal, say }: PlanOptions,
): Promise<string> {
  if (synthesized) return copySynthesized(synthesized, stack, join(work, stack));
  say("synthesizing");
  return synthesize({ stack, output: join(work, "cdktf.out"), env, signal });
}

function writeSection(section: PlanSection, into: string, directory: string): void {
  writeFileSync(join(into, BUNDLE_FILES.summary), `${planSectionJson(section)}\n`);
  writeFileSync(
    join(into, BUNDLE_FILES.comment),
    renderSections([section], () => directory),
  );
}

function plannedCommit({ commit }: PlanOptions): Manifest["commit"] {
  return commit ? { sha: commit, dirty: false } : currentCommit(PROJECT_DIR);
}

/** The commit as the comment has it. */
function sectionCommit(commit: Manifest["commit"]): string {
  if (!commit) return "no commit";
  return commit.dirty ? `${commit.sha}-dirty` : commit.sha;
}

function backendOf(stackDir: string): Manifest["backend"] {
  const { terraform } = JSON.parse(readFileSync(join(stackDir, BUNDLE_FILES.configuration), "utf8")) as {
    terraform: { backend: { s3: Manifest["backend"] } };
  };
  const { bucket, key, region } = terraform.backend.s3;
  return { bucket, key, region };
}
