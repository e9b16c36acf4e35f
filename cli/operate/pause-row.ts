import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  ResourceNotFoundException,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { physicalName } from "../../constructs/naming";
import { type HandPause, type HandPauses, PAUSES_ID, readPauses } from "../../schedule/pause";
import { type AwsAccess, accessFailure } from "./aws-access";

/** How often a change is tried whose row another one has changed since it was read. */
const TRIES = 5;

/** The pauses by hand of one environment, in its ledger. */
export class PauseRow {
  private readonly client: DynamoDBClient;
  private readonly table: string;

  constructor(
    private readonly environment: string,
    private readonly access: AwsAccess,
  ) {
    this.client = new DynamoDBClient({ ...access, maxAttempts: 3 });
    this.table = physicalName(environment, "ledger");
  }

  /** All pauses in the row, also those that are over. @throws Error with a remedy. */
  async read(): Promise<HandPauses> {
    return readPauses(await this.fields());
  }

  /**
   * Sets one pause, and removes those that are over.
   *
   * @param now ms since the epoch.
   * @returns what it replaces, if that is not over.
   * @throws Error with a remedy.
   */
  async begin(field: string, pause: HandPause, now: number): Promise<HandPause | undefined> {
    const before = await this.change(now, () => ({ [field]: pause }));
    return before[field];
  }

  /**
   * Ends pauses, and removes those that are over.
   *
   * @param isMeant by the field.
   * @param now ms since the epoch.
   * @returns those that it ended.
   * @throws Error with a remedy.
   */
  async end(isMeant: (field: string) => boolean, now: number): Promise<HandPauses> {
    const ended = (held: HandPauses) => Object.keys(held).filter(isMeant);
    const before = await this.change(now, (held) => Object.fromEntries(ended(held).map((field) => [field, undefined])));
    return Object.fromEntries(ended(before).map((field) => [field, before[field] as HandPause]));
  }

  /** @returns the pauses before, without those that were over. */
  private async change(
    now: number,
    changes: (held: HandPauses) => Readonly<Record<string, HandPause | undefined>>,
  ): Promise<HandPauses> {
    for (let tries = 1; ; tries++) {
      const fields = await this.fields();
      const pauses = Object.entries(readPauses(fields));
      const held = Object.fromEntries(pauses.filter(([, { until }]) => Date.parse(until) > now));
      const over = pauses.filter(([field]) => !(field in held)).map(([field]) => [field, undefined] as const);
      const wanted = { ...Object.fromEntries(over), ...changes(held) };
      try {
        if (Object.keys(wanted).length > 0) await this.write(fields, wanted);
        return held;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException) || tries === TRIES) throw this.failure(error);
      }
    }
  }

  /** Writes fields, on the condition that none of them has changed. */
  private async write(
    before: Readonly<Record<string, string | undefined>>,
    wanted: Readonly<Record<string, HandPause | undefined>>,
  ): Promise<void> {
    const fields = Object.entries(wanted);
    const set = fields.flatMap(([, pause], k) => (pause ? [`#f${k} = :new${k}`] : []));
    const remove = fields.flatMap(([, pause], k) => (pause ? [] : [`#f${k}`]));
    const values = fields.flatMap(([field, pause], k) => [
      ...(pause ? [[`:new${k}`, { S: JSON.stringify(pause) }] as const] : []),
      ...(before[field] === undefined ? [] : [[`:old${k}`, { S: before[field] }] as const]),
    ]);
    await this.client.send(
      new UpdateItemCommand({
        TableName: this.table,
        Key: { id: { S: PAUSES_ID } },
        UpdateExpression: [
          ...(set.length > 0 ? [`SET ${set.join(", ")}`] : []),
          ...(remove.length > 0 ? [`REMOVE ${remove.join(", ")}`] : []),
        ].join(" "),
        ConditionExpression: fields
          .map(([field], k) => (before[field] === undefined ? `attribute_not_exists(#f${k})` : `#f${k} = :old${k}`))
          .join(" AND "),
        ExpressionAttributeNames: Object.fromEntries(fields.map(([field], k) => [`#f${k}`, field])),
        ...(values.length > 0 && { ExpressionAttributeValues: Object.fromEntries(values) }),
      }),
    );
  }

  private async fields(): Promise<Record<string, string | undefined>> {
    const get = new GetItemCommand({ TableName: this.table, Key: { id: { S: PAUSES_ID } }, ConsistentRead: true });
    const { Item = {} } = await this.client.send(get).catch((error: unknown) => {
      throw this.failure(error);
    });
    return Object.fromEntries(Object.entries(Item).map(([field, { S }]) => [field, S]));
  }

  private failure(error: unknown): Error {
    if (error instanceof ResourceNotFoundException) {
      return new Error(
        `${this.environment}: there is no table ${this.table} in ${this.access.region}. Deploy the environment first.`,
        { cause: error },
      );
    }
    const needs = `dynamodb:GetItem and dynamodb:UpdateItem on the table ${this.table}`;
    return accessFailure(this.environment, this.access, error, needs);
  }
}
