import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { SECOND_MS } from "../../schedule/duration";
import { type ClockMinute, startOfMinute } from "../../schedule/minute";
import { createClient } from "../runtime/clients";
import { KEPT_S, LEDGER_LIMITS } from "../runtime/ledger";

/** The clock minutes whose bursts have all been sent, and how the ticks of each are claimed. */
export interface PlannedMinutes {
  /**
   * What is known of a minute: `planned`; `begun` by a planner that has not noted it, or has noted another plan; or nothing,
   * also if the table does not answer: to send bursts twice costs some requests, and not to send them would lose their ticks.
   */
  look(minute: ClockMinute): Promise<"planned" | "begun" | "unknown">;
  /**
   * Says how the ticks of a minute are claimed: as the first planner of the minute said. All bursts of a minute must say the
   * same, or a tick could be claimed twice.
   *
   * @param slots as this planner would have it: see `Burst`; 0 for a claim of each tick.
   * @throws what the table answered, if that was neither.
   */
  agreeOnSlots(minute: ClockMinute, slots: number): Promise<number>;
  /** Notes a minute as planned, with its slots. @param run who planned it. @throws what the table answered if it is not noted. */
  note(minute: ClockMinute, slots: number, run: string): Promise<void>;
}

/**
 * The planned minutes in the ledger's table: one row a minute.
 *
 * @param plan names what was planned: the queue's consumer, and the schedules. Another plan's minutes are not this one's, so
 *   that a change is planned at once, and so is a queue that is new.
 */
export function dynamoPlannedMinutes(
  table: string,
  plan: string,
  client = createClient(DynamoDBClient, LEDGER_LIMITS),
): PlannedMinutes {
  const key = (minute: ClockMinute) => ({ id: { S: `planned#${minute}` } });
  const row = (minute: ClockMinute, slots: number): Record<string, AttributeValue> => ({
    ...key(minute),
    slots: { N: String(slots) },
    expiresAt: { N: String(startOfMinute(minute + 1) / SECOND_MS + KEPT_S) },
  });
  return {
    async look(minute) {
      const get = new GetItemCommand({ TableName: table, Key: key(minute), ConsistentRead: true });
      const { Item } = await client.send(get).catch(() => ({ Item: undefined }));
      if (!Item) return "unknown";
      return Item.plan?.S === plan ? "planned" : "begun";
    },
    async agreeOnSlots(minute, slots) {
      try {
        await client.send(
          new PutItemCommand({
            TableName: table,
            Item: row(minute, slots),
            ConditionExpression: "attribute_not_exists(id)",
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          }),
        );
        return slots;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return Number(error.Item?.slots?.N);
        throw error;
      }
    },
    async note(minute, slots, run) {
      const Item = { ...row(minute, slots), plan: { S: plan }, plannedBy: { S: run } };
      await client.send(new PutItemCommand({ TableName: table, Item }));
    },
  };
}
