import type { Command } from "commander";
import type { Context } from "../lib/context";
import { checkEnvironments } from "../lib/environments";
import { guide, instant, milliseconds } from "../lib/options";
import { spanOf } from "../report/report-options";

/** `metronome report`. */
export function addReport(program: Command, context: Context): void {
  const now = Date.now();
  const when = (text: string) => instant(text, now);
  const command = program
    .command("report")
    .summary("how well a deployed clock keeps time")
    .description("Reports how well a deployed clock keeps time, from its logs: tables, report.json and report.html.")
    .argument("<env>", "an environment of config/environments.ts")
    .option(
      "--since <when>",
      "how far back, such as 1h or 30d, or an instant such as 2026-11-22T18:00:00Z (default: 1h)",
      when,
    )
    .option("--until <when>", "end of the span, in the same format (default: now)", when)
    .option("--out <dir>", "directory for report.json, report.html and ticks.jsonl (default: .metronome/report-<env>)")
    .option("--max-skew <ms>", "largest p99 of the dispatch skew, early or late, that passes", milliseconds, 100)
    .option("--ticks", "write ticks.jsonl even if it is long")
    .option("--no-ticks", "write no ticks.jsonl")
    .action(async (environment: string, options: ReportFlags) => {
      checkEnvironments([environment]);
      const { since, until, out = `.metronome/report-${environment}`, maxSkew: maxSkewMs, ticks } = options;
      const { report }: typeof import("../report/report") = require("../report/report");
      const span = spanOf(since, until, now);
      process.exitCode = await report({ environment, span, out, maxSkewMs, ticks }, context);
    });
  guide(command, {
    examples: [["report dev --since 1h"], ["report prod --since 30d --until 7d --no-ticks"]],
    exits: {
      0: "the clock kept time, or no tick was due",
      99: "a tick was missed or doubled, or another threshold failed",
    },
  });
}

/** The options as commander gives them; instants in ms since the epoch. */
interface ReportFlags {
  readonly since?: number;
  readonly until?: number;
  readonly out?: string;
  readonly maxSkew: number;
  readonly ticks?: boolean;
}
