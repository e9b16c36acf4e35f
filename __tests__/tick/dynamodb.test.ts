import {
  ConditionalCheckFailedException,
  type DeleteItemCommandInput,
  type PutItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { dynamoLease, dynamoSeen } from "../../tick/src/dynamodb";

const UNTIL = 1_795_371_930_500;

/** A table that answers each request as told. */
function table(answer: () => Promise<unknown> = async () => ({})) {
  const asked: (Partial<PutItemCommandInput> & Partial<DeleteItemCommandInput>)[] = [];
  const send = (command: { input: PutItemCommandInput & DeleteItemCommandInput }) => {
    asked.push(command.input);
    return answer();
  };
  return { asked, client: { send } as never };
}

const REFUSED = () => Promise.reject(new ConditionalCheckFailedException({ message: "refused", $metadata: {} }));

test("a lease is a row that is new, has ended to the ms, or is the holder's own", async () => {
  const { asked, client } = table();
  expect(await dynamoLease("leases", client).take("beat", "beat-1/a", UNTIL)).toBe(true);
  expect(asked).toEqual([
    {
      TableName: "leases",
      Item: {
        id: { S: "lease#beat" },
        holder: { S: "beat-1/a" },
        until: { N: String(UNTIL) },
        expiresAt: { N: "1795371931" },
      },
      ConditionExpression: "attribute_not_exists(id) OR #until <= :now OR holder = :holder",
      ExpressionAttributeNames: { "#until": "until" },
      ExpressionAttributeValues: { ":now": { N: expect.stringMatching(/^\d{13}$/) }, ":holder": { S: "beat-1/a" } },
    },
  ]);
});

test("it is given back by its holder alone, and one that is another's by now stays", async () => {
  const { asked, client } = table(REFUSED);
  await dynamoLease("leases", client).release("beat", "beat-1/a");
  expect(asked).toEqual([
    {
      TableName: "leases",
      Key: { id: { S: "lease#beat" } },
      ConditionExpression: "holder = :holder",
      ExpressionAttributeValues: { ":holder": { S: "beat-1/a" } },
    },
  ]);
});

test("an id is new once", async () => {
  const { asked, client } = table();
  expect(await dynamoSeen("seen", client).isNew("beat-1", UNTIL)).toBe(true);
  expect(asked[0]).toEqual({
    TableName: "seen",
    Item: { id: { S: "seen#beat-1" }, seenBy: { S: expect.any(String) }, expiresAt: { N: "1795371931" } },
    ConditionExpression: "attribute_not_exists(id) OR seenBy = :seenBy",
    ExpressionAttributeValues: { ":seenBy": asked[0]?.Item?.seenBy },
  });
  await dynamoSeen("seen", client).isNew("beat-1", UNTIL);
  expect(asked[1]?.Item?.seenBy).not.toEqual(asked[0]?.Item?.seenBy);
  expect(await dynamoSeen("seen", table(REFUSED).client).isNew("beat-1", UNTIL)).toBe(false);
});

test("what is held by another is not taken, and what the table answers else is thrown", async () => {
  expect(await dynamoLease("leases", table(REFUSED).client).take("beat", "beat-1/a", UNTIL)).toBe(false);
  const throttled = table(() => Promise.reject(new Error("throttled")));
  await expect(dynamoLease("leases", throttled.client).take("beat", "beat-1/a", UNTIL)).rejects.toThrow("throttled");
  await expect(dynamoLease("leases", throttled.client).release("beat", "beat-1/a")).rejects.toThrow("throttled");
  await expect(dynamoSeen("seen", throttled.client).isNew("beat-1", UNTIL)).rejects.toThrow("throttled");
});
