import type { Command } from "commander";
import { MINUTE_MS } from "../../schedule/duration";
import type { Context } from "../lib/context";
import { checkEnvironments } from "../lib/environments";
import { guide, milliseconds, wholeMinutes } from "../lib/options";

const DEFAULT_MINUTES = 5;

/** `metronome verify`. */
export function addVerify(program: Command, context: Context): void {
  const command = program
    .command("verify")
    .summary("whether a deployed clock keeps time, and AWS does what its design assumes")
    .description(
      "Follows a deployed clock for some minutes. It says whether the clock keeps time, and measures each assumption about AWS.",
    )
    .argument("<env>", "an environment of config/environments.ts")
    .option("--for <duration>", "how long, in whole minutes, such as 5m", wholeMinutes, DEFAULT_MINUTES)
    .option("--out <dir>", "directory for verify.json and the report (default: .metronome/verify-<env>)")
    .option("--max-skew <ms>", "largest p99 of the dispatch skew, early or late, that passes", milliseconds, 100)
    .action(async (environment: string, options: VerifyFlags) => {
      checkEnvironments([environment]);
      const { for: minutes, out = `.metronome/verify-${environment}`, maxSkew: maxSkewMs } = options;
      const { verify }: typeof import("../verify/verify") = require("../verify/verify");
      process.exitCode = await verify({ environment, forMs: minutes * MINUTE_MS, out, maxSkewMs }, context);
    });
  guide(command, {
    examples: [["verify dev"], ["verify prod --for 15m"]],
    exits: { 0: "the clock kept time", 99: "a tick was missed or doubled, or another threshold failed" },
  });
}

/** The options as commander gives them. */
interface VerifyFlags {
  readonly for: number;
  readonly out?: string;
  readonly maxSkew: number;
}
