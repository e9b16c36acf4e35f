import { z } from "zod";
import { count, memory, wholeNumber } from "../fields";

/** Every setting of a deployed LambdaClock. Memory in MB. */
export const deployedSettings = z.object({
  kind: z.literal("lambda-clock"),
  horizon: count,
  clockMemory: count,
});

export type LambdaClockSettings = Readonly<z.output<typeof deployedSettings>>;

/** LambdaClock: five cron rules and a function that waits to second 0 of the next minute and publishes to topics. */
export const schema = z.strictObject({
  kind: z.literal("lambda-clock"),
  /**
   * Minutes that a firing of a rule serves: the one after its own and, standing by, those after that. With 1, as
   * published, a lost firing loses its minute; a horizon of n survives n − 1 of them in a row. 1 to 5.
   * @default 2, so that one lost firing loses no tick
   */
  horizon: wholeNumber(1, 5, " minutes", "Write 2, so that one lost firing of a rule loses no tick.").default(2),
  /**
   * Memory of the clock function in MB, 128 to 10240.
   * @default 128: it does nothing but wait, and its duration, a minute and a half a firing, is what it costs
   */
  clockMemory: memory.default(128),
});
