import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { SECOND_MS } from "../../schedule/duration";
import { type ClockMinute, startOfMinute } from "../../schedule/minute";
import { createClient } from "../runtime/clients";
import { KEPT_S, LEDGER_LIMITS } from "../runtime/ledger";

/** The clock minutes whose bursts have all been sent. It is no claim: it only keeps a firing from sending them again. */
export interface PlannedMinutes {
  /**
   * Those of these minutes that are not noted as planned. A minute about which the table does not answer is one of them:
   * to send its bursts twice costs some requests, and not to send them would lose its ticks.
   */
  without(minutes: readonly ClockMinute[]): Promise<ClockMinute[]>;
  /** Notes a minute as planned. @param run who planned it. @throws what the table answered if it is not noted. */
  note(minute: ClockMinute, run: string): Promise<void>;
}

/**
 * The planned minutes in the ledger's table.
 *
 * @param plan names what was planned: the queue's consumer, and the schedules. Another plan's minutes are not this one's, so
 *   that a change is planned at once, and so is a queue that is new.
 */
export function dynamoPlannedMinutes(
  table: string,
  plan: string,
  client = createClient(DynamoDBClient, LEDGER_LIMITS),
): PlannedMinutes {
  const id = (minute: ClockMinute) => ({ S: `planned#${plan}#${minute}` });
  const isPlanned = async (minute: ClockMinute) => {
    const get = new GetItemCommand({ TableName: table, Key: { id: id(minute) }, ConsistentRead: true });
    return client.send(get).then(
      ({ Item }) => Item !== undefined,
      () => false,
    );
  };
  return {
    async without(minutes) {
      const answers = await Promise.all(minutes.map(isPlanned));
      return minutes.filter((_, k) => !answers[k]);
    },
    async note(minute, run) {
      const expiresAt = { N: String(startOfMinute(minute + 1) / SECOND_MS + KEPT_S) };
      await client.send(
        new PutItemCommand({ TableName: table, Item: { id: id(minute), plannedBy: { S: run }, expiresAt } }),
      );
    },
  };
}
