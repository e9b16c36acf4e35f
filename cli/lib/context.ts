import { EXIT } from "./exit";

/** The terminal, or the file or pipe in its place, that a command writes to. */
export interface Terminal {
  readonly isTTY: boolean;
  /** Whether texts are coloured. */
  readonly colour: boolean;
  readonly columns: number | undefined;
}

/** What a command gets of its process. */
export class Context {
  private endsInOrder = false;

  /**
   * @param env the process's variables.
   * @param interruption aborts when the process is asked to end.
   * @param endedBy names the cause, such as `SIGINT`.
   */
  constructor(
    readonly env: NodeJS.ProcessEnv,
    readonly terminal: Terminal,
    private readonly interruption: AbortSignal,
    readonly endedBy: () => string | undefined,
  ) {
    interruption.addEventListener("abort", () => {
      if (this.endsInOrder) return;
      console.error(`Ended by ${endedBy()}.`);
      process.exit(EXIT.interrupted);
    });
  }

  /** Whether the process was asked to end. */
  get interrupted(): boolean {
    return this.interruption.aborted;
  }

  /** Aborts when the process is asked to end. A command that reads it ends in order; every other command ends at once. */
  get signal(): AbortSignal {
    this.endsInOrder = true;
    return this.interruption;
  }
}
