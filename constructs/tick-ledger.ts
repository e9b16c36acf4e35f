import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { Construct } from "constructs";
import type { Allow } from "./policy";

/**
 * The ledger: the table in which minutes and ticks are claimed. Rows end by TTL; nothing in it outlives a day. It is
 * encrypted with DynamoDB's own key, as every table is: it holds names and instants only, and that key costs nothing.
 */
export class TickLedger extends Construct {
  readonly name: string;
  /** What a function needs to claim. */
  readonly claim: Allow;
  /** What a function needs to claim, and to look a row up. */
  readonly plan: Allow;

  constructor(scope: Construct, id: string, props: { readonly name: string }) {
    super(scope, id);
    const table = new DynamodbTable(this, "table", {
      name: props.name,
      billingMode: "PAY_PER_REQUEST",
      hashKey: "id",
      attribute: [{ name: "id", type: "S" }],
      ttl: { attributeName: "expiresAt", enabled: true },
    });
    this.name = table.name;
    // Read once: each reading is another token.
    const resources = [table.arn];
    this.claim = { actions: ["dynamodb:PutItem"], resources };
    this.plan = { actions: ["dynamodb:GetItem", "dynamodb:PutItem"], resources };
  }
}
