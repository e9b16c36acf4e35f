import { z } from "zod";
import { count, memory, oneOf, wholeNumber } from "../fields";

const PACINGS = ["clock", "relative"] as const;
const MACHINE_TYPES = ["STANDARD", "EXPRESS"] as const;

/** Memory of the Iterator in MB by pacing: as published, and if it mostly waits. */
const ITERATOR_MEMORY = { relative: 1024, clock: 256 } as const;

/** Every setting of a deployed loop. `horizon` is 1 under relative pacing. Memory in MB. */
export const deployedSettings = z.object({
  kind: z.literal("sfn-loop"),
  pacing: z.enum(PACINGS),
  machineType: z.enum(MACHINE_TYPES),
  horizon: count,
  duplicateCheck: z.boolean(),
  iteratorMemory: count,
});

export type SfnLoopSettings = Readonly<z.output<typeof deployedSettings>>;

/**
 * The Step Functions loop: a rule starts a state machine each minute, which loops Iterator → Wait. Any interval from 1 s.
 */
export const schema = z
  .strictObject({
    kind: z.literal("sfn-loop"),
    /**
     * How the loop keeps time. `clock` runs each tick at its instant on the grid. `relative` is the published loop to
     * the letter: it waits after each tick, and so drifts within the minute.
     * @default "clock", because the drift is the loop's one flaw
     */
    pacing: oneOf(PACINGS, 'is not a pacing. Write "clock" (exact) or "relative" (as published, drifts).').default(
      "clock",
    ),
    /**
     * STANDARD is billed by transition and keeps the history of each execution. EXPRESS is billed by duration, costs
     * several times less, and runs for 5 minutes at most.
     * @default "STANDARD", because an execution's history is worth more than its price at 10 s
     */
    machineType: oneOf(MACHINE_TYPES, 'is not a machine type. Write "STANDARD" or "EXPRESS".').default("STANDARD"),
    /**
     * Clock minutes that a firing of the rule plans, the current one included. A horizon of n survives n − 3 lost
     * firings in a row, and n − 2 if the rule fires before second 59 of its minute. Clock pacing only; 2 to 10, with
     * EXPRESS 2 to 4.
     * @default 4, so that one lost firing loses no tick, whatever the rule's second. It is what fits into the 5 minutes of
     * an EXPRESS execution
     */
    horizon: wholeNumber(
      2,
      10,
      " clock minutes",
      "Write 4, so that one lost firing of the rule loses no tick.",
    ).optional(),
    /**
     * Whether an execution stops if another execution of its state machine is running. Relative pacing only, and not on
     * EXPRESS, which has no ListExecutions. Under clock pacing the claim in the ledger is the guard.
     * @default true with relative pacing, because nothing else keeps a doubled firing from doubling its ticks
     */
    duplicateCheck: z.boolean({ error: "is not true or false. Write one of them." }).optional(),
    /**
     * Memory of the Iterator in MB, 128 to 10240.
     * @default 1024 with relative pacing, as published: its duration is drift. 256 with clock pacing: it waits for about
     * a second a tick, which is billed, and its start-up is hidden in that second
     */
    iteratorMemory: memory.optional(),
  })
  .transform(
    ({ kind, pacing, machineType, horizon, duplicateCheck, iteratorMemory }): SfnLoopSettings => ({
      kind,
      pacing,
      machineType,
      horizon: horizon ?? (pacing === "relative" ? 1 : 4),
      duplicateCheck: duplicateCheck ?? pacing === "relative",
      iteratorMemory: iteratorMemory ?? ITERATOR_MEMORY[pacing],
    }),
  );
