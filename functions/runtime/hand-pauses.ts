import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { MINUTE_MS } from "../../schedule/duration";
import { type HandPause, type HandPauses, PAUSES_ID, pauseAt, readPauses } from "../../schedule/pause";
import { createClient } from "./clients";
import { type Clock, systemClock } from "./clock";
import { LEDGER_LIMITS } from "./ledger";
import { createLog, type Log } from "./log";

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
