import { z } from "zod";
import { EVENTS, type EventName, type FieldKind, type LogEvent, TICK_FIELDS } from "../../schedule/events";
import { MISSED_METRICS } from "../../schedule/metrics";
import type { LoggedReason } from "../../schedule/outcome";

/** An event as a report reads it. */
export type TickEvent = Exclude<LogEvent, { readonly kind: "run.checked" | "pauses.unread" }> & {
  /** Which function logged it: its log group, or `""` if the reader does not say. */
  readonly source: string;
};

/** The events in the life of one tick. */
export type EventOfTick = Extract<TickEvent, { readonly tick: unknown }>;

/** The schedule that an event is about; `null` if it is about all of them. */
export function scheduleOf(event: TickEvent): string | null {
  if ("tick" in event) return event.tick.schedule;
  return "schedule" in event ? event.schedule : null;
}

/** When the tick of an event was due or, without a grid, dispatched; ms since the epoch. `null` if neither is known. */
export function instantOf({ tick }: EventOfTick): number | null {
  const at = tick.scheduledAt ?? ("dispatchedAt" in tick ? tick.dispatchedAt : null);
  return at === null ? null : Date.parse(at);
}

const instant = z.string().refine((text) => !Number.isNaN(Date.parse(text)));

/** How the values of fields are checked, but for ticks, which consist of fields. */
const VALUES = {
  text: z.string(),
  flag: z.boolean(),
  number: z.number(),
  numbers: z.array(z.number()),
  instant,
  "instant or null": instant.nullable(),
  "missed reason": z.enum(Object.keys(MISSED_METRICS) as LoggedReason[]),
  "optional text": z.string().optional(),
  "optional number": z.number().optional(),
  "optional instant": instant.optional(),
};
const undispatched = objectOf(TICK_FIELDS, VALUES);
const KINDS = {
  ...VALUES,
  "undispatched tick": undispatched,
  "dispatched tick": undispatched.extend({ dispatchedAt: instant }),
} satisfies Record<FieldKind, z.ZodType>;

/** An event as it is logged: its name is the `message`. */
const EVENT = z.discriminatedUnion(
  "message",
  (Object.keys(EVENTS) as EventName[]).map((name) =>
    objectOf(EVENTS[name], KINDS).extend({ message: z.literal(name) }),
  ) as unknown as readonly [z.ZodObject<{ message: z.ZodLiteral<EventName> }>],
);

/** A line: an event or, if Lambda's own JSON log format wrapped it, an object with the event as its `message`. */
const LINE = z.union([EVENT, z.object({ message: EVENT }).transform(({ message }) => message)]);

/**
 * Reads one log line.
 *
 * @param source names the function that logged it, such as its log group.
 * @returns `undefined` for any line that is no complete event of this project: platform lines, stack traces, other text.
 */
export function parseTickLine(line: string, source = ""): TickEvent | undefined {
  if (!/"(?:tick\.|(?:run|clock)\.planned"|schedule\.paused")/.test(line)) return undefined;
  const { data } = LINE.safeParse(parseJson(line));
  if (!data) return undefined;
  const { message: kind, ...fields } = data;
  return { kind, source, ...fields } as TickEvent;
}

/** The schema of an object that has fields of these kinds, and others that do not count. */
function objectOf<K extends string>(fields: Readonly<Record<string, K>>, kinds: Readonly<Record<K, z.ZodType>>) {
  return z.object(Object.fromEntries(Object.entries(fields).map(([name, kind]) => [name, kinds[kind]])));
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
