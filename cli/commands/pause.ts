import type { Command } from "commander";
import type { Context } from "../lib/context";
import { guide, pauseNote, upToAWeek } from "../lib/options";
import { checkSchedule } from "../lib/schedules";
import { visible } from "../lib/visible";

/** `metronome pause`. */
export function addPause(program: Command, { env }: Context): void {
  const command = program
    .command("pause")
    .summary("pause a deployed clock by hand")
    .description(
      "Pauses a deployed environment, or one of its schedules, within seconds and without a deployment. It resumes by itself. Without --for and --note it lists what is paused by hand.",
    )
    .argument("<env>", "an environment of config/environments.ts")
    .option("--schedule <name>", "pause this schedule only (default: all)")
    .option("--for <duration>", "how long, such as 2h or 3d, at most 7d", upToAWeek)
    .option("--note <text>", "why, in a few words: the report and the plans show it", pauseNote)
    .action(async (name: string, { schedule, for: forMs, note }: PauseFlags) => {
      const environment = configured(name, env);
      const { listPauses, pause }: typeof import("../operate/pause") = require("../operate/pause");
      if (schedule !== undefined) checkSchedule(environment, schedule);
      if (forMs === undefined && note === undefined && schedule === undefined) {
        console.log(visible(await listPauses(environment)));
        return undefined;
      }
      if (forMs === undefined || note === undefined) {
        return command.error(
          `error: a pause has an end and a reason. Add ${forMs === undefined ? "--for <duration>, such as --for 2h" : '--note <text>, such as --note "moving the database"'}.`,
        );
      }
      console.log(visible(await pause(environment, { schedule, forMs, note })));
      return undefined;
    });
  guide(command, {
    examples: [
      ['pause prod --for 2h --note "moving the database"'],
      ['pause prod --schedule heartbeat --for 15m --note "target restarts"'],
      ["pause prod", "what is paused by hand"],
    ],
    exits: { 0: "paused, or listed" },
  });
}

/** `metronome resume`. */
export function addResume(program: Command, { env }: Context): void {
  const command = program
    .command("resume")
    .summary("end a pause by hand")
    .description("Ends pauses by hand of a deployed environment, within seconds. A pause of the configuration stays.")
    .argument("<env>", "an environment of config/environments.ts")
    .option("--schedule <name>", "resume this schedule only (default: all)")
    .action(async (name: string, { schedule }: { readonly schedule?: string }) => {
      const environment = configured(name, env);
      const { resume }: typeof import("../operate/pause") = require("../operate/pause");
      // A schedule that the configuration has no more may still be paused.
      console.log(visible(await resume(environment, schedule)));
    });
  guide(command, {
    examples: [["resume prod"], ["resume prod --schedule heartbeat"]],
    exits: { 0: "resumed, or nothing was paused by hand" },
  });
}

function configured(name: string, env: Context["env"]) {
  const { configuredEnvironment }: typeof import("../terraform/access") = require("../terraform/access");
  return configuredEnvironment(name, env);
}

/** The options as commander gives them. */
interface PauseFlags {
  readonly schedule?: string;
  /** ms. */
  readonly for?: number;
  readonly note?: string;
}
