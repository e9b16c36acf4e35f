import { SECOND_MS } from "./duration";
import { type Grid, isOnGrid } from "./grid";

/** Any value that JSON can carry. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What the code that plans and dispatches ticks must know of a schedule; times in ms. */
export interface ScheduleSpec extends Grid {
  /** The schedule's name: part of every tick id. */
  readonly name: string;
  readonly strategy: string;
  /** How long after scheduledAt a tick may still be dispatched, in ms. */
  readonly catchUpMs: number;
  /** Handed to the target with every tick. */
  readonly payload: Json;
  /**
   * How much earlier than scheduledAt a tick is handed over to its targets, which hold it until then, in ms.
   * @default 0
   */
  readonly leadMs?: number;
}

/** How long a lead may be, in ms: what a target that uses `onTick` of the package in `tick/` holds by default. */
export const LONGEST_LEAD_MS = 5 * SECOND_MS;

/** One planned invocation, before it is dispatched. Instants in ms since the epoch. */
export interface Tick {
  readonly id: string;
  /** The instant on the schedule's grid; `null` under relative pacing, which has no grid. */
  readonly scheduledAt: number | null;
  /** From this instant on the tick is not dispatched any more. */
  readonly expiresAt: number;
}

/** The tick as its target receives it: the tick contract. All instants are ISO 8601 in UTC with milliseconds. */
export interface TickMessage {
  readonly tick: {
    readonly id: string;
    readonly schedule: string;
    readonly strategy: string;
    /** `null` under relative pacing only. */
    readonly scheduledAt: string | null;
    /**
     * The instant that the message was prepared for: scheduledAt less the schedule's lead if it was in time. A message is signed before it is
     * dispatched; in the log this field is when its request was written to its connection.
     */
    readonly dispatchedAt: string;
    readonly expiresAt: string;
  };
  readonly payload: Json;
}

/** The record of a tick: one line of `ticks.jsonl`, as every report, test and benchmark reads it. */
export interface TickRecord {
  readonly id: string;
  readonly schedule: string;
  readonly strategy: string;
  /** ISO 8601, UTC, ms; `null` under relative pacing. */
  readonly scheduledAt: string | null;
  /**
   * When the request that hands it over was written to its connection. If the log of that is missing, the instant that the
   * message names. `null` for a further delivery of a tick that was dispatched once.
   */
  readonly dispatchedAt: string | null;
  /** When the service's answer was there; `null` if it was not logged. */
  readonly answeredAt: string | null;
  /** When the target's handler began; `null` if the target does not log it. */
  readonly startedAt: string | null;
}

/**
 * The id of a scheduled tick: schedule name and epoch second, a pure function of both. It is legal as the name of a
 * Step Functions execution, and the same for every strategy, run and retry.
 *
 * @param at ms since the epoch.
 */
export function tickId(schedule: string, at: number): string {
  return `${schedule}-${Math.floor(at / SECOND_MS)}`;
}

/** How the ids of ticks that were fired by hand begin; no schedule has such a name. */
const MANUAL = "manual-";

/**
 * The id of a tick that is fired by hand: in a name space of its own, so that it is never taken for one of the clock's.
 *
 * @param now ms since the epoch; part of the id, but of a tick that is repeated for the first time.
 * @param repeated the instant of the tick that it repeats, ms since the epoch: its id then has that tick's.
 * @param again whether it may have been repeated before: a target that remembers ids would drop the same one.
 */
export function manualId(schedule: string, now: number, repeated?: number, again = false): string {
  if (repeated === undefined) return `${MANUAL}${schedule}-${now}`;
  return `${MANUAL}${tickId(schedule, repeated)}${again ? `-${now}` : ""}`;
}

/** Whether a tick was fired by hand. */
export function isManual(id: string): boolean {
  return id.startsWith(MANUAL);
}

/**
 * The tick of a schedule at one instant of its grid.
 *
 * @throws RangeError if `scheduledAt` (ms since the epoch) is not on the schedule's grid.
 */
export function tickAt(schedule: ScheduleSpec, scheduledAt: number): Tick {
  if (!isOnGrid(schedule, scheduledAt)) {
    throw new RangeError(`${new Date(scheduledAt).toISOString()} is not on the grid of schedule "${schedule.name}"`);
  }
  return { id: tickId(schedule.name, scheduledAt), scheduledAt, expiresAt: scheduledAt + schedule.catchUpMs };
}

/**
 * When a tick is due for dispatch, in ms since the epoch: its schedule's lead before its instant. Grid, id, expiry and what is
 * overdue are all counted from scheduledAt; what a clock waits for is this.
 *
 * @param scheduledAt ms since the epoch.
 */
export function dispatchAt({ leadMs = 0 }: Pick<ScheduleSpec, "leadMs">, scheduledAt: number): number {
  return scheduledAt - leadMs;
}

/** The longest lead of these schedules, in ms: that of the one whose tick is due for dispatch first. */
export function longestLead(schedules: readonly Pick<ScheduleSpec, "leadMs">[]): number {
  return schedules.reduce((longest, { leadMs = 0 }) => Math.max(longest, leadMs), 0);
}

/** A tick of relative pacing: it has no grid, so it is named after, and expires counted from, the instant of its dispatch (ms). */
export function relativeTick(schedule: ScheduleSpec, now: number): Tick {
  return { id: tickId(schedule.name, now), scheduledAt: null, expiresAt: now + schedule.catchUpMs };
}

/** A tick that is not dispatched, as the log has it. */
export function tickFields(schedule: ScheduleSpec, tick: Tick): Omit<TickMessage["tick"], "dispatchedAt"> {
  return {
    id: tick.id,
    schedule: schedule.name,
    strategy: schedule.strategy,
    scheduledAt: tick.scheduledAt === null ? null : iso(tick.scheduledAt),
    expiresAt: iso(tick.expiresAt),
  };
}

/** The message that hands a tick to its target at `dispatchedAt` (ms since the epoch). */
export function tickMessage(schedule: ScheduleSpec, tick: Tick, dispatchedAt: number): TickMessage {
  return { tick: { ...tickFields(schedule, tick), dispatchedAt: iso(dispatchedAt) }, payload: schedule.payload };
}

/**
 * Reads the tick out of what a target received: the Lambda event itself, or an SNS notification with the message as
 * its body.
 *
 * @throws TypeError if the event carries no tick.
 */
export function readTickMessage(event: unknown): TickMessage {
  const record = (event as { Records?: { Sns?: { Message?: string } }[] } | null)?.Records?.[0];
  const body = record?.Sns?.Message === undefined ? event : JSON.parse(record.Sns.Message);
  const message = body as Partial<TickMessage> | null;
  if (typeof message?.tick?.id !== "string" || typeof message.tick.dispatchedAt !== "string") {
    throw new TypeError(`the event carries no tick: ${JSON.stringify(event)?.slice(0, 200)}`);
  }
  return message as TickMessage;
}

/** An instant (ms since the epoch) as the tick contract writes it: ISO 8601, UTC, milliseconds. */
export function iso(instant: number): string {
  return new Date(instant).toISOString();
}
