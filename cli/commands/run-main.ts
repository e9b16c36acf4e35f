import { CommanderError } from "commander";
import { interruption } from "../../host/interruption";

/** Exit codes besides those of a command itself. A wrong command line is an error like others: 2 says "changes". */
const EXIT = { ok: 0, error: 1, interrupted: 130 } as const;

/**
 * Runs the main function of a command, and ends the process with its exit code. When the process is asked to end, the
 * signal aborts, so that Terraform ends in order and releases its lock.
 */
export function runMain(main: (args: readonly string[], signal: AbortSignal) => Promise<number>): void {
  const { signal, endedBy } = interruption();
  main(process.argv.slice(2), signal).then(
    (code) => process.exit(code),
    (error: unknown) => {
      if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? EXIT.ok : EXIT.error);
      if (signal.aborted) {
        console.error(`Ended by ${endedBy()}.`);
        process.exit(EXIT.interrupted);
      }
      console.error(error instanceof Error ? error.message : String(error));
      process.exit(EXIT.error);
    },
  );
}
