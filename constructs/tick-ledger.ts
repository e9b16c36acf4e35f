import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { Construct } from "constructs";
import { PAUSES_ID } from "../schedule/pause";
import type { Allow } from "./policy";

/**
 * What it takes to read the pauses that were begun by hand: one row of the ledger, and no other. ForAllValues is what the key
 * takes (DynamoDB Developer Guide, "Using IAM policy conditions"), and is true of a request without it.
 */
export function readPauses(tableArn: string): Allow {
  const key = "dynamodb:LeadingKeys";
  const condition = { "ForAllValues:StringEquals": { [key]: [PAUSES_ID] }, Null: { [key]: "false" } };
  return { actions: ["dynamodb:GetItem"], resources: [tableArn], condition };
}

/**
 * The ledger: the table in which minutes and ticks are claimed. Rows end by TTL, a day after what they claim. The
 * row of the pauses by hand stays. It is encrypted with DynamoDB's own key, as every table is: it holds names, notes and instants
 * only, and that key costs nothing.
 */
export class TickLedger extends Construct {
  readonly name: string;
  /** What a function needs to claim. */
  readonly claim: Allow;
  /** What a function needs to claim, and to look a row up. */
  readonly plan: Allow;
  /** See {@link readPauses}. */
  readonly pauses: Allow;

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
    this.pauses = readPauses(table.arn);
    this.plan = { actions: ["dynamodb:GetItem", "dynamodb:PutItem"], resources };
  }
}
