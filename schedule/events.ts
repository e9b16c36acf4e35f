import type { LoggedReason } from "./outcome";
import type { TickMessage } from "./tick";

/** A tick that was dispatched, as the log has it: the tick contract. */
export type DispatchedTick = TickMessage["tick"];

/** A tick that was not dispatched, as the log has it. */
export type UndispatchedTick = Omit<DispatchedTick, "dispatchedAt">;

/** The kinds of fields that events have, with the type of their values. An instant is ISO 8601 in UTC with milliseconds. */
export interface FieldTypes {
  readonly text: string;
  readonly flag: boolean;
  readonly number: number;
  readonly numbers: readonly number[];
  readonly instant: string;
  readonly "instant or null": string | null;
  readonly "missed reason": LoggedReason;
  readonly "dispatched tick": DispatchedTick;
  readonly "undispatched tick": UndispatchedTick;
  /** Fields that an event may lack. */
  readonly "optional text": string | undefined;
  readonly "optional number": number | undefined;
  readonly "optional instant": string | undefined;
}

export type FieldKind = keyof FieldTypes;

/** The fields of an {@link UndispatchedTick}; a {@link DispatchedTick} has `dispatchedAt` as well. */
export const TICK_FIELDS = {
  id: "text",
  schedule: "text",
  strategy: "text",
  scheduledAt: "instant or null",
  expiresAt: "instant",
} as const satisfies Readonly<Record<keyof UndispatchedTick, FieldKind>>;

/**
 * Every event that a function logs: its name, and its fields by kind. Functions write events and reports read them by
 * this one schema. Lines of deployed functions must stay readable, so a new field is an optional one.
 */
export const EVENTS = {
  /**
   * At least one target accepted the tick. `error` names the targets that did not. `tick.dispatchedAt` is when the first
   * request that was accepted was written to its connection, `answeredAt` when its answer was there, `cpuMs` the processor
   * time in ms that the function took from the order to write it until then, and `claimMs` how long the tick's claim took.
   * `by` is who asked for a tick that was fired by hand.
   */
  "tick.dispatched": {
    tick: "dispatched tick",
    answeredAt: "optional instant",
    cpuMs: "optional number",
    claimMs: "optional number",
    late: "flag",
    attempts: "number",
    error: "optional text",
    by: "optional text",
  },
  "tick.missed": { tick: "undispatched tick", reason: "missed reason", error: "optional text", by: "optional text" },
  /** Another invocation had claimed the tick. */
  "tick.suppressed": { tick: "undispatched tick" },
  /** A target started. */
  "tick.started": { tick: "dispatched tick", startedAt: "instant" },
  /** The analyser of LambdaClock received the tick from the topic, `latencyMs` after its dispatch. */
  "tick.measured": { tick: "dispatched tick", startedAt: "instant", latencyMs: "number" },
  /**
   * A run planned: `minutes` are its clock minutes since the epoch, `count` the ticks that it will dispatch, `from` the
   * scheduledAt of the first of them. `takenOverFrom` is the run that had its first minute, and seems to have ended.
   */
  "run.planned": {
    schedule: "text",
    run: "text",
    minutes: "numbers",
    count: "number",
    from: "instant or null",
    takenOverFrom: "optional text",
  },
  /**
   * A clock that plans all schedules at once planned: `minutes` are the clock minutes since the epoch that it has handed
   * over to pacers in `bursts` messages, `count` the ticks in them, `from` the scheduledAt of the first.
   */
  "clock.planned": { run: "text", minutes: "numbers", bursts: "number", count: "number", from: "instant or null" },
  /** The duplicate check of a relative run: how many executions run, and whether another one has precedence. */
  "run.checked": { run: "text", running: "number", alreadyRunning: "flag" },
  /**
   * No tick of the schedule that is due from `from` (inclusive) to `to` (exclusive) is dispatched. If the pause was begun by
   * hand: who began it, why, and when it ends by itself.
   */
  "schedule.paused": {
    schedule: "text",
    from: "instant",
    to: "instant",
    by: "optional text",
    note: "optional text",
    until: "optional instant",
  },
  /** It could not be read whether anything is paused by hand, so the clock goes on as if nothing were. */
  "pauses.unread": { error: "text" },
} as const satisfies Readonly<Record<string, Readonly<Record<string, FieldKind>>>>;

export type EventName = keyof typeof EVENTS;

type Optional<F> = { [K in keyof F]: F[K] extends `optional ${string}` ? K : never }[keyof F];

type FieldsOf<F extends Readonly<Record<string, FieldKind>>> = {
  readonly [K in Exclude<keyof F, Optional<F>>]: FieldTypes[F[K]];
} & { readonly [K in Optional<F>]?: Exclude<FieldTypes[F[K]], undefined> };

/** One event in the life of a tick, a run or a schedule; `kind` is its name in the log. */
export type LogEvent = { [N in EventName]: { readonly kind: N } & FieldsOf<(typeof EVENTS)[N]> }[EventName];
