import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  type PutItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { dynamoLedger } from "../../functions/runtime/ledger";
import { minuteOf } from "../../schedule/minute";
import { tickAt } from "../../schedule/tick";
import { MINUTE, scheduleOf } from "../simulation/schedules";

const DAY_S = 24 * 60 * 60;
const TEN = { intervalMs: 10_000, phaseMs: 0 };
const TICK = tickAt(scheduleOf(10, 0, { catchUpMs: 10_000 }), MINUTE);

/** A table that answers each put as told. */
function table(answer: () => Promise<unknown> = () => Promise.resolve({})) {
  const puts: PutItemCommandInput[] = [];
  const send = (command: { input: PutItemCommandInput }) => {
    puts.push(command.input);
    return answer();
  };
  return { puts, ledger: dynamoLedger("metronome-ledger", { send } as unknown as DynamoDBClient) };
}

test("a claim creates its row, on the condition that it is new or the claimant's own", async () => {
  const { puts, ledger } = table();
  expect(await ledger.claimTick(TICK, "call-1")).toEqual({ won: true });
  expect(await ledger.claimMinute("beat@STANDARD", minuteOf(MINUTE), "run-1", TEN)).toEqual({ won: true });
  for (const put of puts) {
    expect(put.TableName).toBe("metronome-ledger");
    expect(put.ConditionExpression).toBe("attribute_not_exists(id) OR claimedBy = :claimant");
    expect(put.ExpressionAttributeValues?.[":claimant"]).toEqual(put.Item?.claimedBy);
  }
  expect(puts.map(({ Item }) => [Item?.id?.S, Item?.claimedBy?.S])).toEqual([
    ["tick#beat-1795371900", "call-1"],
    ["minute#beat@STANDARD#29922865", "run-1"],
  ]);
});

test("a minute's row names the grid that its run serves", async () => {
  const { puts, ledger } = table();
  await ledger.claimMinute("beat@STANDARD", minuteOf(MINUTE), "run-1", { intervalMs: 7_000, phaseMs: 2_000 });
  expect(puts[0]?.Item?.grid).toEqual({ S: "2000+k*7000" });
});

test("a row is kept for a day beyond what it claims, in epoch seconds as TTL wants it", async () => {
  const { puts, ledger } = table();
  await ledger.claimTick(TICK, "call-1");
  await ledger.claimMinute("beat@STANDARD", minuteOf(MINUTE), "run-1", TEN);
  expect(puts.map(({ Item }) => Number(Item?.expiresAt?.N))).toEqual([
    MINUTE / 1_000 + 10 + DAY_S,
    MINUTE / 1_000 + 60 + DAY_S,
  ]);
});

test("a row that exists already is another's: no error, and no claim", async () => {
  const row = { id: { S: "row" }, claimedBy: { S: "run-1" }, claimedAt: { S: "2026-11-22T18:25:37.123Z" } };
  const grid = { S: "0+k*10000" };
  const refused = new ConditionalCheckFailedException({ message: "", $metadata: {}, Item: { ...row, grid } });
  const { ledger, puts } = table(() => Promise.reject(refused));
  const claim = { won: false, claimedBy: "run-1", claimedAt: MINUTE + 37_123, grid: "0+k*10000" };
  expect(await ledger.claimTick(TICK, "call-2")).toEqual(claim);
  expect(await ledger.claimMinute("beat@STANDARD", 1, "run-2", TEN)).toEqual(claim);
  for (const put of puts) expect(put.ReturnValuesOnConditionCheckFailure).toBe("ALL_OLD");
});

test.each([undefined, {}, { claimedBy: { N: "1" }, claimedAt: { S: "yesterday" } }])(
  "a refusal that does not say whose row it is, is one all the same: %j",
  async (row) => {
    const refused = new ConditionalCheckFailedException({ message: "", $metadata: {}, Item: row as never });
    const { ledger } = table(() => Promise.reject(refused));
    expect(await ledger.claimTick(TICK, "call-2")).toEqual({
      won: false,
      claimedBy: null,
      claimedAt: null,
      grid: null,
    });
  },
);

test("a table that fails otherwise is an error, not a claim", async () => {
  const { ledger } = table(() => Promise.reject(new Error("ProvisionedThroughputExceeded")));
  await expect(ledger.claimTick(TICK, "call-1")).rejects.toThrow("ProvisionedThroughputExceeded");
  await expect(ledger.claimMinute("beat@STANDARD", 1, "run-1", TEN)).rejects.toThrow("ProvisionedThroughputExceeded");
});
