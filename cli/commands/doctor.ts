import type { Command } from "commander";
import type { Context } from "../lib/context";
import { EXIT } from "../lib/exit";
import { guide } from "../lib/options";

/** `metronome doctor`. */
export function addDoctor(program: Command, { env }: Context): void {
  const command = program
    .command("doctor")
    .summary("what is missing on this machine")
    .description("Shows what is missing on this machine, and how to get it.")
    .option("--json", "print the findings as JSON", false)
    .action(async ({ json }: { json: boolean }) => {
      const { examine, renderFindings }: typeof import("../doctor/doctor") = require("../doctor/doctor");
      const { localAwsConstraint }: typeof import("../start/session") = require("../start/session");
      const findings = await examine(env, localAwsConstraint());
      console.log(json ? JSON.stringify(findings, null, 2) : renderFindings(findings));
      if (findings.some(({ state }) => state === "missing")) process.exitCode = EXIT.error;
    });
  guide(command, {
    examples: [["doctor"], ["doctor --json", "for programs"]],
    exits: { 0: "nothing is missing", 1: "something is missing" },
  });
}
