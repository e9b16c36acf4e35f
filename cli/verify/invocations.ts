import { z } from "zod";
import { parseTickLine, type TickEvent } from "../report/tick-log";

/** A line of a log stream. */
export interface StreamLine {
  readonly group: string;
  readonly stream: string;
  readonly text: string;
}

/** One invocation of a function, as its log stream tells it. */
export interface Invocation {
  readonly group: string;
  /** When Lambda started it, ms since the epoch; `null` if the stream was read from its middle. */
  readonly startedAt: number | null;
  /** How long its new sandbox took to be ready, in ms; `null` if it had an old one, or the log does not say. */
  readonly initMs: number | null;
  readonly events: readonly TickEvent[];
}

/** The platform's lines that matter here: docs.aws.amazon.com/lambda, "Log formats and log levels", JSON. */
const PLATFORM_LINE = z.discriminatedUnion("type", [
  z.object({ type: z.literal("platform.start"), time: z.iso.datetime() }),
  z.object({
    type: z.literal("platform.report"),
    record: z.object({ metrics: z.object({ initDurationMs: z.number().optional() }) }),
  }),
]);

/**
 * Gathers the invocations of functions from their lines. A stream is one sandbox, which runs one invocation at a time, so
 * a line belongs to the last start in its stream.
 *
 * @param lines of each stream in the order in which they were written.
 */
export function invocationsOf(lines: Iterable<StreamLine>): Invocation[] {
  const invocations: (Invocation & { initMs: number | null; events: TickEvent[] })[] = [];
  const open = new Map<string, (typeof invocations)[number]>();
  const begin = (key: string, group: string, startedAt: number | null) => {
    const invocation = { group, startedAt, initMs: null, events: [] };
    invocations.push(invocation);
    open.set(key, invocation);
    return invocation;
  };
  for (const { group, stream, text } of lines) {
    const key = `${group}\n${stream}`;
    const platform = platformLine(text);
    if (platform?.type === "platform.start") {
      begin(key, group, Date.parse(platform.time));
    } else if (platform) {
      const invocation = open.get(key);
      if (invocation) invocation.initMs = platform.record.metrics.initDurationMs ?? null;
      open.delete(key);
    } else {
      const event = parseTickLine(text, group);
      if (event) (open.get(key) ?? begin(key, group, null)).events.push(event);
    }
  }
  return invocations;
}

function platformLine(text: string): z.infer<typeof PLATFORM_LINE> | undefined {
  if (!text.includes('"platform.')) return undefined;
  try {
    return PLATFORM_LINE.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
