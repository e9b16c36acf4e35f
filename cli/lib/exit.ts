/** Exit codes of `metronome`. Each command's help lists its own. */
export const EXIT = {
  ok: 0,
  error: 1,
  usage: 2,
  /** `plan` and `drift`: there are changes, as with Terraform's `-detailed-exitcode`. */
  changes: 2,
  /** `start`: this machine lacks something. */
  machine: 3,
  /** `start` and `report`: a tick was missed or doubled, or another threshold failed. */
  missed: 99,
  interrupted: 130,
} as const;

/** Commands whose exit code 2 means changes. A wrong command line ends them with 1, so that no script takes it for a plan. */
const TWO_MEANS_CHANGES: readonly (string | undefined)[] = ["plan", "drift"];

/** The exit code for a wrong command line of this command. */
export function usageExit(command: string | undefined): number {
  return TWO_MEANS_CHANGES.includes(command) ? EXIT.error : EXIT.usage;
}

/** A command line that names something that does not exist. The message says what to write instead. */
export class UsageError extends RangeError {
  override readonly name = "UsageError";
}
