import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../../constructs/naming";
import { CommandError, runCommand } from "../../host/run-command";
import { type Candidate, candidates, type Found, foundIn, importBlocks, importsOnly, planErrors } from "./adoption";
import type { StateLocation } from "./location";
import { addressesOf, judgeState } from "./state-file";

export interface AdoptOptions {
  /** Where cdktf has synthesized the stack to, and Terraform was initialized. */
  readonly stackDirectory: string;
  /** Where files go that are gone again afterwards, and the logs, which stay. */
  readonly workDirectory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly say: (message: string) => void;
}

/** What was found to exist without being in the state. */
export interface Adopted {
  readonly adopted: readonly Found[];
  /** What has the name, but not this environment's tags: it is left alone. */
  readonly foreign: readonly Found[];
}

/** A name for the import blocks that no other file has; it is there while Terraform plans. */
const BLOCKS = "adopt.tf.json";

/**
 * Takes what exists into the state, where a deploy that was killed could not write it down: Terraform writes the state
 * every 20 seconds at most, so what was created since is not in it, and cannot be created again. It asks AWS what is
 * there (a plan with import blocks), and imports what has this environment's tags. Nothing but the state is changed.
 *
 * @param state the text of the state; undefined where there is none.
 * @throws CommandError where Terraform fails.
 */
export async function adopt(
  location: StateLocation,
  state: string | undefined,
  options: AdoptOptions,
): Promise<Adopted> {
  const { stackDirectory, say } = options;
  const template = join(stackDirectory, "cdk.tf.json");
  if (!existsSync(template) || !existsSync(join(stackDirectory, ".terraform"))) {
    throw new Error(
      `${stackDirectory} is not initialized. Run npx cdktf diff ${location.stack} first: adopt works with what it leaves there.`,
    );
  }
  const judged = state === undefined ? undefined : judgeState(state);
  if (judged && "damage" in judged) {
    throw new Error(
      `the state is damaged (${judged.damage}). Restore it first: it may know all that is to be adopted.`,
    );
  }
  const missing = candidates(readFileSync(template, "utf8"), state ? addressesOf(state) : [], location);
  if (missing.length === 0) return { adopted: [], foreign: [] };
  say(`Looking which of ${missing.length} resources that are not in the state exist …`);
  const found = await findExisting(missing, location, options);
  const [adopted, foreign] = [found.filter(({ ours }) => ours), found.filter(({ ours }) => !ours)];
  await importAll(adopted, options);
  return { adopted, foreign };
}

/**
 * Imports in one go what the deploy would leave as it is, where Terraform can do so without doing anything else; what is
 * left, one by one: `terraform import` takes one resource at a time, and several seconds for each.
 */
async function importAll(found: readonly Found[], options: AdoptOptions): Promise<void> {
  const unchanged = found.filter(({ actions }) => actions === "no-op");
  const done = unchanged.length > 1 && (await importTogether(unchanged, options)) ? unchanged : [];
  for (const { address, importId } of found.filter((one) => !done.includes(one))) {
    options.say(`Importing ${address} (${importId}) …`);
    await terraform(["import", "-input=false", "-no-color", address, importId], "import", options);
  }
}

/** @returns whether it has: not where the plan would do more than import, as to create what these depend on. */
async function importTogether(of: readonly Found[], options: AdoptOptions): Promise<boolean> {
  return withBlocks(options, async (write, planFile) => {
    write(of);
    const targets = of.map(({ address }) => `-target=${address}`);
    await terraform(["plan", "-input=false", "-json", `-out=${planFile}`, ...targets], "plan", options);
    if (!importsOnly(await show(planFile, options))) return false;
    options.say(`Importing ${of.length} resources together …`);
    await terraform(["apply", "-input=false", "-no-color", planFile], "import", options);
    return true;
  });
}

/** Plans the import of all; of those that Terraform reports absent, without. */
async function findExisting(
  of: readonly Candidate[],
  { environment }: StateLocation,
  options: AdoptOptions,
): Promise<Found[]> {
  return withBlocks(options, async (write, planFile) => {
    for (let left = of; left.length > 0; ) {
      write(left);
      const plan = ["plan", "-input=false", "-json", `-out=${planFile}`];
      const failed = await terraform(plan, "plan", options).then(
        () => undefined,
        (error: unknown) => {
          if (error instanceof CommandError) return error;
          throw error;
        },
      );
      if (!failed) return foundIn(await show(planFile, options), { Project: PROJECT, Environment: environment });
      const { absent, others } = planErrors(failed.output);
      if (absent.length === 0) throw others.length > 0 ? new Error(others.join("\n\n")) : failed;
      left = left.filter(({ address }) => !absent.includes(address));
    }
    return [];
  });
}

/** Runs `work` with a way to put import blocks beside the stack, and a place for plans; both are gone afterwards. */
async function withBlocks<T>(
  { stackDirectory, workDirectory }: AdoptOptions,
  work: (write: (of: readonly Candidate[]) => void, planFile: string) => Promise<T>,
): Promise<T> {
  mkdirSync(workDirectory, { recursive: true });
  const directory = mkdtempSync(join(workDirectory, "adopt-"));
  const blocks = join(stackDirectory, BLOCKS);
  try {
    return await work((of) => writeFileSync(blocks, importBlocks(of)), join(directory, "plan"));
  } finally {
    rmSync(blocks, { force: true });
    // A plan holds values that are secret.
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A plan as JSON. It holds values that are secret, in clear: its log is a file that is removed with the plan. */
async function show(planFile: string, { stackDirectory, env }: AdoptOptions): Promise<string> {
  const logFile = `${planFile}.log`;
  const shown = await runCommand("terraform", ["show", "-json", planFile], { cwd: stackDirectory, env, logFile });
  return shown.find((line) => line.startsWith("{")) ?? "{}";
}

function terraform(args: readonly string[], log: string, { stackDirectory, workDirectory, env }: AdoptOptions) {
  return runCommand("terraform", args, {
    cwd: stackDirectory,
    env,
    logFile: join(workDirectory, "logs", `adopt-${log}.log`),
  });
}

/** What is said of an adoption, and what to do next. */
export function renderAdopted({ adopted, foreign }: Adopted, { environment, stack }: StateLocation): string {
  const lines =
    adopted.length === 0
      ? ["Nothing exists that the state does not have, of what could not be created again."]
      : [
          `Adopted ${adopted.length} ${adopted.length === 1 ? "resource" : "resources"} into the state of ${stack}:`,
          ...adopted.map(
            ({ address, importId, actions }) =>
              `  ${address}  ${importId}${actions === "no-op" ? "" : `  (the next deploy: ${actions})`}`,
          ),
        ];
  if (foreign.length > 0) {
    lines.push(
      `Left alone, because their tags are not Project=${PROJECT}, Environment=${environment}; the deploy fails while they exist:`,
      ...foreign.map(({ address, importId }) => `  ${address}  ${importId}`),
    );
  }
  return [...lines, `Next: npm run plan -- ${environment}, then deploy again.`].join("\n");
}
