import { Command, CommanderError } from "commander";
import { environments } from "../../config/environments";
import { parseEnvironments } from "../../config/parse";
import { type ListOptions, listEnvironments } from "../ci/list-environments";

/** `npm run environments [-- --ci] [--only NAME] [--json]`: the environments' names, or with `--json` what a workflow needs. */
function main(): void {
  const command = new Command("npm run environments --")
    .description("Lists the environments of config/environments.ts.")
    .option("--ci", "only those that workflows plan and deploy")
    .option("--only <name>", "only this one; an error where it is not among them")
    .option("--json", "as JSON: [{ environment, account, region }]")
    .allowExcessArguments(false)
    .exitOverride();
  const { json, ...options } = command.parse().opts<ListOptions & { json?: boolean }>();
  const listed = listEnvironments(parseEnvironments(environments), options);
  console.log(json ? JSON.stringify(listed) : listed.map(({ environment }) => environment).join("\n"));
}

try {
  main();
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
  console.error((error as Error).message);
  process.exitCode = 1;
}
