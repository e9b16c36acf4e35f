import type { DynamoDBClient, GetItemCommandInput, PutItemCommandInput } from "@aws-sdk/client-dynamodb";
import { dynamoPlannedMinutes } from "../../functions/planner/planned-minutes";
import { minuteOf } from "../../schedule/minute";
import { MINUTE } from "../simulation/schedules";

const M = minuteOf(MINUTE);

function table(answer: (input: GetItemCommandInput | PutItemCommandInput) => unknown) {
  const inputs: (GetItemCommandInput & PutItemCommandInput)[] = [];
  const send = async (command: { input: GetItemCommandInput & PutItemCommandInput }) => {
    inputs.push(command.input);
    return answer(command.input);
  };
  return { inputs, planned: dynamoPlannedMinutes("metronome-ledger", "plan-1", { send } as unknown as DynamoDBClient) };
}

test("the minutes that are left are those without a row of this plan, read consistently", async () => {
  const { inputs, planned } = table((input) => ({
    Item: "Key" in input && input.Key?.id?.S === `planned#plan-1#${M + 1}` ? { id: { S: "…" } } : undefined,
  }));
  expect(await planned.without([M, M + 1, M + 2])).toEqual([M, M + 2]);
  expect(inputs.map(({ ConsistentRead }) => ConsistentRead)).toEqual([true, true, true]);
});

test("a minute about which the table does not answer is left", async () => {
  const { planned } = table(() => {
    throw new Error("no answer");
  });
  expect(await planned.without([M])).toEqual([M]);
});

test("a note is a row that says who planned it, kept for a day", async () => {
  const { inputs, planned } = table(() => ({}));
  await planned.note(M, "run-1");
  expect(inputs[0]).toEqual({
    TableName: "metronome-ledger",
    Item: {
      id: { S: `planned#plan-1#${M}` },
      plannedBy: { S: "run-1" },
      expiresAt: { N: String((M + 1) * 60 + 86_400) },
    },
  });
});
