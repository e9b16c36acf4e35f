import type { Command } from "commander";
import { runningEmulator, stopEmulator } from "../../emulator/emulator";
import { EXIT } from "../lib/exit";
import { guide } from "../lib/options";

/** `metronome stop`. */
export function addStop(program: Command): void {
  const command = program
    .command("stop")
    .summary("end the embedded AWS")
    .description("Ends the embedded AWS that `start --keep` or `deploy local` left running, with all that is in it.")
    .action(async () => {
      const emulator = await runningEmulator();
      if (!emulator) {
        console.log("No embedded AWS is running.");
        return;
      }
      if (!emulator.keep) {
        console.log(`The embedded AWS at ${emulator.endpoint} belongs to a command that still runs, and ends with it.`);
        process.exitCode = EXIT.error;
        return;
      }
      await stopEmulator(emulator);
      console.log(`The embedded AWS at ${emulator.endpoint} has ended. Everything in it is gone.`);
    });
  guide(command, {
    examples: [["stop"]],
    exits: { 0: "no embedded AWS runs any more", 1: "it belongs to a command that still runs" },
  });
}
