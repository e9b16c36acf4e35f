import { type Command, Option } from "commander";
import { type Duration, durationToMs } from "../../schedule/duration";
import { kinds, STRATEGIES } from "../../strategies";
import type { Context } from "../lib/context";
import { duration, fineDuration, guide, timesOfDay } from "../lib/options";
import type { StartOptions } from "../start/start";

/** `metronome start`. */
export function addStart(program: Command, context: Context): void {
  const pacings = new Set(Object.values(STRATEGIES).flatMap((strategy) => strategy.pacings));
  const command = program
    .command("start")
    .summary("deploy the local clock, follow its ticks, report")
    .description("Deploys the environment local to an embedded AWS with cdktf deploy, follows its ticks, and reports.")
    .addOption(new Option("--strategy <kind>", "how the clock keeps time").choices(kinds()))
    .option("--interval <duration>", "distance of two ticks, such as 10s, 45s or 5m", duration)
    .option("--lead <duration>", "how much earlier its target gets a tick, to hold it, such as 750ms", fineDuration)
    .option("--active <from-to>", "when it ticks, each day in UTC, such as 14:05-14:07", timesOfDay)
    .option("--otherwise <duration>", "distance of two ticks at other times; without it there is none", duration)
    .addOption(new Option("--pacing <pacing>", "pacing, if the strategy has the setting").choices([...pacings]))
    .option("--for <duration>", "how long to follow, from the first tick on", duration, "2m")
    .option("--out <dir>", "directory for ticks.jsonl, report.json and report.html", ".metronome/report")
    .option("--keep", "leave the embedded AWS running; `stop` ends it", false)
    .option("--processor-share", "give each function the share of a processor that its memory buys on AWS", false)
    .action(async (options: Omit<StartOptions, "forMs"> & { for: Duration }) => {
      const { start }: typeof import("../start/start") = require("../start/start");
      process.exitCode = await start({ ...options, forMs: durationToMs(options.for) as number }, context);
    });
  guide(command, {
    examples: [
      ["start"],
      [`start --strategy ${kinds().at(-1)} --for 4m`],
      ["start --interval 7s --keep", "npx cdktf diff metronome-local then works on it"],
    ],
    exits: {
      0: "every tick that was due came once; or none was due, as of a paused clock",
      3: "something is missing on this machine",
      99: "a tick was missed or doubled, or another threshold failed",
    },
  });
}
