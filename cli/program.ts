import { appendFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { addBench } from "./commands/bench";
import { addCi } from "./commands/ci";
import { addCompare } from "./commands/compare";
import { addDeploy } from "./commands/deploy";
import { addDoctor } from "./commands/doctor";
import { addDrift } from "./commands/drift";
import { addLock } from "./commands/lock";
import { addNext } from "./commands/next";
import { addPause, addResume } from "./commands/pause";
import { addPlan } from "./commands/plan";
import { addReport } from "./commands/report";
import { addStart } from "./commands/start";
import { addState } from "./commands/state";
import { addStop } from "./commands/stop";
import { addTick } from "./commands/tick";
import { addVerify } from "./commands/verify";
import type { Context } from "./lib/context";
import { EXIT, UsageError, usageExit } from "./lib/exit";
import { visible } from "./lib/visible";

/** The commands, in the groups in which the help lists them. */
const GROUPS = {
  "On this machine:": [addStart, addStop, addDoctor],
  "Review and deploy:": [addPlan, addDeploy, addDrift, addLock, addState, addNext],
  "Operate a deployed clock:": [addTick, addPause, addResume],
  "Measure and compare:": [addReport, addVerify, addCompare, addBench],
  "For workflows:": [addCi],
} as const;

/** The program with all its commands. Each command loads what it works with when it runs, so that the help is fast. */
function metronome(context: Context): Command {
  const program = new Command("metronome")
    .description("Puts AWS Lambda functions on an exact clock: deploys, reviews, measures and repairs it.")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "explain a command, with examples and exit codes")
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/\n(?=\()/, " ")) })
    .addHelpText(
      "after",
      [
        "",
        "npx metronome help <command> explains a command, with examples and exit codes.",
        "Relative directories start at the project's directory. NO_COLOR and FORCE_COLOR are respected.",
      ].join("\n"),
    );
  for (const [heading, commands] of Object.entries(GROUPS)) {
    program.commandsGroup(heading);
    for (const add of commands) add(program, context);
  }
  return program;
}

/** Runs a command line, without the program's name, and prints its failure. @returns the exit code. Never throws. */
export async function runCommandLine(args: readonly string[], context: Context): Promise<number> {
  const { env } = context;
  const program = metronome(context);
  try {
    await program.parseAsync(args, { from: "user" });
    return Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    const [command] = program.args;
    // Commander has printed its message.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : usageExit(command);
    if (context.interrupted) {
      console.error(`Ended by ${context.endedBy()}.`);
      return EXIT.interrupted;
    }
    const message = visible(error instanceof Error ? error.message : String(error));
    console.error(error instanceof UsageError ? `error: ${message}` : message);
    if (command === "ci" && env.GITHUB_STEP_SUMMARY) appendFileSync(env.GITHUB_STEP_SUMMARY, `${message}\n`);
    return error instanceof UsageError ? usageExit(command) : EXIT.error;
  }
}
