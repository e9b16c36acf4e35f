import { randomUUID } from "node:crypto";
import { hostname, userInfo } from "node:os";
import { shellWord } from "../lib/shell-word";
import { visibleLine } from "../lib/visible";
import { heldBy, writeLock } from "./lock";
import { judgeState, withSerial } from "./state-file";
import type { StateStore } from "./state-store";
import { type GoodVersion, goodVersions, type StoredVersion } from "./versions";

/** What a restore writes. */
export interface Restoration {
  readonly from: GoodVersion;
  readonly text: string;
  readonly serial: number;
}

/** The word for the newest version that is a state. */
export const LATEST_GOOD = "latest-good";

/** A restore that is refused. The message says why and what to do. */
export class RestoreError extends Error {
  override readonly name = "RestoreError";
}

/**
 * Makes a version the state again, under the state's lock, by writing it as a new version.
 *
 * @param version a version's id, or `latest-good`.
 * @param lineage the lineage that the version is to have. @default that of the newest good version
 * @returns what was done, and what to do next.
 * @throws RestoreError if the state is locked, or the version cannot be restored, or is the state already.
 * @throws StoreError if the bucket refuses.
 */
export async function restore(store: StateStore, version: string, lineage?: string): Promise<string> {
  const { bucket, environment, key } = store.location;
  const lock = writeLock({
    id: randomUUID(),
    who: `${userInfo().username}@${hostname()}`,
    info: `restoring ${version}`,
    path: `${bucket}/${key}`,
    since: Date.now(),
  });
  const etag = await store.takeLock(lock);
  if (!etag) {
    const held = await store.lock();
    throw new RestoreError(
      held
        ? `the state is locked by ${heldBy(held)}. Wait for that command. If it has certainly ended, release its lock: npx metronome state unlock ${environment} ${held.id}`
        : "the state was locked until a moment ago. Try again.",
    );
  }
  try {
    const versions = await store.read(await store.list());
    const { from, serial, text } = planRestore(versions, version, lineage);
    const latest = versions.find(({ isLatest }) => isLatest);
    const written = await store.write(text, latest && "etag" in latest ? latest.etag : undefined);
    return [
      `Restored version ${from.id}: ${from.facts.resources} resources.`,
      `It is now version ${written}, its serial raised from ${from.facts.serial} to ${serial}; every other version is still there.`,
      `Next: npm run plan -- ${environment}. It shows what was changed since that version was written.`,
    ].join("\n");
  } finally {
    await store.releaseLock(etag);
  }
}

/**
 * What to write so that a version is the state again. Its serial is raised above every known one: Terraform then refuses
 * a plan that was saved before as stale, instead of applying it to a state that it was not made for. The lineage stays,
 * because the state is of the same resources.
 *
 * @param versions all of the state's object, newest first.
 * @param wanted a version's id, or `latest-good`.
 * @param lineage the lineage that the version is to have. @default that of the newest good version
 * @throws RestoreError if that version cannot be restored, or is the state already.
 */
export function planRestore(versions: readonly StoredVersion[], wanted: string, lineage?: string): Restoration {
  const good = goodVersions(versions);
  const newest = good[0];
  if (!newest) throw new RestoreError(nothingGood(versions));
  const from = good.find(({ id, facts }) =>
    wanted === LATEST_GOOD ? lineage === undefined || facts.lineage === lineage : id === wanted,
  );
  if (!from) throw new RestoreError(unfit(versions, wanted, lineage));
  if (versions.some(({ id, isLatest }) => isLatest && id === from.id)) {
    throw new RestoreError(
      `version ${from.id} is the state now (serial ${from.facts.serial}): there is nothing to restore. "state versions" lists the others.`,
    );
  }
  const expected = lineage ?? newest.facts.lineage;
  if (from.facts.lineage !== expected) {
    throw new RestoreError(
      `version ${from.id} is of lineage ${visibleLine(from.facts.lineage)}, and ${lineage ? "asked for was" : `the newest good version, ${newest.id}, is of`} ${visibleLine(expected)}: they are states of different resources. ` +
        `If that version is the right one, as after a deploy that began a new state, add --lineage ${shellWord(visibleLine(from.facts.lineage))}.`,
    );
  }
  const serial = Math.max(...good.map(({ facts }) => facts.serial)) + 1;
  return { from, serial, text: withSerial(from.text, serial) };
}

/** Why no version is the wanted one. */
function unfit(versions: readonly StoredVersion[], wanted: string, lineage: string | undefined): string {
  if (wanted === LATEST_GOOD) return `no version is of lineage ${lineage}. "state versions" lists them.`;
  const version = versions.find(({ id }) => id === wanted);
  if (!version) return `there is no version ${wanted} of this state. "state versions" lists them.`;
  if ("deleted" in version) {
    return `version ${wanted} marks that the state was deleted. Restore the one before it, or ${LATEST_GOOD}.`;
  }
  const judged = judgeState(version.text);
  return `version ${wanted} is damaged (${"damage" in judged ? judged.damage : ""}). Restore another, or ${LATEST_GOOD}.`;
}

function nothingGood(versions: readonly StoredVersion[]): string {
  return versions.length === 0
    ? "there is no state, and no version of one: nothing was deployed yet, or the versions have expired. The next deploy begins a new state."
    : `none of its ${versions.length} versions is a state. "state adopt" imports what exists into a new one.`;
}
