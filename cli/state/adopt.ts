import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../../constructs/naming";
import { parsePrinted } from "../../host/parse-json";
import { CommandError } from "../../host/run-command";
import { inWorkDirectory, WORK_DIR } from "../../host/work-dir";
import type { Context } from "../lib/context";
import { projectPath } from "../lib/options";
import { runTerraform } from "../terraform/binary";
import { processEnvironment, type StateLocation } from "./location";

/** A resource that may exist without being in the state, and the id under which Terraform imports it. */
export interface Candidate {
  /** Such as `aws_iam_role.loop_role`. */
  readonly address: string;
  readonly importId: string;
}

/** A resource that exists and is not in the state. */
export interface Found extends Candidate {
  /** Whether it has this environment's tags: another resource may have its name. */
  readonly ours: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/** The account and region in which the names are unique. */
type Scope = Pick<StateLocation, "account" | "region">;

/** Runs Terraform in the directory of the synthesized stack. @returns its output, in lines. */
type RunTerraform = (args: readonly string[], logFile?: string) => Promise<string[]>;

/** File of the import blocks, while Terraform plans. */
const BLOCKS = "adopt.tf.json";

/**
 * The resources whose creation fails if one of their name exists, and the ids for their import. Creating any other
 * resource of these stacks succeeds if it exists (queues, topics, rules, policies), or it has no name.
 */
const IMPORT_IDS: Readonly<Record<string, (fields: Fields, scope: Scope) => unknown>> = {
  aws_cloudwatch_log_group: ({ name }) => name,
  aws_dynamodb_table: ({ name }) => name,
  aws_iam_openid_connect_provider: ({ url }, { account }) =>
    `arn:aws:iam::${account}:oidc-provider/${String(url).replace("https://", "")}`,
  aws_iam_policy: ({ name, path = "/" }, { account }) => `arn:aws:iam::${account}:policy${path}${name}`,
  aws_iam_role: ({ name }) => name,
  aws_lambda_function: ({ function_name }) => function_name,
  aws_s3_bucket: ({ bucket }) => bucket,
  aws_sfn_state_machine: ({ name }, { account, region }) => `arn:aws:states:${region}:${account}:stateMachine:${name}`,
};

/**
 * Imports what a killed deploy created and did not record: Terraform writes the state every 20 seconds at most, and what
 * was created since cannot be created again. Asks AWS what exists (a plan with import blocks), and imports what has this
 * environment's tags. Only the state changes.
 *
 * @returns what was imported, and what to do next.
 * @throws Error if Terraform was not initialized in the stack's directory, or its plan has other errors.
 * @throws CommandError if Terraform fails.
 */
export async function adopt(location: StateLocation, { env, signal }: Context): Promise<string> {
  const { environment, stack } = location;
  const stackDirectory = join(projectPath(env.CDKTF_OUTPUT ?? "cdktf.out"), "stacks", stack);
  const template = join(stackDirectory, "cdk.tf.json");
  if (!existsSync(template) || !existsSync(join(stackDirectory, ".terraform"))) {
    throw new Error(
      `${stackDirectory} is not initialized. Run npx cdktf diff ${stack} first: adopt uses the directory that it leaves.`,
    );
  }
  const terraform: RunTerraform = (args, logFile = join(WORK_DIR, "logs", `adopt-${args[0]}.log`)) =>
    runTerraform(args, { cwd: stackDirectory, env: processEnvironment(env, location), logFile, signal });
  console.error("Checking which resources exist but are missing in the state …");
  const found = await findExisting(
    candidates(readFileSync(template, "utf8"), location),
    { Project: PROJECT, Environment: environment },
    stackDirectory,
    terraform,
  );
  const adopted = found.filter(({ ours }) => ours);
  for (const { address, importId } of adopted) {
    console.error(`Importing ${address} (${importId}) …`);
    await terraform(["import", "-input=false", "-no-color", address, importId]);
  }
  const foreign = found.filter(({ ours }) => !ours);
  return [
    adopted.length === 0
      ? "Nothing exists that the state does not have and that could not be created again."
      : `Adopted ${adopted.length} ${adopted.length === 1 ? "resource" : "resources"} into the state of ${stack}:`,
    ...adopted.map(({ address, importId }) => `  ${address}  ${importId}`),
    ...(foreign.length > 0
      ? [
          `Left alone, because their tags are not Project=${PROJECT}, Environment=${environment}; the deploy fails while they exist:`,
        ]
      : []),
    ...foreign.map(({ address, importId }) => `  ${address}  ${importId}`),
    `Next: npm run plan -- ${environment}, then deploy again.`,
  ].join("\n");
}

/** Plans the import of all, and again without those that Terraform reports absent. */
async function findExisting(
  all: readonly Candidate[],
  tags: Readonly<Record<string, string>>,
  stackDirectory: string,
  terraform: RunTerraform,
): Promise<Found[]> {
  const blocks = join(stackDirectory, BLOCKS);
  // A plan holds secret values in clear text: it is removed, and so is the log of what it shows.
  return inWorkDirectory("adopt", async (directory) => {
    const planFile = join(directory, "plan");
    try {
      for (let left = all; left.length > 0; ) {
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
          return foundIn(shown.find((line) => line.startsWith("{")) ?? shown.join("\n"), tags);
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

/**
 * The resources of a synthesized stack whose creation would fail if they existed.
 *
 * @param template the text of `cdk.tf.json`.
 */
export function candidates(template: string, scope: Scope): Candidate[] {
  const { resource = {} } = JSON.parse(template) as { resource?: Record<string, Record<string, Fields>> };
  return Object.entries(IMPORT_IDS).flatMap(([type, importId]) =>
    Object.entries(resource[type] ?? {})
      .map(([name, fields]) => ({ address: `${type}.${name}`, importId: importId(fields, scope) }))
      .filter((one): one is Candidate => typeof one.importId === "string" && !one.importId.includes("${")),
  );
}

/** A file for the stack's directory with which Terraform plans imports. It ignores those of what is in the state. */
export function importBlocks(of: readonly Candidate[]): string {
  return JSON.stringify({ import: of.map(({ address, importId }) => ({ to: address, id: importId })) });
}

/** The errors in the lines of `terraform plan -json`: the addresses of what does not exist, and all others as text. */
export function planErrors(lines: readonly string[]): { absent: string[]; others: string[] } {
  const absent: string[] = [];
  const others: string[] = [];
  for (const line of lines.filter((line) => line.startsWith("{"))) {
    const { diagnostic } = parsePrinted("terraform plan -json", line) as {
      diagnostic?: { severity: string; summary: string; detail: string };
    };
    if (diagnostic?.severity !== "error") continue;
    const { summary, detail } = diagnostic;
    const isAbsence = summary === "Cannot import non-existent remote object";
    const address = isAbsence ? /object to\s+"([^"]+)"/.exec(detail)?.[1] : undefined;
    if (address) absent.push(address);
    else others.push(`${summary}\n${detail}`);
  }
  return { absent, others };
}

/**
 * What a plan with import blocks would import.
 *
 * @param plan the text of `terraform show -json`.
 * @param tags the tags of all that is this environment's.
 */
export function foundIn(plan: string, tags: Readonly<Record<string, string>>): Found[] {
  const { resource_changes = [] } = parsePrinted("terraform show -json", plan) as {
    resource_changes?: {
      address: string;
      change: { importing?: { id: string }; before?: { tags_all?: Record<string, string> } | null };
    }[];
  };
  return resource_changes.flatMap(({ address, change }) => {
    if (!change.importing) return [];
    const has = change.before?.tags_all ?? {};
    const ours = Object.entries(tags).every(([key, value]) => has[key] === value);
    return [{ address, importId: change.importing.id, ours }];
  });
}
