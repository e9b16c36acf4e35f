import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../../constructs/naming";
import type { ProcessEnvironment } from "../../emulator/aws-environment";
import { CommandError, runCommand } from "../../host/run-command";
import { inWorkDirectory, WORK_DIR } from "../../host/work-dir";
import { type Candidate, candidates, type Found, foundIn, importBlocks, importsOnly, planErrors } from "./adoption";
import { processEnvironment, type StateLocation } from "./location";
import { addressesOf, judgeState } from "./state-file";

export interface AdoptOptions {
  /** Directory of the synthesized stack, in which Terraform was initialized. */
  readonly stackDirectory: string;
  /** The process's variables. */
  readonly env: ProcessEnvironment;
  readonly signal?: AbortSignal;
  readonly say: (message: string) => void;
}

/** Resources that exist without being in the state. */
export interface Adopted {
  readonly adopted: readonly Found[];
  /** Resources with the name, but without this environment's tags: they are left alone. */
  readonly foreign: readonly Found[];
}

/** File of the import blocks, while Terraform plans. */
const BLOCKS = "adopt.tf.json";

/**
 * Imports what a killed deploy created and did not record: Terraform writes the state every 20 seconds at most, and what
 * was created since cannot be created again. Asks AWS what exists (a plan with import blocks), and imports what has this
 * environment's tags. Only the state changes.
 *
 * @param state the text of the state; undefined if there is no state.
 * @throws CommandError if Terraform fails.
 */
export async function adopt(
  location: StateLocation,
  state: string | undefined,
  options: AdoptOptions,
): Promise<Adopted> {
  const { stackDirectory, say } = options;
  const terraform = new StackTerraform(location, options);
  const template = join(stackDirectory, "cdk.tf.json");
  if (!existsSync(template) || !existsSync(join(stackDirectory, ".terraform"))) {
    throw new Error(
      `${stackDirectory} is not initialized. Run npx cdktf diff ${location.stack} first: adopt uses the directory that it leaves.`,
    );
  }
  const judged = state === undefined ? undefined : judgeState(state);
  if (judged && "damage" in judged) {
    throw new Error(
      `the state is damaged (${judged.damage}). Restore it first: an earlier version may have all of them.`,
    );
  }
  const missing = candidates(readFileSync(template, "utf8"), state ? addressesOf(state) : [], location);
  if (missing.length === 0) return { adopted: [], foreign: [] };
  say(`Looking which of ${missing.length} resources that are not in the state exist …`);
  const found = await findExisting(missing, location, terraform);
  const [adopted, foreign] = [found.filter(({ ours }) => ours), found.filter(({ ours }) => !ours)];
  await importAll(adopted, terraform, say);
  return { adopted, foreign };
}

/**
 * Imports together what the deploy would leave as it is, if Terraform can import it without doing anything else. Imports
 * the rest one by one: `terraform import` takes one resource at a time, and several seconds for each.
 */
async function importAll(
  found: readonly Found[],
  terraform: StackTerraform,
  say: (message: string) => void,
): Promise<void> {
  const unchanged = found.filter(({ actions }) => actions === "no-op");
  const done = unchanged.length > 1 && (await importTogether(unchanged, terraform, say)) ? unchanged : [];
  for (const { address, importId } of found.filter((one) => !done.includes(one))) {
    say(`Importing ${address} (${importId}) …`);
    await terraform.run(["import", "-input=false", "-no-color", address, importId]);
  }
}

/** @returns false, and imports nothing, if the plan would do more than import, such as create what these depend on. */
async function importTogether(
  of: readonly Found[],
  terraform: StackTerraform,
  say: (message: string) => void,
): Promise<boolean> {
  return terraform.withBlocks(async (write, planFile) => {
    write(of);
    await terraform.plan(planFile, ...of.map(({ address }) => `-target=${address}`));
    if (!importsOnly(await terraform.show(planFile))) return false;
    say(`Importing ${of.length} resources together …`);
    await terraform.run(["apply", "-input=false", "-no-color", planFile]);
    return true;
  });
}

/** Plans the import of all, and again without those that Terraform reports absent. */
async function findExisting(
  of: readonly Candidate[],
  { environment }: StateLocation,
  terraform: StackTerraform,
): Promise<Found[]> {
  return terraform.withBlocks(async (write, planFile) => {
    for (let left = of; left.length > 0; ) {
      write(left);
      const failed = await terraform.plan(planFile).then(
        () => undefined,
        (error: unknown) => {
          if (error instanceof CommandError) return error;
          throw error;
        },
      );
      if (!failed) return foundIn(await terraform.show(planFile), { Project: PROJECT, Environment: environment });
      const { absent, others } = planErrors(failed.output);
      if (absent.length === 0) throw others.length > 0 ? new Error(others.join("\n\n")) : failed;
      left = left.filter(({ address }) => !absent.includes(address));
    }
    return [];
  });
}

/** Terraform in the directory of the synthesized stack. */
class StackTerraform {
  private readonly env: Record<string, string>;

  constructor(
    location: StateLocation,
    private readonly options: AdoptOptions,
  ) {
    this.env = processEnvironment(options.env, location);
  }

  run(args: readonly string[], logFile = join(WORK_DIR, "logs", `adopt-${args[0]}.log`)): Promise<string[]> {
    const { stackDirectory: cwd, signal } = this.options;
    return runCommand("terraform", args, { cwd, env: this.env, signal, logFile });
  }

  plan(planFile: string, ...targets: readonly string[]): Promise<string[]> {
    return this.run(["plan", "-input=false", "-json", `-out=${planFile}`, ...targets]);
  }

  /** A plan as JSON. It holds secret values in clear text: its log is removed with the plan. */
  async show(planFile: string): Promise<string> {
    const shown = await this.run(["show", "-json", planFile], `${planFile}.log`);
    return shown.find((line) => line.startsWith("{")) ?? "{}";
  }

  /** Runs `work` with a function that writes import blocks beside the stack, and a file for a plan. Removes both. */
  withBlocks<T>(work: (write: (of: readonly Candidate[]) => void, planFile: string) => Promise<T>): Promise<T> {
    const blocks = join(this.options.stackDirectory, BLOCKS);
    return inWorkDirectory("adopt", async (directory) => {
      try {
        return await work((of) => writeFileSync(blocks, importBlocks(of)), join(directory, "plan"));
      } finally {
        rmSync(blocks, { force: true });
      }
    });
  }
}

/** The result of an adoption, and what to do next. */
export function renderAdopted({ adopted, foreign }: Adopted, { environment, stack }: StateLocation): string {
  const lines =
    adopted.length === 0
      ? ["Nothing exists that the state does not have and that could not be created again."]
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
