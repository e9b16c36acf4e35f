import { judgeState, type StateFacts, withSerial } from "./state-file";

/** One version of the state's object in its bucket: a text, or a delete marker. */
export type StoredVersion = {
  readonly id: string;
  /** When it was written, epoch ms. */
  readonly writtenAt: number;
  /** Whether it is what Terraform reads now. */
  readonly isLatest: boolean;
} & ({ readonly text: string } | { readonly deleted: true });

/** A version that Terraform could go on from. */
export interface GoodVersion {
  readonly id: string;
  readonly text: string;
  readonly facts: StateFacts;
}

/** What a restore writes. */
export interface Restoration {
  readonly from: GoodVersion;
  readonly text: string;
  readonly serial: number;
}

/** The word for the newest version that is a state. */
export const LATEST_GOOD = "latest-good";

/** The versions that are states, in the given order. */
export function goodVersions(versions: readonly StoredVersion[]): GoodVersion[] {
  return versions.flatMap((version) => {
    if ("deleted" in version) return [];
    const judged = judgeState(version.text);
    return "facts" in judged ? [{ id: version.id, text: version.text, facts: judged.facts }] : [];
  });
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
  const from = wanted === LATEST_GOOD ? newestOf(good, lineage) : chosen(versions, good, wanted);
  if (versions.some(({ id, isLatest }) => isLatest && id === from.id)) {
    throw new RestoreError(
      `version ${from.id} is the state now (serial ${from.facts.serial}): there is nothing to restore. "state versions" lists the others.`,
    );
  }
  const expected = lineage ?? newest.facts.lineage;
  if (from.facts.lineage !== expected) {
    throw new RestoreError(
      `version ${from.id} is of lineage ${from.facts.lineage}, and ${lineage ? "asked for was" : `the newest good version, ${newest.id}, is of`} ${expected}: they are states of different resources. ` +
        `If that version is the right one, as after a deploy that began a new state, add --lineage ${from.facts.lineage}.`,
    );
  }
  const serial = Math.max(...good.map(({ facts }) => facts.serial)) + 1;
  return { from, serial, text: withSerial(from.text, serial) };
}

/** A restore that is refused. The message says why and what to do. */
export class RestoreError extends Error {
  override readonly name = "RestoreError";
}

function newestOf(good: readonly GoodVersion[], lineage: string | undefined): GoodVersion {
  const found = good.find(({ facts }) => lineage === undefined || facts.lineage === lineage);
  if (found) return found;
  throw new RestoreError(`no version is of lineage ${lineage}. "state versions" lists them.`);
}

function chosen(versions: readonly StoredVersion[], good: readonly GoodVersion[], id: string): GoodVersion {
  const found = good.find((version) => version.id === id);
  if (found) return found;
  const version = versions.find((one) => one.id === id);
  if (!version) throw new RestoreError(`there is no version ${id} of this state. "state versions" lists them.`);
  if ("deleted" in version) {
    throw new RestoreError(
      `version ${id} marks that the state was deleted. Restore the one before it, or ${LATEST_GOOD}.`,
    );
  }
  const judged = judgeState(version.text);
  throw new RestoreError(
    `version ${id} is damaged (${"damage" in judged ? judged.damage : ""}). Restore another, or ${LATEST_GOOD}.`,
  );
}

function nothingGood(versions: readonly StoredVersion[]): string {
  return versions.length === 0
    ? "there is no state, and no version of one: nothing was deployed yet, or the versions have expired. The next deploy begins a new state."
    : `none of its ${versions.length} versions is a state. "state adopt" imports what exists into a new one.`;
}
