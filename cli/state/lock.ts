import { iso } from "../../schedule/tick";

/** A lock that is held: the object `<key>.tflock`, as Terraform and `state restore` write it. */
export interface HeldLock {
  /** Terraform's id of the lock, or the object's ETag if its text is damaged. */
  readonly id: string;
  /** `user@host`. */
  readonly who: string;
  /** `OperationTypeApply`, `OperationTypePlan` and so on, or `restore`. */
  readonly operation: string;
  readonly info: string;
  /** When it was taken, epoch ms. */
  readonly since: number;
  /** The ETag of the object. */
  readonly etag: string;
}

/** The fields of a lock's text. */
interface LockText {
  readonly ID: string;
  readonly Operation: string;
  readonly Info: string;
  readonly Who: string;
  readonly Version: string;
  readonly Created: string;
  readonly Path: string;
}

/** A lock object as S3 has it. */
export interface LockObject {
  readonly text: string;
  readonly etag: string;
  /** Epoch ms. */
  readonly writtenAt: number;
}

/** Reads a lock object. With a damaged text it is a lock all the same: Terraform looks only at whether it exists. */
export function readLock({ text, etag, writtenAt }: LockObject): HeldLock {
  const fields = lockText(text);
  const created = Date.parse(fields.Created ?? "");
  return {
    id: fields.ID || etag,
    who: fields.Who || "unknown (the lock's text is damaged)",
    operation: fields.Operation || "unknown",
    info: fields.Info ?? "",
    since: Number.isNaN(created) ? writtenAt : created,
    etag,
  };
}

/** The text of a lock that `state restore` takes, with Terraform's fields, so that Terraform can show who holds it. */
export function writeLock(lock: { id: string; who: string; info: string; path: string; since: number }): string {
  const text: LockText = {
    ID: lock.id,
    Operation: "restore",
    Info: lock.info,
    Who: lock.who,
    Version: "lambda-metronome",
    Created: iso(lock.since),
    Path: lock.path,
  };
  return JSON.stringify(text);
}

/** `root@host since 2026-11-22T18:25:10.000Z (3 min), OperationTypeApply, ID …`, as a sentence's end. */
export function heldBy(lock: HeldLock, now: number): string {
  const about = lock.info ? `${lock.operation}: ${lock.info}` : lock.operation;
  return `${lock.who} since ${iso(lock.since)} (${age(now - lock.since)}), ${about}, ID ${lock.id}`;
}

/** A span in its largest whole unit. */
function age(ms: number): string {
  const minutes = Math.floor(Math.max(0, ms) / 60_000);
  if (minutes < 1) return `${Math.floor(Math.max(0, ms) / 1_000)} s`;
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2_880 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1_440)} days`;
}

function lockText(text: string): Partial<LockText> {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === "object" ? value : {};
  } catch {
    return {};
  }
}
