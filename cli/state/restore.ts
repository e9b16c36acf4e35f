import { randomUUID } from "node:crypto";
import { heldBy, writeLock } from "./lock";
import { addressesOf } from "./state-file";
import type { StateStore } from "./state-store";
import { planRestore, type Restoration, RestoreError } from "./versions";

export interface RestoreOptions {
  /** A version's id, or `latest-good`. */
  readonly version: string;
  /** @default that of the newest good version */
  readonly lineage?: string;
  /** `user@host`. Terraform shows it to those who wait for the lock. */
  readonly who: string;
  /** The current instant, epoch ms. */
  readonly now: () => number;
}

/** What a restore has done. */
export interface Restored extends Restoration {
  /** Id of the version it has written. */
  readonly written: string;
}

/**
 * Makes a version the state again, under the state's lock, by writing it as a new version; and reads it back.
 *
 * @throws RestoreError if the state is locked, or the version cannot be restored, or is the state already.
 * @throws StoreError if the bucket refuses.
 */
export async function restore(store: StateStore, options: RestoreOptions): Promise<Restored> {
  const { version, lineage, who, now } = options;
  const { bucket, environment, key } = store.location;
  const path = `${bucket}/${key}`;
  const text = writeLock({ id: randomUUID(), who, info: `restoring ${version}`, path, since: now() });
  const etag = await store.takeLock(text);
  if (!etag) {
    const lock = await store.lock();
    throw new RestoreError(
      lock
        ? `the state is locked by ${heldBy(lock, now())}. Wait for that command. If it has certainly ended, release its lock: npx metronome state unlock ${environment} ${lock.id}`
        : "the state was locked until a moment ago. Try again.",
    );
  }
  try {
    const versions = await store.read(await store.list());
    const restoration = planRestore(versions, version, lineage);
    const written = await store.write(
      restoration.text,
      versions.find(({ isLatest }) => isLatest),
    );
    if ((await store.current()) !== restoration.text) {
      throw new RestoreError(
        `what was written as version ${written} reads otherwise. Look at "state versions", and try again.`,
      );
    }
    return { ...restoration, written };
  } finally {
    await store.releaseLock(etag);
  }
}

/** The result of a restore, and what to do next. */
export function renderRestored({ from, serial, written, text }: Restored, environment: string): string {
  return [
    `Restored version ${from.id}: ${addressesOf(text).length} resources.`,
    `It is now version ${written}, its serial raised from ${from.facts.serial} to ${serial}; every other version is still there.`,
    `Next: npm run plan -- ${environment}. It shows what was changed since that version was written.`,
  ].join("\n");
}
