import { z } from "zod";
import { iso } from "../../schedule/tick";
import { visibleLine } from "../lib/visible";

/** A lock that is held: the object `<key>.tflock`, as Terraform and `state restore` write it. */
export interface HeldLock {
  /** Terraform's id of the lock, a UUID; or the object's ETag, if its text is damaged or its id is no UUID. Safe to paste. */
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

/** An id as Terraform gives it. Whoever may write the lock could make any other text stand in a command to paste. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The fields of a lock's text that are read. */
const LOCK_TEXT = z.object({
  ID: z.string().regex(UUID),
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
    // A shell would remove the quotation marks of an ETag. It is hexadecimal, with the number of parts behind a hyphen.
    const id = etag.replace(/[^0-9a-f-]/gi, "");
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

/** Such as `root@host since 2026-11-22T18:25:10.000Z, OperationTypeApply, ID …`, as a sentence's end. */
export function heldBy({ id, who, operation, since }: HeldLock): string {
  return `${visibleLine(who)} since ${iso(since)}, ${visibleLine(operation)}, ID ${id}`;
}

function lockText(text: string): z.infer<typeof LOCK_TEXT> | undefined {
  try {
    return LOCK_TEXT.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
