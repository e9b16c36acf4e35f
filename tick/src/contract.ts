/** A tick as a target receives it: the tick contract of lambda-metronome. All instants are ISO 8601 in UTC with milliseconds. */
export interface Tick {
  /** The schedule's name and the epoch second: the same whoever sends it, and however often. */
  readonly id: string;
  readonly schedule: string;
  /** The kind of the clock that sent it. */
  readonly strategy: string;
  /** The instant on the schedule's grid; `null` under relative pacing, which has no grid. */
  readonly scheduledAt: string | null;
  /** The instant that its dispatch was prepared for. */
  readonly dispatchedAt: string;
  /** From this instant on it is of no use. */
  readonly expiresAt: string;
}

/** What a target receives: the tick, and what its schedule's configuration says. */
export interface TickMessage<P = unknown> {
  readonly tick: Tick;
  readonly payload: P;
}

/** Reads one message. @throws TypeError that names what is missing, if it is none. */
export function readMessage(value: unknown): TickMessage {
  const { tick, payload } = (value ?? {}) as { tick?: Partial<Record<keyof Tick, unknown>>; payload?: unknown };
  const wrong = (["id", "schedule", "strategy", "dispatchedAt", "expiresAt"] as const).filter(
    (field) => typeof tick?.[field] !== "string",
  );
  const instants = [tick?.dispatchedAt, tick?.expiresAt, tick?.scheduledAt ?? tick?.dispatchedAt];
  if (wrong.length > 0 || instants.some((one) => Number.isNaN(Date.parse(String(one))))) {
    const what = wrong.length > 0 ? `tick.${wrong[0]}` : "its instants";
    throw new TypeError(`the event carries no tick (${what}): ${JSON.stringify(value)?.slice(0, 200)}`);
  }
  return {
    tick: { ...(tick as Tick), scheduledAt: tick?.scheduledAt === null ? null : String(tick?.scheduledAt) },
    payload,
  };
}
