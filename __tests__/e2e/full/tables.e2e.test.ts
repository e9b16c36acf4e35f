import { CreateTableCommand, DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import type { AwsAccess } from "../../../cli/operate/aws-access";
import { PauseRow } from "../../../cli/operate/pause-row";
import { physicalName } from "../../../constructs/naming";
import { emulatorCredentials } from "../../../emulator/access-key";
import { dynamoPauses } from "../../../functions/runtime/hand-pauses";
import { MINUTE_MS } from "../../../schedule/duration";
import { iso } from "../../../schedule/tick";
import { dynamoLease, dynamoSeen } from "../../../tick/src/dynamodb";
import { EmulatorSession } from "../support/emulator-session";

describe("what several write at once into a table of the embedded AWS", () => {
  const emulator = new EmulatorSession();
  let client: DynamoDBClient;
  let access: AwsAccess;
  beforeAll(async () => {
    await emulator.open();
    const { endpoint } = emulator.session.emulator;
    access = { endpoint, region: "us-east-1", credentials: emulatorCredentials(endpoint) };
    client = new DynamoDBClient(access);
    for (const TableName of ["leases", physicalName("dev", "ledger")]) {
      await client.send(
        new CreateTableCommand({
          TableName,
          BillingMode: "PAY_PER_REQUEST",
          KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
          AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        }),
      );
    }
  }, 5 * MINUTE_MS);
  afterAll(() => emulator.close(), MINUTE_MS);

  it("lease: one of many has it, until it is given back by its holder or has ended", async () => {
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

  it("remembered id: it is new once, whoever asks at the same time", async () => {
    const seen = dynamoSeen("leases", client);
    const asked = await Promise.all(Array.from({ length: 10 }, () => seen.isNew("beat-1795371910", Date.now())));
    expect(asked.filter(Boolean)).toHaveLength(1);
  });

  it("pauses by hand: none is lost that another sets meanwhile, and those that are over go", async () => {
    const row = () => new PauseRow("dev", access);
    const now = Date.now();
    const pause = (minutes: number, note = "an exercise") => ({
      since: iso(now),
      until: iso(now + minutes * MINUTE_MS),
      by: "arn:alice",
      note,
    });
    expect(await row().read()).toEqual({});
    const fields = ["all", ...Array.from({ length: 4 }, (_, k) => `schedule:beat-${k}`)];
    await Promise.all(fields.map((field, k) => row().begin(field, pause(k + 1), now)));
    expect(await row().read()).toEqual(Object.fromEntries(fields.map((field, k) => [field, pause(k + 1)])));
    expect(await row().begin("all", pause(9, "longer"), now)).toEqual(pause(1));
    // Two of them are over by then.
    const later = now + 3.5 * MINUTE_MS;
    expect(await row().begin("schedule:late", pause(20), later)).toBeUndefined();
    expect(Object.keys(await row().read()).sort()).toEqual([
      "all",
      "schedule:beat-2",
      "schedule:beat-3",
      "schedule:late",
    ]);
    expect(Object.keys(await row().end((field) => field.startsWith("schedule:"), later))).toHaveLength(3);
    expect(await row().read()).toEqual({ all: pause(9, "longer") });
    // A function reads what was written.
    const { of } = dynamoPauses(physicalName("dev", "ledger"), client);
    expect(await of("beat", later)).toEqual(pause(9, "longer"));
    expect(await of("beat", now + 9 * MINUTE_MS)).toBeUndefined();
    await expect(new PauseRow("prod", access).read()).rejects.toThrow(
      "prod: there is no table metronome-prod-ledger in us-east-1. Deploy the environment first.",
    );
  });
});
