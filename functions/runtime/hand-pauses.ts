import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { MINUTE_MS } from "../../schedule/duration";
import { type HandPause, type HandPauses, PAUSES_ID, pauseAt, readPauses } from "../../schedule/pause";
import { iso, type ScheduleSpec, type Tick } from "../../schedule/tick";
import { createClient } from "./clients";
import { type Clock, systemClock } from "./clock";
import { LEDGER_LIMITS } from "./ledger";
import { createLog, type Log } from "./log";
import type { Metrics } from "./metrics";

/**
 * How long an answer holds for further ticks, in ms: the ticks of one instant share it, and those of the next instant, a second
 * later at least, do not.
 */
const SHARED_FOR_MS = 500;

/** How often a failure to read them is logged at most, in ms. */
const LOGGED_EVERY_MS = MINUTE_MS;

/** The pauses that somebody has begun by hand. */
export interface Pauses {
  /**
   * The pause of a schedule, read now. It never throws: if the ledger does not answer, nothing is known of a pause, and the
   * clock goes on.
   *
   * @param at ms since the epoch: the instant at which a tick is due.
   */
  of(schedule: string, at: number): Promise<HandPause | undefined>;
}

/** The pauses in the ledger's table. A read may be a second old (DynamoDB, "Read consistency"), for half the price. */
export function dynamoPauses(
  table: string,
  client: Pick<DynamoDBClient, "send"> = createClient(DynamoDBClient, LEDGER_LIMITS),
  clock: Pick<Clock, "now"> = systemClock,
  log: Log = createLog(),
): Pauses {
  const read = async (): Promise<HandPauses> => {
    const { Item = {} } = await client.send(new GetItemCommand({ TableName: table, Key: { id: { S: PAUSES_ID } } }));
    return readPauses(Object.fromEntries(Object.entries(Item).map(([field, { S }]) => [field, S])));
  };
  let loggedAt = Number.NEGATIVE_INFINITY;
  const unread = (error: unknown): HandPauses => {
    if (clock.now() - loggedAt >= LOGGED_EVERY_MS) {
      loggedAt = clock.now();
      log({ kind: "pauses.unread", error: String(error) });
    }
    return {};
  };
  let last: { readonly pauses: Promise<HandPauses>; readonly at: number } | undefined;
  return {
    async of(schedule, at) {
      const now = clock.now();
      if (!last || now - last.at >= SHARED_FOR_MS) last = { pauses: read().catch(unread), at: now };
      return pauseAt(await last.pauses, schedule, at);
    },
  };
}

/** How long a tick that is due already waits for the answer whether its schedule is paused, in ms. */
const ANSWER_WITHIN_MS = 300;

/**
 * The pause by hand of a schedule whose tick is due now. Never throws, and takes no longer than a tick may wait: without an
 * answer nothing is known of a pause.
 *
 * @param at ms since the epoch: the tick's instant.
 */
export async function pauseOfDueTick(
  { clock, log, pauses }: { readonly clock: Clock; readonly log: Log; readonly pauses: Pauses },
  schedule: string,
  at: number,
): Promise<HandPause | undefined> {
  const waited = clock.waitUntil(clock.now() + ANSWER_WITHIN_MS).then(() => "late" as const);
  const answer = await Promise.race([pauses.of(schedule, at), waited]);
  if (answer !== "late") return answer;
  logUnread({ log });
  return undefined;
}

/** Logs that a tick goes out because it was not known in time whether its schedule is paused by hand. */
export function logUnread({ log }: { readonly log: Log }): void {
  log({ kind: "pauses.unread", error: "no answer before the tick was due" });
}

/** Logs and counts a tick that is not dispatched because somebody has paused its schedule by hand. */
export function recordPaused(
  { clock, log, metrics }: { readonly clock: Clock; readonly log: Log; readonly metrics: Metrics },
  { name }: Pick<ScheduleSpec, "name">,
  { scheduledAt }: Pick<Tick, "scheduledAt">,
  pause: HandPause,
): void {
  const at = scheduledAt ?? clock.now();
  metrics.record(name, "TicksPaused", 1, at);
  log({ kind: "schedule.paused", schedule: name, from: iso(at), to: iso(at + 1), ...handFields(pause) });
}

/** What a line of a paused schedule says of a pause that was begun by hand. */
export function handFields(pause: HandPause | undefined) {
  return pause && { by: pause.by, note: pause.note, until: pause.until };
}
