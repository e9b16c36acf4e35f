import { z } from "zod";
import { iso } from "../../schedule/tick";

/** A lock that is held: the object `<key>.tflock`, as Terraform and `state restore` write it. */
export interface HeldLock {
  /** Terraform's id of the lock, or the object's ETag without quotation marks if its text is damaged. */
  readonly id: string;
  /** `user@host`. */
  readonly who: string;
  /** `OperationTypeApply`, `OperationTypePlan` and so on, or `restore: restoring <version>`. */
  readonly operation: string;
  /** When it was taken, epoch ms. */
  readonly since: number;
  /** The ETag of the object. */
  readonly etag: string;
}

/** The fields of a lock's text that are read. */
const LOCK_TEXT = z.object({
  ID: z.string().min(1),
  Operation: z.string(),
  Info: z.string().optional(),
  Who: z.string(),
  Created: z.string(),
});

/**
 * Reads a lock object. With a damaged text it is a lock all the same: Terraform looks only at whether it exists.
 *
 * @param writtenAt when the object was written, epoch ms.
 */
export function readLock(text: string, etag: string, writtenAt: number): HeldLock {
  const fields = lockText(text);
  if (!fields) {
    // A shell would remove the quotation marks of an ETag.
    const id = etag.replaceAll('"', "");
    return { id, who: "unknown (the lock's text is damaged)", operation: "unknown", since: writtenAt, etag };
  }
  const { ID: id, Operation, Info, Who: who, Created } = fields;
  const operation = Info ? `${Operation}: ${Info}` : Operation;
  return { id, who, operation, since: Date.parse(Created) || writtenAt, etag };
}

/** The text of a lock that `state restore` takes, with Terraform's fields, so that Terraform can show who holds it. */
export function writeLock(lock: { id: string; who: string; info: string; path: string; since: number }): string {
  return JSON.stringify({
    ID: lock.id,
    Operation: "restore",
    Info: lock.info,
    Who: lock.who,
    Version: "lambda-metronome",
    Created: iso(lock.since),
    Path: lock.path,
  });
}

/** `root@host since 2026-11-22T18:25:10.000Z, OperationTypeApply, ID …`, as a sentence's end. */
export function heldBy({ id, who, operation, since }: HeldLock): string {
  return `${who} since ${iso(since)}, ${operation}, ID ${id}`;
}

function lockText(text: string): z.infer<typeof LOCK_TEXT> | undefined {
  try {
    return LOCK_TEXT.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
