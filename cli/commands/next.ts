import type { Command } from "commander";
import type { Context } from "../lib/context";
import { guide, isoInstant, tickCount } from "../lib/options";

/** `metronome next`. */
export function addNext(program: Command, { env }: Context): void {
  const command = program
    .command("next")
    .summary("the next ticks, by the configuration")
    .description("Prints the next ticks of an environment's schedules, by the configuration of this checkout, in UTC.")
    .argument("<env>", "an environment of config/environments.ts")
    .option("-n <ticks>", "how many ticks, of all schedules together, at most 10000", tickCount, 20)
    .option("--schedule <name>", "the ticks of this schedule only")
    .option(
      "--from <instant>",
      "the ticks at or after this instant, such as 2026-11-22T18:00:00Z (default: now)",
      isoInstant,
    )
    .option("--json", "print JSON, with every schedule that is paused", false)
    .action((name: string, { n: most, schedule, from = Date.now(), json }: NextFlags) => {
      const { configuredEnvironment }: typeof import("../terraform/access") = require("../terraform/access");
      const { nextTicks }: typeof import("../next/next-ticks") = require("../next/next-ticks");
      const { renderNext }: typeof import("../next/table") = require("../next/table");
      const next = nextTicks(configuredEnvironment(name, env), { from, most, schedule });
      console.log(json ? JSON.stringify(next, null, 2) : renderNext(next));
    });
  guide(command, {
    examples: [
      ["next dev"],
      ["next dev --schedule heartbeat -n 3"],
      ["next dev --from 2026-11-22T18:00:00Z --json", "for programs"],
    ],
    exits: { 0: "printed, also if every schedule is paused", 1: "error, as when the configuration has problems" },
  });
}

/** The options as commander gives them. */
interface NextFlags {
  readonly n: number;
  readonly schedule?: string;
  /** ms since the epoch. */
  readonly from?: number;
  readonly json: boolean;
}
