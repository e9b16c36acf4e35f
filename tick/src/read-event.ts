import { readMessage, type TickMessage } from "./contract";

/** A message of an event, and of which record of a queue it is. */
export interface Received {
  /** The message; or why a record of a queue is none: it must not keep the others of its batch from being run. */
  readonly message: TickMessage | TypeError;
  /** Of a message from SQS: its id, and its group in a FIFO queue. */
  readonly record?: { readonly id: string; readonly group?: string };
}

/** The parts of the records that SNS and SQS deliver that are used here. */
interface Records {
  readonly Records?: readonly {
    readonly Sns?: { readonly Message?: string };
    readonly messageId?: string;
    readonly body?: string;
    readonly attributes?: { readonly MessageGroupId?: string };
  }[];
}

/**
 * The messages of an event: the event itself, the body of an SNS notification, or the bodies of a batch from SQS. A
 * notification that a queue got from a topic is read as well.
 *
 * @throws TypeError if the event, or a notification, carries no tick.
 */
export function readEvent(event: unknown): Received[] {
  const records = (event as Records | null)?.Records;
  if (!Array.isArray(records)) return [{ message: readMessage(event) }];
  return records.map(({ Sns, messageId, body, attributes }): Received => {
    if (Sns) return { message: readMessage(parse(Sns.Message)) };
    const parsed = parse(body) as { Type?: string; Message?: string } | undefined;
    const message = tried(() => readMessage(parsed?.Type === "Notification" ? parse(parsed.Message) : parsed));
    return { message, record: { id: String(messageId), group: attributes?.MessageGroupId } };
  });
}

function tried<T>(work: () => T): T | TypeError {
  try {
    return work();
  } catch (error) {
    return error as TypeError;
  }
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return text;
  }
}
