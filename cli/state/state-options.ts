import { Argument, Command, Option } from "commander";
import { STACKS, type Stack } from "./location";

/** What `npm run state` was asked for. */
export type StateRequest = { readonly environment: string; readonly stack: Stack } & (
  | { readonly verb: "versions"; readonly all: boolean }
  | { readonly verb: "restore"; readonly version: string; readonly lineage?: string }
  | { readonly verb: "lock" }
  | { readonly verb: "unlock"; readonly id: string }
  | { readonly verb: "adopt" }
);

/**
 * Reads the command line of `npm run state`: the environment first, then what to do.
 *
 * @throws CommanderError for a wrong one, and for `--help`, after it has been printed.
 */
export function readStateRequest(args: readonly string[]): StateRequest {
  // The environment stands before the verb, and commander has subcommands first.
  const [environment, ...rest] = args;
  const named = environment !== undefined && !environment.startsWith("-");
  let request: StateRequest | undefined;
  const program = new Command("npm run state -- <env>")
    .description("Looks after an environment's Terraform state: its versions, its lock, and what it has lost.")
    .helpOption("--help", "print this")
    .helpCommand(false)
    .exitOverride();
  const verb = (name: string, description: string) =>
    program
      .command(name)
      .description(description)
      .addOption(new Option("--stack <stack>", "whose state").choices(STACKS).default("clock"))
      .allowExcessArguments(false)
      .helpOption("--help", "print this")
      .exitOverride();
  const common = (stack: Stack) => ({ environment: environment as string, stack });

  verb("versions", "list the versions of the state, newest first")
    .option("--all", "all of them, not the newest 20", false)
    .action(({ stack, all }) => {
      request = { ...common(stack), verb: "versions", all };
    });
  verb("restore", "write a version as the state again; nothing is deleted")
    .addArgument(new Argument("<version>", 'a version\'s id, or "latest-good"'))
    .option("--lineage <lineage>", "the lineage it is to have, where the newest good version has the wrong one")
    .action((version, { stack, lineage }) => {
      request = { ...common(stack), verb: "restore", version, lineage };
    });
  verb("lock", "show who holds the state's lock").action(({ stack }) => {
    request = { ...common(stack), verb: "lock" };
  });
  verb("unlock", "release the lock of a command that is surely dead")
    .addArgument(new Argument("<ID>", "the lock's ID, as the refused command named it"))
    .action((id, { stack }) => {
      request = { ...common(stack), verb: "unlock", id };
    });
  verb("adopt", "take what exists already, as after a killed deploy, into the state; changes nothing else").action(
    ({ stack }) => {
      request = { ...common(stack), verb: "adopt" };
    },
  );
  program.parse(named ? rest : args, { from: "user" });
  if (!request) program.help({ error: true });
  if (!named) program.error('error: name the environment first, such as "npm run state -- dev versions"');
  return request as StateRequest;
}
