import { CreateTableCommand, DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { emulatorCredentials } from "../../../emulator/access-key";
import { MINUTE_MS } from "../../../schedule/duration";
import { dynamoLease, dynamoSeen } from "../../../tick/src/dynamodb";
import { EmulatorSession } from "../support/emulator-session";

describe("leases and remembered ids in a table of the embedded AWS", () => {
  const emulator = new EmulatorSession();
  let client: DynamoDBClient;
  beforeAll(async () => {
    await emulator.open();
    const { endpoint } = emulator.session.emulator;
    client = new DynamoDBClient({ endpoint, region: "us-east-1", credentials: emulatorCredentials(endpoint) });
    await client.send(
      new CreateTableCommand({
        TableName: "leases",
        BillingMode: "PAY_PER_REQUEST",
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      }),
    );
  }, 5 * MINUTE_MS);
  afterAll(() => emulator.close(), MINUTE_MS);

  it("one of many has the lease, until it is given back by its holder or has ended", async () => {
    const lease = dynamoLease("leases", client);
    const soon = () => Date.now() + MINUTE_MS;
    const takers = Array.from({ length: 10 }, (_, k) => lease.take("beat", `run-${k}`, soon()));
    const taken = await Promise.all(takers);
    expect(taken.filter(Boolean)).toHaveLength(1);
    const holder = `run-${taken.indexOf(true)}`;
    expect(await lease.take("other", "run-10", soon())).toBe(true);
    await lease.release("beat", "run-11");
    expect(await lease.take("beat", "run-11", soon())).toBe(false);
    await lease.release("beat", holder);
    // Its end passes at once.
    expect(await lease.take("beat", "run-11", Date.now())).toBe(true);
    expect(await lease.take("beat", "run-12", soon())).toBe(true);
    await lease.release("beat", "run-11");
    const { Items = [] } = await client.send(new ScanCommand({ TableName: "leases" }));
    expect(Items.map(({ id, holder: by }) => [id?.S, by?.S]).sort()).toEqual([
      ["lease#beat", "run-12"],
      ["lease#other", "run-10"],
    ]);
  });

  it("an id is new once, whoever asks at the same time", async () => {
    const seen = dynamoSeen("leases", client);
    const asked = await Promise.all(Array.from({ length: 10 }, () => seen.isNew("beat-1795371910", Date.now())));
    expect(asked.filter(Boolean)).toHaveLength(1);
  });
});
