import { z } from "zod";
import type { ClockDescription, ScheduleDescription, StrategySettings } from "../../schedule/clock";
import { type Duration, durationToMs } from "../../schedule/duration";

const duration = z.custom<Duration>((value) => typeof value === "string" && durationToMs(value) !== undefined, {
  error: "is not a duration such as 10s",
});

const count = z.int().min(0);

/** Names and regions: plain, so that they can stand in a comment as they are. */
const plain = z.string().regex(/^[a-z0-9-]{1,64}$/);

const strategy = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("sfn-loop"),
    pacing: z.enum(["clock", "relative"]),
    machineType: z.enum(["STANDARD", "EXPRESS"]),
    horizon: count,
    duplicateCheck: z.boolean(),
    iteratorMemory: count,
  }),
  z.object({ kind: z.literal("lambda-clock"), horizon: count, clockMemory: count }),
]) satisfies z.ZodType<StrategySettings>;

const schedule = z.object({
  name: plain,
  interval: duration,
  phase: duration,
  catchUpWindow: duration,
  overdue: z.enum(["skip", "latest"]),
  targets: z.object({ functions: count, topics: count }),
  paused: z.string().nullable(),
}) satisfies z.ZodType<ScheduleDescription>;

/** The output `clock` of a clock's stack, as a state, a plan or a summary holds it. Fields it does not know are dropped. */
export const clockDescriptionSchema = z.object({
  environment: plain,
  region: plain,
  strategy,
  retiring: strategy.nullable(),
  schedules: z.array(schedule),
  tracing: z.boolean(),
  // A state from before there was monitoring has none of it.
  monitoring: z
    .object({ metrics: z.boolean(), alarms: z.boolean(), dashboard: z.boolean() })
    .default({ metrics: false, alarms: false, dashboard: false }),
}) satisfies z.ZodType<ClockDescription>;
