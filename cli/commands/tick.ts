import type { Command } from "commander";
import type { Json } from "../../schedule/tick";
import type { Context } from "../lib/context";
import { guide, isoInstant, jsonText } from "../lib/options";
import { checkSchedule } from "../lib/schedules";
import { visible } from "../lib/visible";

/** `metronome tick`. */
export function addTick(program: Command, { env }: Context): void {
  const command = program
    .command("tick")
    .summary("fire one tick by hand")
    .description(
      "Has a deployed clock dispatch one tick of a schedule now. Its id begins with manual-, so it never takes the place of a tick of the clock. A pause does not hold it.",
    )
    .argument("<env>", "an environment of config/environments.ts")
    .requiredOption("--schedule <name>", "the schedule")
    .option("--payload <json>", "in place of the schedule's payload", jsonText)
    .option("--target <arn>", "the one target that gets it (default: all targets of the schedule)")
    .option("--at <instant>", "repeat the tick of this instant, such as 2026-11-22T18:00:00Z", isoInstant)
    .option("--force", "repeat it although the ledger says that it was dispatched, or cannot say", false)
    .action(async (name: string, { payload, ...options }: TickFlags) => {
      const { configuredEnvironment }: typeof import("../terraform/access") = require("../terraform/access");
      const environment = configuredEnvironment(name, env);
      checkSchedule(environment, options.schedule);
      if (options.force && options.at === undefined) {
        command.error("error: --force is for a tick that is repeated. Add --at <instant>, or leave it out.");
      }
      const { fireTick }: typeof import("../operate/tick") = require("../operate/tick");
      console.log(visible(await fireTick(environment, { ...options, ...(payload && { payload: payload.value }) })));
    });
  guide(command, {
    examples: [
      ["tick prod --schedule heartbeat"],
      ["tick prod --schedule heartbeat --payload '{\"dryRun\":true}'"],
      ["tick prod --schedule heartbeat --at 2026-11-22T18:00:10Z", "repeats a missed tick"],
    ],
    exits: { 0: "dispatched", 1: "not dispatched, with the reason" },
  });
}

/** The options as commander gives them. */
interface TickFlags {
  readonly schedule: string;
  readonly payload?: { readonly value: Json };
  readonly target?: string;
  /** ms since the epoch. */
  readonly at?: number;
  readonly force: boolean;
}
