import { ConditionalCheckFailedException, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { SECOND_MS } from "../../schedule/duration";
import { type ClockMinute, startOfMinute } from "../../schedule/minute";
import type { Tick } from "../../schedule/tick";
import { createClient } from "./clients";

/** How long a row is kept after what it claims is over, in s: longer than any retry of a rule, a state or an invocation. */
const KEPT_S = 24 * 60 * 60;

/** A claim that hangs would cost more ticks than its own: all its tries are over within about the lead of a tick. */
const LIMITS = { tries: 3, answerWithinMs: 300 };

/** The rows of claims. A claim is won by creating its row. If the row exists, another invocation has won the claim, which is success. */
export interface Ledger {
  /**
   * Claims one clock minute for a run.
   *
   * @param scope names the schedule and the state machine that runs it.
   * @param run the run's id; the same run may claim a minute again (a retried call) and gets `true` again.
   * @returns whether the minute is this run's.
   */
  claimMinute(scope: string, minute: ClockMinute, run: string): Promise<boolean>;
  /**
   * Claims the dispatch of one tick.
   *
   * @param call the id of this one invocation. A retried invocation has another id and does not get the tick, because
   * the first one may have dispatched it, and a missed tick is better than a doubled one.
   * @returns whether the tick is this invocation's.
   */
  claimTick(tick: Tick, call: string): Promise<boolean>;
}

/** The ledger in a DynamoDB table with the hash key `id` and TTL on `expiresAt` (epoch s). */
export function dynamoLedger(table: string, client = createClient(DynamoDBClient, LIMITS)): Ledger {
  const claim = async (id: string, claimant: string, overAt: number) => {
    try {
      await client.send(
        new PutItemCommand({
          TableName: table,
          Item: {
            id: { S: id },
            claimedBy: { S: claimant },
            claimedAt: { S: new Date().toISOString() },
            expiresAt: { N: String(Math.ceil(overAt / SECOND_MS) + KEPT_S) },
          },
          // The second half lets a claimant's own repeated request (the SDK's, after a lost answer) find its own row.
          ConditionExpression: "attribute_not_exists(id) OR claimedBy = :claimant",
          ExpressionAttributeValues: { ":claimant": { S: claimant } },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };
  return {
    claimMinute: (scope, minute, run) => claim(`minute#${scope}#${minute}`, run, startOfMinute(minute + 1)),
    claimTick: (tick, call) => claim(`tick#${tick.id}`, call, tick.expiresAt),
  };
}
