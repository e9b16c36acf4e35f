import type { LoggedReason } from "../../schedule/outcome";
import type { TickMessage } from "../../schedule/tick";

/** A dispatched tick as the log carries it: the tick contract. Instants are ISO 8601, UTC, ms. */
export type LoggedTick = TickMessage["tick"];

/** A tick that was not dispatched, as the log carries it. */
export type PlannedTick = Omit<LoggedTick, "dispatchedAt">;

/** Fields of every event of a tick. */
interface Logged {
  /** Which function logged it: its log group where the reader knows it, else the line's `service`, else `""`. */
  readonly source: string;
}

/** One event in the life of a tick, or of a run, as a function logged it. `kind` is the logged name. */
export type TickEvent =
  | (Logged & {
      readonly kind: "tick.dispatched";
      readonly tick: LoggedTick;
      /** Tries it took; more than 1 where the first were refused. */
      readonly attempts: number;
      /** Present where some of the tick's targets could not be reached. */
      readonly error?: string;
    })
  | (Logged & {
      readonly kind: "tick.missed";
      readonly tick: PlannedTick;
      readonly reason: LoggedReason;
      readonly error?: string;
    })
  | (Logged & { readonly kind: "tick.suppressed"; readonly tick: PlannedTick })
  /** A target began to run. */
  | (Logged & { readonly kind: "tick.started"; readonly tick: LoggedTick; readonly startedAt: string })
  /** LambdaClock's analyser received the tick from the topic. */
  | (Logged & { readonly kind: "tick.measured"; readonly tick: LoggedTick; readonly startedAt: string })
  | (Logged & {
      readonly kind: "run.planned";
      readonly schedule: string;
      readonly run: string;
      /** The clock minutes the run claimed: whole minutes since the epoch. */
      readonly minutes: readonly number[];
      /** Ticks the run will dispatch. */
      readonly count: number;
      /** scheduledAt of the first of them; `null` where there is none. */
      readonly from: string | null;
    })
  /** A schedule is paused: none of its ticks that are due from `from` (inclusive) to `to` (exclusive) is dispatched. */
  | (Logged & {
      readonly kind: "schedule.paused";
      readonly schedule: string;
      /** ISO 8601, UTC. */
      readonly from: string;
      readonly to: string;
      /** Why, in the words of whoever paused it; may be empty. */
      readonly note: string;
    });

/** The events in the life of one tick. */
export type EventOfTick = Extract<TickEvent, { readonly tick: unknown }>;

const REASONS: readonly string[] = [
  "expired",
  "overtaken",
  "dispatch-failed",
  "dispatch-unknown",
] satisfies LoggedReason[];

type Fields = Record<string, unknown>;

/**
 * Reads one log line. The event's fields stand at the top level of the JSON object or, where Lambda's own JSON log
 * format wrapped them, in an object `message`.
 *
 * @param source names the function that logged it, such as its log group; by default the line's `service`.
 * @returns `undefined` for any line that is not a complete event of ours: platform lines, stack traces, foreign text.
 */
export function parseTickLine(line: string, source?: string): TickEvent | undefined {
  if (!/"(?:tick\.|run\.planned"|schedule\.paused")/.test(line)) return undefined;
  const outer = parseObject(line);
  const fields = isObject(outer?.message) ? outer.message : outer;
  if (!fields) return undefined;
  const service = fields.service ?? outer?.service;
  const from = source ?? (typeof service === "string" ? service : "");
  switch (fields.message) {
    case "tick.dispatched": {
      if (!isLoggedTick(fields.tick)) return undefined;
      const attempts = typeof fields.attempts === "number" ? fields.attempts : 1;
      return { kind: "tick.dispatched", source: from, tick: fields.tick, attempts, ...errorOf(fields) };
    }
    case "tick.missed": {
      if (!isPlannedTick(fields.tick) || !isReason(fields.reason)) return undefined;
      return { kind: "tick.missed", source: from, tick: fields.tick, reason: fields.reason, ...errorOf(fields) };
    }
    case "tick.suppressed":
      return isPlannedTick(fields.tick) ? { kind: "tick.suppressed", source: from, tick: fields.tick } : undefined;
    case "tick.started":
    case "tick.measured": {
      if (!isLoggedTick(fields.tick) || !isInstant(fields.startedAt)) return undefined;
      return { kind: fields.message, source: from, tick: fields.tick, startedAt: fields.startedAt };
    }
    case "run.planned":
      return planned(fields, from);
    case "schedule.paused":
      return paused(fields, from);
    default:
      return undefined;
  }
}

function planned(fields: Fields, source: string): TickEvent | undefined {
  const { schedule, run, minutes, count, from } = fields;
  const complete =
    typeof schedule === "string" &&
    typeof run === "string" &&
    Array.isArray(minutes) &&
    minutes.every((minute) => typeof minute === "number") &&
    typeof count === "number" &&
    (from === null || isInstant(from));
  return complete ? { kind: "run.planned", source, schedule, run, minutes, count, from } : undefined;
}

function paused({ schedule, from, to, note }: Fields, source: string): TickEvent | undefined {
  if (typeof schedule !== "string" || !isInstant(from) || !isInstant(to)) return undefined;
  return { kind: "schedule.paused", source, schedule, from, to, note: typeof note === "string" ? note : "" };
}

function parseObject(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function errorOf(fields: Fields): { error?: string } {
  return typeof fields.error === "string" ? { error: fields.error } : {};
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isInstant(value: unknown): value is string {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}

function isReason(value: unknown): value is LoggedReason {
  return typeof value === "string" && REASONS.includes(value);
}

function isPlannedTick(value: unknown): value is PlannedTick {
  return (
    isObject(value) &&
    typeof value.id === "string" &&
    typeof value.schedule === "string" &&
    typeof value.strategy === "string" &&
    (value.scheduledAt === null || isInstant(value.scheduledAt))
  );
}

function isLoggedTick(value: unknown): value is LoggedTick {
  return isPlannedTick(value) && isInstant((value as unknown as Fields).dispatchedAt);
}
