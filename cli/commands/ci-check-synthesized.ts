import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command, CommanderError } from "commander";
import { stackId } from "../../constructs/naming";
import { synthesizedProblems } from "../ci/check-synthesized";

/**
 * `npm run check-synthesized -- DIR ENV`: whether what a branch synthesized can be planned with credentials before
 * anyone has reviewed it. Exit code 1 where it cannot, and why.
 */
function main(): void {
  const command = new Command("npm run check-synthesized --")
    .description("Refuses a synthesized stack that could run programs or read files while it is planned.")
    .argument("<dir>", "cdktf's output directory")
    .argument("<env>")
    .exitOverride();
  const [directory, environment] = command.parse().processedArgs as [string, string];
  const stack = stackId(environment);
  const file = join(directory, "stacks", stack, "cdk.tf.json");
  if (!existsSync(file)) throw new Error(`${file} is not there: the branch synthesized no ${stack}.`);
  const problems = [...synthesizedProblems(readFileSync(file, "utf8")), ...linksBelow(dirname(file))];
  if (problems.length > 0) {
    throw new Error(
      `${stack} is not planned with credentials:\n${problems.map((problem) => `  ${problem}`).join("\n")}\n` +
        "If it is meant to be there: allow it in plan/check-synthesized.ts, in a pull request of its own.",
    );
  }
  console.log(`${stack} describes resources of AWS and nothing else.`);
}

/** An archive follows a link to wherever it leads. */
function linksBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((path) => lstatSync(join(directory, path)).isSymbolicLink())
    .map((path) => `${path} is a link, which could lead anywhere`);
}

try {
  main();
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
  console.error((error as Error).message);
  process.exitCode = 1;
}
