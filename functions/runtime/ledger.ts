import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { SECOND_MS } from "../../schedule/duration";
import { type Grid, gridText } from "../../schedule/grid";
import { type ClockMinute, startOfMinute } from "../../schedule/minute";
import type { Tick } from "../../schedule/tick";
import { createClient } from "./clients";

/** How long a row is kept after what it claims is over, in s: longer than any retry of a rule, a state or an invocation. */
export const KEPT_S = 24 * 60 * 60;

/** A claim that hangs would cost more ticks than its own: all its tries are over within about the lead of a tick. */
export const LEDGER_LIMITS = { tries: 3, answerWithinMs: 300 };

/** What became of a claim: won, or who holds its row, and since when (ms since the epoch, by that claimant's clock). */
export type Claim = { readonly won: true } | RefusedClaim;

/** A claim that another claimant has won. Its fields are `null` if the ledger's answer does not have them. */
export interface RefusedClaim {
  readonly won: false;
  readonly claimedBy: string | null;
  readonly claimedAt: number | null;
  /** Of a minute: the grid whose ticks that run serves in it, as `gridText` has it. */
  readonly grid: string | null;
}

/** The rows of claims. A claim is won by creating its row. If the row exists, another invocation has won the claim, which is success. */
export interface Ledger {
  /**
   * Claims one clock minute for a run. It keeps runs from doing the same work twice. It is no guard: what keeps a tick
   * from being dispatched twice is the claim on the tick alone.
   *
   * @param scope names the schedule and the state machine that runs it.
   * @param run the run's id; the same run may claim a minute again (a retried call) and wins it again.
   * @param grid the grid whose ticks the run serves: another run looks for no other tick to see if this one lives.
   * @throws what the table answered, if that was neither yes nor no; the claim may have been won.
   */
  claimMinute(scope: string, minute: ClockMinute, run: string, grid: Grid): Promise<Claim>;
  /**
   * Claims the dispatch of one tick.
   *
   * @param tick or what stands for several ticks of one instant.
   * @param call the id of this one invocation. A retried invocation has another id and does not get the tick, because
   * the first one may have dispatched it, and a missed tick is better than a doubled one.
   * @throws what the table answered, if that was neither yes nor no; the claim may have been won.
   */
  claimTick(tick: Pick<Tick, "id" | "expiresAt">, call: string): Promise<Claim>;
}

/** The ledger in a DynamoDB table with the hash key `id` and TTL on `expiresAt` (epoch s). */
export function dynamoLedger(table: string, client = createClient(DynamoDBClient, LEDGER_LIMITS)): Ledger {
  const claim = async (id: string, claimant: string, overAt: number, grid?: Grid): Promise<Claim> => {
    try {
      await client.send(
        new PutItemCommand({
          TableName: table,
          Item: {
            id: { S: id },
            claimedBy: { S: claimant },
            claimedAt: { S: new Date().toISOString() },
            ...(grid && { grid: { S: gridText(grid) } }),
            expiresAt: { N: String(Math.ceil(overAt / SECOND_MS) + KEPT_S) },
          },
          // The second half lets a claimant's own repeated request (the SDK's, after a lost answer) find its own row.
          ConditionExpression: "attribute_not_exists(id) OR claimedBy = :claimant",
          ExpressionAttributeValues: { ":claimant": { S: claimant } },
          // Free, and within the right to put: the refusal itself says whose row it is.
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      return { won: true };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return refusedBy(error.Item);
      throw error;
    }
  };
  return {
    claimMinute: (scope, minute, run, grid) => claim(`minute#${scope}#${minute}`, run, startOfMinute(minute + 1), grid),
    claimTick: (tick, call) => claim(`tick#${tick.id}`, call, tick.expiresAt),
  };
}

/** Reads the row that a refusal carries. */
function refusedBy(row: Readonly<Record<string, AttributeValue>> | undefined): RefusedClaim {
  const at = Date.parse(row?.claimedAt?.S ?? "");
  return {
    won: false,
    claimedBy: row?.claimedBy?.S ?? null,
    claimedAt: Number.isNaN(at) ? null : at,
    grid: row?.grid?.S ?? null,
  };
}
