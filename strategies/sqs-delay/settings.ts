import { z } from "zod";
import { count, memory, oneOf, wholeNumber } from "../fields";

const CLAIMS = ["ticks", "instants"] as const;

/** Every setting of a deployed clock. Memory in MB. */
export const deployedSettings = z.object({
  kind: z.literal("sqs-delay"),
  horizon: count,
  pacerMemory: count,
  claims: z.enum(CLAIMS),
});

export type SqsDelaySettings = Readonly<z.output<typeof deployedSettings>>;

/** A planner that sends the coming minutes as delayed messages, and pacers that each run one: any interval from 1 s. */
export const schema = z.strictObject({
  kind: z.literal("sqs-delay"),
  /**
   * Clock minutes that a firing of the rule plans, the current one included. With a horizon of n, n − 2 firings in a row
   * may not come, and no tick is lost. 2 to 10: a message is delayed for 15 minutes at most.
   * @default 4, so that two lost firings in a row lose no tick
   */
  horizon: wholeNumber(2, 10, " clock minutes", "Write 4, so that two lost firings in a row lose no tick.").default(4),
  /**
   * Memory of the pacer in MB, 128 to 10240. Its processor grows with it, and so does the number of dispatches that one
   * pacer serves at one instant: 13 with 256 MB, 92 with 1769 MB.
   * @default 256: a pacer waits for most of its time, which is billed
   */
  pacerMemory: memory.default(256),
  /**
   * What one claim in the ledger is for. `ticks`: each tick has its own, which every other clock sees. `instants`: one is
   * for all ticks of an instant that a pacer serves, which costs less from some ten schedules at an instant on. No other
   * clock sees it, so a handover, or a direct switch to another strategy, needs `ticks` for 10 minutes before.
   * @default "ticks", because a clock that can be handed over is worth more than its claims
   */
  claims: oneOf(CLAIMS, 'is not what a claim is for. Write "ticks" or "instants".').default("ticks"),
});
