import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  type GetItemCommandInput,
  type PutItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { dynamoPlannedMinutes } from "../../functions/planner/planned-minutes";
import { minuteOf } from "../../schedule/minute";
import { MINUTE } from "../simulation/schedules";

const M = minuteOf(MINUTE);
const ROW = { id: { S: `planned#${M}` }, expiresAt: { N: String((M + 1) * 60 + 86_400) } };

function table(answer: () => unknown = () => ({})) {
  const inputs: (GetItemCommandInput & PutItemCommandInput)[] = [];
  const send = async (command: { input: GetItemCommandInput & PutItemCommandInput }) => {
    inputs.push(command.input);
    return answer();
  };
  return { inputs, planned: dynamoPlannedMinutes("metronome-ledger", "plan-1", { send } as unknown as DynamoDBClient) };
}

test.each([
  ["planned", { ...ROW, plan: { S: "plan-1" } }],
  ["begun", { ...ROW, plan: { S: "plan-0" } }],
  ["begun", ROW],
  ["unknown", undefined],
] as const)("a minute is %s if its row is %j", async (known, Item) => {
  const { inputs, planned } = table(() => ({ Item }));
  expect(await planned.look(M)).toBe(known);
  expect(inputs).toEqual([{ TableName: "metronome-ledger", Key: { id: ROW.id }, ConsistentRead: true }]);
});

test("a minute about which the table does not answer is unknown", async () => {
  const { planned } = table(() => {
    throw new Error("no answer");
  });
  expect(await planned.look(M)).toBe("unknown");
});

test("the slots of a minute are those of the first planner", async () => {
  const first = table();
  expect(await first.planned.agreeOnSlots(M, 8)).toBe(8);
  expect(first.inputs[0]).toEqual({
    TableName: "metronome-ledger",
    Item: { ...ROW, slots: { N: "8" } },
    ConditionExpression: "attribute_not_exists(id)",
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  });
  const second = table(() => {
    throw new ConditionalCheckFailedException({ $metadata: {}, message: "", Item: { ...ROW, slots: { N: "4" } } });
  });
  expect(await second.planned.agreeOnSlots(M, 8)).toBe(4);
});

test("without an answer nothing is agreed on", async () => {
  const { planned } = table(() => {
    throw new Error("no answer");
  });
  await expect(planned.agreeOnSlots(M, 0)).rejects.toThrow("no answer");
});

test("a note names the plan and who planned it, and is kept for a day", async () => {
  const { inputs, planned } = table();
  await planned.note(M, 8, "run-1");
  expect(inputs[0]).toEqual({
    TableName: "metronome-ledger",
    Item: { ...ROW, slots: { N: "8" }, plan: { S: "plan-1" }, plannedBy: { S: "run-1" } },
  });
});
