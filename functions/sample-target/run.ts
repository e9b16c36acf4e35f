import type { Tick } from "../../tick/src/contract";
import type { TickHandler, TickOptions } from "../../tick/src/on-tick";
import type { Clock } from "../runtime/clock";
import type { StartMeter } from "../runtime/start-meter";

/** What the sample runs with. */
export interface SampleRunner {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly logger: { info(message: string, fields: Readonly<Record<string, unknown>>): void };
  /** Takes each tick as it starts. */
  readonly meter: StartMeter;
}

/** The article's sample: it runs for 1, 2 or 3 seconds at random, and says true. @returns what `onTick` is given. */
export function sampleTarget({
  clock,
  random,
  logger,
  meter,
}: SampleRunner): [handler: TickHandler<unknown, boolean>, options: TickOptions] {
  const work = async () => {
    const seconds = 1 + Math.floor(random() * 3);
    await clock.waitUntil(clock.now() + seconds * 1_000);
    return true;
  };
  const log = ({ level: _, message, ...fields }: Readonly<Record<string, unknown>>) => {
    logger.info(String(message), fields);
    if (message === "tick.started") meter(fields.tick as Tick, Date.parse(fields.startedAt as string));
  };
  return [work, { clock, log }];
}
