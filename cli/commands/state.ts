import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { Argument, type Command, Option } from "commander";
import type { Context } from "../lib/context";
import { guide, projectPath } from "../lib/options";
import type { StateLocation } from "../state/location";
import { STACKS, type Stack } from "../state/stacks";
import type { StateStore } from "../state/state-store";

/** Versions that are listed without `--all`. */
const LISTED = 20;

/** What a subcommand works with. */
interface Subject {
  readonly location: StateLocation;
  readonly store: StateStore;
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
    .action((environment: string, { stack, all }: { stack: Stack; all: boolean }) =>
      answer(environment, stack, context, async ({ location, store }) => {
        const { renderVersions }: typeof import("../state/versions-table") = require("../state/versions-table");
        const entries = await store.list();
        if (entries.length === 0) return `${location.stack} has no state, and no version of one.`;
        const listed = all ? entries : entries.slice(0, LISTED);
        const older = entries.length - listed.length;
        const table = renderVersions(await store.read(listed), listed);
        return older > 0 ? `${table}\nand ${older} older: --all lists them` : table;
      }),
    );
  guide(command, { examples: [["state versions dev"]], exits: { 0: "listed" } });
}

function addRestore(state: Command, context: Context): void {
  const command = ofStack(state, "restore", "Write a version as the state again. Nothing is deleted.")
    .addArgument(new Argument("<version>", "a version's id, or latest-good"))
    .option("--lineage <lineage>", "the version's lineage, if the newest good version has the wrong one")
    .action((environment: string, version: string, { stack, lineage }: { stack: Stack; lineage?: string }) =>
      answer(environment, stack, context, async ({ store }) => {
        const { renderRestored, restore }: typeof import("../state/restore") = require("../state/restore");
        const who = `${userInfo().username}@${hostname()}`;
        return renderRestored(await restore(store, { version, lineage, who, now: Date.now }), environment);
      }),
    );
  guide(command, {
    examples: [["state restore dev latest-good"]],
    exits: { 0: "restored", 1: "refused, with the reason" },
  });
}

function addLock(state: Command, context: Context): void {
  const command = ofStack(state, "lock", "Show who holds the state's lock.").action(
    (environment: string, { stack }: { stack: Stack }) =>
      answer(environment, stack, context, async ({ location, store }) => {
        const { heldBy }: typeof import("../state/lock") = require("../state/lock");
        const lock = await store.lock();
        return lock
          ? `The state of ${location.stack} is locked by ${heldBy(lock, Date.now())}.`
          : `The state of ${location.stack} is not locked.`;
      }),
  );
  guide(command, { examples: [["state lock dev"]], exits: { 0: "shown, locked or not" } });
}

function addUnlock(state: Command, context: Context): void {
  const command = ofStack(state, "unlock", "Release the lock of a command that has certainly ended.")
    .addArgument(new Argument("<ID>", "the lock's ID, as the refused command printed it"))
    .action((environment: string, id: string, { stack }: { stack: Stack }) =>
      answer(environment, stack, context, async ({ location, store }) => {
        const { unlock }: typeof import("../state/unlock") = require("../state/unlock");
        const held = await unlock(id, location, store, context);
        return `Released the lock of ${location.stack}, which was held by ${held}.`;
      }),
    );
  guide(command, {
    examples: [["state unlock dev ddaddd4b-931a-63ee-51b7-05f3b37869eb"]],
    exits: { 0: "released", 1: "refused: not locked, or the lock has another ID" },
  });
}

function addAdopt(state: Command, context: Context): void {
  const command = ofStack(
    state,
    "adopt",
    "Import what exists already, as after a killed deploy. Nothing else changes.",
  ).action((environment: string, { stack }: { stack: Stack }) =>
    answer(environment, stack, context, async ({ location, store }) => {
      const { adopt, renderAdopted }: typeof import("../state/adopt") = require("../state/adopt");
      const output = projectPath(context.env.CDKTF_OUTPUT ?? "cdktf.out");
      const options = {
        stackDirectory: join(output, "stacks", location.stack),
        signal: context.signal,
        env: context.env,
        say: (message: string) => console.error(message),
      };
      return renderAdopted(await adopt(location, await store.current(), options), location);
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
  work: (subject: Subject) => Promise<string>,
): Promise<void> {
  const { locateState }: typeof import("../state/location") = require("../state/location");
  const { StateStore }: typeof import("../state/state-store") = require("../state/state-store");
  const location = locateState(env, environment, stack);
  const store = new StateStore(location);
  try {
    console.log(await work({ location, store }));
  } finally {
    store.close();
  }
}
