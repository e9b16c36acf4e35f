import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Settings with which Terraform or OpenTofu would work on another state than the stack's, and what each does. */
const SETTINGS: readonly (readonly [name: RegExp, effect: string])[] = [
  [/^TF_WORKSPACE$/, "Terraform would keep a second state under this name, and create every resource again"],
  [/^TF_DATA_DIR$/, "all stacks would share one directory, with the backend and the workspace that it notes"],
  [/^TF_CLI_ARGS(_\w+)?$/, "Terraform would add these arguments to its commands, and they may name another state"],
  [/^TF_ENCRYPTION$/, "OpenTofu would encrypt the state, and metronome could not read it"],
];

/**
 * Why an app must not be synthesized: cdktf would run Terraform with these variables, or in a directory in which another
 * workspace was selected. Every command of `metronome` has removed them before (`childEnvironment`).
 *
 * @param output cdktf's output directory.
 * @returns a message with all problems; `undefined` if there is none.
 */
export function foreignState(env: Readonly<Record<string, string | undefined>>, output: string): string | undefined {
  const variables = Object.entries(env).flatMap(([name, value]) => {
    if (!value || (name === "TF_WORKSPACE" && value === "default")) return [];
    const effect = SETTINGS.find(([pattern]) => pattern.test(name))?.[1];
    return effect ? [{ problem: `${name} is ${JSON.stringify(value)}: ${effect}.`, remedy: `unset ${name}` }] : [];
  });
  const problems = [...variables, ...selectedWorkspaces(output)];
  if (problems.length === 0) return undefined;
  return [
    "Nothing is synthesized, because Terraform would work on another state than the one that config/environments.ts names:",
    ...problems.map(({ problem, remedy }) => `  ${problem} Run: ${remedy}`),
  ].join("\n");
}

/** Where `terraform workspace select` was run in a stack's directory; Terraform notes its choice there. */
function selectedWorkspaces(output: string): { problem: string; remedy: string }[] {
  const stacks = join(output, "stacks");
  return (attempt(() => readdirSync(stacks)) ?? []).flatMap((stack) => {
    const file = join(stacks, stack, ".terraform", "environment");
    const workspace = attempt(() => readFileSync(file, "utf8"))?.trim();
    if (!workspace || workspace === "default") return [];
    return [{ problem: `${file} selects the workspace ${JSON.stringify(workspace)}.`, remedy: `rm "${file}"` }];
  });
}

function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
