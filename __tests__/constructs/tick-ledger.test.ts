import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { TerraformOutput } from "cdktf";
import { TickLedger } from "../../constructs/tick-ledger";
import { synthesizeStack } from "../template";

test("the ledger is a table by id, paid by request, whose rows end by TTL", () => {
  const { text } = synthesizeStack((scope) => {
    new TickLedger(scope, "ledger", { name: "metronome-dev-ledger" });
  });
  expect(text).toHaveResourceWithProperties(DynamodbTable, {
    name: "metronome-dev-ledger",
    billing_mode: "PAY_PER_REQUEST",
    hash_key: "id",
    attribute: [{ name: "id", type: "S" }],
    ttl: { attribute_name: "expiresAt", enabled: true },
  });
});

test("to claim is to put an item into this table, and no more", () => {
  const { json } = synthesizeStack((scope) => {
    const { claim } = new TickLedger(scope, "ledger", { name: "metronome-dev-ledger" });
    new TerraformOutput(scope, "claim", { value: claim });
  }) as unknown as { json: { output: { claim: { value: unknown } } } };
  expect(json.output.claim.value).toEqual({
    actions: ["dynamodb:PutItem"],
    resources: [expect.stringMatching(/^\$\{aws_dynamodb_table\.ledger_table_\w+\.arn\}$/)],
  });
});
