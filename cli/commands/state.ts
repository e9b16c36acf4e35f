import { Argument, type Command, Option } from "commander";
import type { Context } from "../lib/context";
import { guide } from "../lib/options";
import { visible } from "../lib/visible";
import { STACKS, type Stack } from "../state/stacks";
import type { StateStore } from "../state/state-store";

/** Versions that are listed without `--all`. */
const LISTED = 20;

/** The option of every subcommand. */
interface StackOption {
  readonly stack: Stack;
}

/** `metronome state`: an environment's Terraform state. */
export function addState(program: Command, context: Context): void {
  const state = program
    .command("state")
    .summary("versions, lock and losses of a Terraform state")
    .description("Looks after an environment's Terraform state: its versions, its lock, and what it has lost.")
    .helpCommand("help [command]", "explain a command")
    .addHelpText("after", "\ndocs/state.md explains what to do when a state is locked, damaged or lost.");
  addVersions(state, context);
  addRestore(state, context);
  addLock(state, context);
  addUnlock(state, context);
  addAdopt(state, context);
}

function addVersions(state: Command, context: Context): void {
  const command = ofStack(state, "versions", "List the versions of the state, newest first.")
    .option("--all", `all of them, not the newest ${LISTED}`, false)
    .action((environment: string, { stack, all }: StackOption & { all: boolean }) =>
      answer(environment, stack, context, async (store) => {
        const { renderVersions }: typeof import("../state/versions") = require("../state/versions");
        const entries = await store.list();
        if (entries.length === 0) return `${store.location.stack} has no state, and no version of one.`;
        const listed = all ? entries : entries.slice(0, LISTED);
        const older = entries.length - listed.length;
        const table = renderVersions(await store.read(listed));
        return older > 0 ? `${table}\nand ${older} older: --all lists them` : table;
      }),
    );
  guide(command, { examples: [["state versions dev"]], exits: { 0: "listed" } });
}

function addRestore(state: Command, context: Context): void {
  const command = ofStack(state, "restore", "Write a version as the state again. Nothing is deleted.")
    .addArgument(new Argument("<version>", "a version's id, or latest-good"))
    .option("--lineage <lineage>", "the version's lineage, if the newest good version has the wrong one")
    .action((environment: string, version: string, { stack, lineage }: StackOption & { lineage?: string }) =>
      answer(environment, stack, context, (store) => {
        const { restore }: typeof import("../state/restore") = require("../state/restore");
        return restore(store, version, lineage);
      }),
    );
  guide(command, {
    examples: [["state restore dev latest-good"]],
    exits: { 0: "restored", 1: "refused, with the reason" },
  });
}

function addLock(state: Command, context: Context): void {
  const command = ofStack(state, "lock", "Show who holds the state's lock.").action(
    (environment: string, { stack }: StackOption) =>
      answer(environment, stack, context, async (store) => {
        const { heldBy }: typeof import("../state/lock") = require("../state/lock");
        const lock = await store.lock();
        return `The state of ${store.location.stack} is ${lock ? `locked by ${heldBy(lock)}` : "not locked"}.`;
      }),
  );
  guide(command, { examples: [["state lock dev"]], exits: { 0: "shown, locked or not" } });
}

function addUnlock(state: Command, context: Context): void {
  const command = ofStack(state, "unlock", "Release the lock of a command that has certainly ended.")
    .addArgument(new Argument("<ID>", "the lock's ID, as the refused command printed it"))
    .action((environment: string, id: string, { stack }: StackOption) =>
      answer(environment, stack, context, (store) => {
        const { unlock }: typeof import("../state/unlock") = require("../state/unlock");
        return unlock(store, id, context);
      }),
    );
  guide(command, {
    examples: [["state unlock dev ddaddd4b-931a-63ee-51b7-05f3b37869eb"]],
    exits: { 0: "released", 1: "refused: not locked, or the lock has another ID" },
  });
}

function addAdopt(state: Command, context: Context): void {
  const description = "Import what exists already, as after a killed deploy. Nothing else changes.";
  const command = ofStack(state, "adopt", description).action((environment: string, { stack }: StackOption) =>
    answer(environment, stack, context, ({ location }) => {
      const { adopt }: typeof import("../state/adopt") = require("../state/adopt");
      return adopt(location, context);
    }),
  );
  guide(command, { examples: [["state adopt dev"]], exits: { 0: "imported, or nothing to import" } });
}

function ofStack(state: Command, name: string, description: string): Command {
  return state
    .command(name)
    .description(description)
    .argument("<env>", "an environment of config/environments.ts")
    .addOption(new Option("--stack <stack>", "whose state").choices(STACKS).default("clock"));
}

/** Prints the answer of a subcommand. */
async function answer(
  environment: string,
  stack: Stack,
  { env }: Context,
  work: (store: StateStore) => Promise<string>,
): Promise<void> {
  const { locateState }: typeof import("../state/location") = require("../state/location");
  const { StateStore }: typeof import("../state/state-store") = require("../state/state-store");
  const store = new StateStore(locateState(env, environment, stack));
  try {
    console.log(visible(await work(store)));
  } finally {
    store.close();
  }
}
