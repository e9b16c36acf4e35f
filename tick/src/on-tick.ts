import type { Tick } from "./contract";
import { type Clock, systemClock } from "./hold";
import { endOfLease, type Lease } from "./lease";
import { type Received, readEvent } from "./read-event";

/** Remembers the ids of ticks. */
export interface SeenTicks {
  /**
   * Whether this id is new, in one atomic step: a conditional put of a row, for example.
   *
   * @param until when the id may be forgotten, ms since the epoch.
   */
  isNew(id: string, until: number): Promise<boolean>;
}

/** What `onTick` may be given. */
export type TickOptions = CommonOptions & Overlap;

/** What becomes of a tick that comes while an earlier one of its schedule still runs. */
export type Overlap =
  | {
      /** @default "allow": Lambda starts another sandbox beside the one that runs, and both run */
      readonly overlap?: "allow";
      readonly lease?: undefined;
    }
  | {
      /** `"skip"`: the tick is dropped. */
      readonly overlap: "skip";
      /** Says whether an earlier one runs: `dynamoLease` of `lambda-metronome-tick/dynamodb`, or a store of your own. */
      readonly lease: Lease;
    };

interface CommonOptions {
  /**
   * A store that remembers ids, so that a tick that is delivered twice is run once.
   * @default none: Lambda and SNS deliver at least once, and most work may be repeated
   */
  readonly seen?: SeenTicks;
  /**
   * How early a tick may come, in ms: it is held until its instant. One that comes earlier is an error of the configuration,
   * because the function is billed for the time that it holds.
   * @default 5000
   */
  readonly longestHoldMs?: number;
  /**
   * Takes the log lines, each an object with the event's name as `message`.
   * @default one JSON line on standard output
   */
  readonly log?: (line: Readonly<Record<string, unknown>>) => void;
  /** @default the machine's */
  readonly clock?: Clock;
}

/** What is done with a tick. @typeParam P the payload. */
export type TickHandler<P, R> = (payload: P, tick: Tick, context: unknown) => R | Promise<R>;

/** What Lambda is told of a batch from SQS: the messages to deliver again. The event source needs ReportBatchItemFailures. */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

const LONGEST_HOLD_MS = 5_000;

/**
 * A Lambda handler for ticks. It reads them from the event, from an SNS notification or from a batch of an SQS queue. It drops
 * a tick that has expired or was run before, holds one that came early until its `scheduledAt`, drops it then if an earlier one
 * still runs and ticks may not overlap, logs `tick.started`, and calls `handler`. It never calls it early.
 *
 * Ticks of a batch are run one after the other, in order of their instants. If the handler fails, the message is delivered
 * again, and in a FIFO queue also those after it in its group.
 *
 * @returns a handler that returns what `handler` returned; `undefined` for a tick that was dropped.
 */
export function onTick<P = unknown, R = unknown>(
  handler: TickHandler<P, R>,
  options: TickOptions = {},
): (event: unknown, context?: unknown) => Promise<R | BatchResponse | undefined> {
  return async (event, context) => {
    const received = readEvent(event);
    if (!received.some(({ record }) => record)) {
      let result: R | undefined;
      // SNS delivers one notification at a time; several are run one after the other.
      for (const one of received) result = await run(handler, options, one, context);
      return result;
    }
    const failed: { readonly id: string; readonly group?: string }[] = [];
    for (const one of [...received].sort((a, b) => instantOf(a) - instantOf(b))) {
      const { id = "", group } = one.record ?? {};
      const after = group !== undefined && failed.some((other) => other.group === group);
      try {
        if (after) failed.push({ id, group });
        else await run(handler, options, one, context);
      } catch (error) {
        const tick = "tick" in one.message ? one.message.tick : null;
        write(options, { level: "ERROR", message: "tick.failed", tick, error: String(error) });
        failed.push({ id, group });
      }
    }
    return { batchItemFailures: failed.map(({ id }) => ({ itemIdentifier: id })) };
  };
}

async function run<P, R>(
  handler: TickHandler<P, R>,
  options: TickOptions,
  { message }: Received,
  context: unknown,
): Promise<R | undefined> {
  if (!("tick" in message)) throw message;
  const { tick, payload } = message;
  const { clock = systemClock, longestHoldMs = LONGEST_HOLD_MS, seen, lease } = options;
  const [at, expiresAt] = [Date.parse(tick.scheduledAt ?? tick.dispatchedAt), Date.parse(tick.expiresAt)];
  const drop = (reason: string) => write(options, { level: "INFO", message: "tick.dropped", tick, reason });
  const now = clock.now();
  if (now >= expiresAt) return drop("expired");
  if (tick.scheduledAt !== null && at - now > longestHoldMs) {
    throw new RangeError(
      `${tick.id} came ${at - now} ms early, and longestHoldMs is ${longestHoldMs}: give the schedule a shorter lead, or allow more`,
    );
  }
  if (seen && !(await seen.isNew(tick.id, expiresAt))) return drop("repeated");
  if (tick.scheduledAt !== null) await clock.waitUntil(at);
  // Not before the instant: until then the one before it may run.
  const holder = `${tick.id}/${crypto.randomUUID()}`;
  if (lease && !(await lease.take(tick.schedule, holder, endOfLease(context, clock.now())))) return drop("overlap");
  try {
    // A store, or a function that was frozen, may have taken its time.
    if (clock.now() >= expiresAt) return drop("expired");
    const startedAt = new Date(clock.now()).toISOString();
    write(options, { level: "INFO", message: "tick.started", tick, startedAt });
    return await handler(payload as P, tick, context);
  } finally {
    // The work is done: a lease that is not given back ends by itself.
    await lease?.release(tick.schedule, holder).catch((error: unknown) => {
      write(options, { level: "WARN", message: "lease.kept", tick, error: String(error) });
    });
  }
}

/** Past `console`: Lambda's JSON log format makes a text of what that is given, in which no report would find the event. */
function writeLine(line: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function instantOf({ message }: Received): number {
  return "tick" in message ? Date.parse(message.tick.scheduledAt ?? message.tick.dispatchedAt) : 0;
}

function write({ log = writeLine }: TickOptions, line: Record<string, unknown>): undefined {
  log(line);
}
