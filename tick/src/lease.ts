/** A lease on the work of a schedule: whoever has it runs, and nobody else does until it is released or ends. */
export interface Lease {
  /**
   * Takes it, in one atomic step, unless another one has it and it has not ended.
   *
   * @param key what it is for: the schedule's name.
   * @param holder who takes it, another text for each run.
   * @param until when it ends by itself, ms since the epoch.
   * @returns whether it was taken.
   */
  take(key: string, holder: string, until: number): Promise<boolean>;
  /** Gives it back, if `holder` still has it. */
  release(key: string, holder: string): Promise<void>;
}

/** The part of Lambda's context that is used here. */
interface LambdaContext {
  getRemainingTimeInMillis(): number;
}

/** How much longer than its invocation a lease lasts, in ms: for clocks that differ. */
const MARGIN_MS = 1_000;

/** How long it lasts if Lambda does not say how long the invocation may run, in ms: the longest time-out that Lambda has. */
const LONGEST_INVOCATION_MS = 15 * 60 * 1_000;

/**
 * When the lease of an invocation ends, ms since the epoch. Lambda ends the invocation before that, so the next run does not
 * begin beside it; and one whose sandbox died holds the schedule up no longer than that.
 *
 * @param context what Lambda gives the handler.
 */
export function endOfLease(context: unknown, now: number): number {
  const lambda = context as Partial<LambdaContext> | undefined;
  return now + (lambda?.getRemainingTimeInMillis?.() ?? LONGEST_INVOCATION_MS) + MARGIN_MS;
}
