import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../../constructs/naming";
import type { ProcessEnvironment } from "../../emulator/aws-environment";
import { CommandError, runCommand } from "../../host/run-command";
import { inWorkDirectory, WORK_DIR } from "../../host/work-dir";
import { type Candidate, candidates, type Found, foundIn, importBlocks, planErrors } from "./adoption";
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
  const terraform: RunTerraform = (args, logFile = join(WORK_DIR, "logs", `adopt-${args[0]}.log`)) =>
    runCommand("terraform", args, {
      cwd: stackDirectory,
      env: processEnvironment(options.env, location),
      logFile,
      signal: options.signal,
    });
  const found = await findExisting(missing, location, stackDirectory, terraform);
  const adopted = found.filter(({ ours }) => ours);
  for (const { address, importId } of adopted) {
    say(`Importing ${address} (${importId}) …`);
    await terraform(["import", "-input=false", "-no-color", address, importId]);
  }
  return { adopted, foreign: found.filter(({ ours }) => !ours) };
}

/** Runs Terraform in the directory of the synthesized stack. @returns its output, in lines. */
type RunTerraform = (args: readonly string[], logFile?: string) => Promise<string[]>;

/** Plans the import of all, and again without those that Terraform reports absent. */
async function findExisting(
  of: readonly Candidate[],
  { environment }: StateLocation,
  stackDirectory: string,
  terraform: RunTerraform,
): Promise<Found[]> {
  const blocks = join(stackDirectory, BLOCKS);
  // A plan holds secret values in clear text: it is removed, and so is the log of what it shows.
  return inWorkDirectory("adopt", async (directory) => {
    const planFile = join(directory, "plan");
    try {
      for (let left = of; left.length > 0; ) {
        writeFileSync(blocks, importBlocks(left));
        const failed = await terraform(["plan", "-input=false", "-json", `-out=${planFile}`]).then(
          () => undefined,
          (error: unknown) => {
            if (error instanceof CommandError) return error;
            throw error;
          },
        );
        if (!failed) {
          const shown = await terraform(["show", "-json", planFile], `${planFile}.log`);
          const plan = shown.find((line) => line.startsWith("{")) ?? "{}";
          return foundIn(plan, { Project: PROJECT, Environment: environment });
        }
        const { absent, others } = planErrors(failed.output);
        if (absent.length === 0) throw others.length > 0 ? new Error(others.join("\n\n")) : failed;
        left = left.filter(({ address }) => !absent.includes(address));
      }
      return [];
    } finally {
      rmSync(blocks, { force: true });
    }
  });
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
