import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { type HandPause, type HandPauses, PAUSES_ID, pauseAt, readPauses } from "../../schedule/pause";
import { createClient } from "./clients";
import { type Clock, systemClock } from "./clock";
import { LEDGER_LIMITS } from "./ledger";

/**
 * How long an answer holds for further ticks, in ms: the ticks of one instant share it, and those of the next instant, a second
 * later at least, do not.
 */
const SHARED_FOR_MS = 500;

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
): Pauses {
  const read = async (): Promise<HandPauses> => {
    const { Item = {} } = await client.send(new GetItemCommand({ TableName: table, Key: { id: { S: PAUSES_ID } } }));
    return readPauses(Object.fromEntries(Object.entries(Item).map(([field, { S }]) => [field, S])));
  };
  let last: { readonly pauses: Promise<HandPauses>; readonly at: number } | undefined;
  return {
    async of(schedule, at) {
      const now = clock.now();
      if (!last || now - last.at >= SHARED_FOR_MS) last = { pauses: read().catch(() => ({})), at: now };
      return pauseAt(await last.pauses, schedule, at);
    },
  };
}
