import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { Lease } from "./lease";
import type { SeenTicks } from "./on-tick";

/** What sends requests: a DynamoDB client. */
type Client = Pick<DynamoDBClient, "send">;

/**
 * Leases in a DynamoDB table with the hash key `id` (a string) and, so that rows of dead runs go, TTL on `expiresAt`. The
 * function needs dynamodb:PutItem and dynamodb:DeleteItem on it. A lease that has ended is taken by its exact end, `until`:
 * DynamoDB deletes rows up to days after their TTL.
 *
 * @param table its name.
 */
export function dynamoLease(table: string, client: Client = new DynamoDBClient({})): Lease {
  const id = (key: string) => ({ S: `lease#${key}` });
  return {
    take: (key, holder, until) =>
      isMet(() =>
        client.send(
          new PutItemCommand({
            TableName: table,
            Item: { id: id(key), holder: { S: holder }, until: { N: String(until) }, expiresAt: seconds(until) },
            ConditionExpression: "attribute_not_exists(id) OR #until <= :now OR holder = :holder",
            ExpressionAttributeNames: { "#until": "until" },
            ExpressionAttributeValues: { ":now": { N: String(Date.now()) }, ":holder": { S: holder } },
          }),
        ),
      ),
    async release(key, holder) {
      await isMet(() =>
        client.send(
          new DeleteItemCommand({
            TableName: table,
            Key: { id: id(key) },
            ConditionExpression: "holder = :holder",
            ExpressionAttributeValues: { ":holder": { S: holder } },
          }),
        ),
      );
    },
  };
}

/** Ids of ticks in such a table; the function needs dynamodb:PutItem on it. @param table its name. */
export function dynamoSeen(table: string, client: Client = new DynamoDBClient({})): SeenTicks {
  return {
    isNew(id, until) {
      const seenBy = { S: crypto.randomUUID() };
      return isMet(() =>
        client.send(
          new PutItemCommand({
            TableName: table,
            Item: { id: { S: `seen#${id}` }, seenBy, expiresAt: seconds(until) },
            // The second half lets a repeated request (the SDK's, after a lost answer) find its own row.
            ConditionExpression: "attribute_not_exists(id) OR seenBy = :seenBy",
            ExpressionAttributeValues: { ":seenBy": seenBy },
          }),
        ),
      );
    },
  };
}

/** An instant (ms since the epoch) as TTL has it. */
function seconds(instant: number) {
  return { N: String(Math.ceil(instant / 1_000)) };
}

/** Whether a request's condition was met. @throws what else the table answered. */
async function isMet(request: () => Promise<unknown>): Promise<boolean> {
  try {
    await request();
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
