import { locateState } from "../state/location";
import { StateStore, StoreError } from "../state/state-store";
import { goodVersions, type StoredVersion } from "../state/versions";
import type { Access } from "./access";

/** Versions that are looked at: enough to pass over what a mishap has left on top. */
const MOST_VERSIONS = 20;

/**
 * Looks whether a state that Terraform finds empty has been lost: deleted, or written over with nothing. Terraform says
 * nothing of it, and its plan would create once more all that is there.
 *
 * @throws Error which says how to restore it, where an earlier version holds resources; also where the bucket's versions
 *   cannot be read, because a plan that looks safe must not rest on not having looked.
 */
export async function refuseLostState({ name, env }: Access): Promise<void> {
  const store = new StateStore(locateState(env, name, "clock"));
  try {
    const problem = lostState(name, await store.read((await store.list()).slice(0, MOST_VERSIONS)));
    if (problem) throw new Error(problem);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new Error(
      `There is no state of "${name}", and it could not be seen whether there was one before: ${error.message}\nPlan with the rights to s3:ListBucketVersions on the bucket and s3:GetObjectVersion on the state.`,
    );
  } finally {
    store.close();
  }
}

/**
 * What to say where an empty state was not always so; undefined where it was, or where its resources were destroyed.
 *
 * @param versions of the state's object, newest first.
 */
export function lostState(environment: string, versions: readonly StoredVersion[]): string | undefined {
  const newest = goodVersions(versions)[0];
  if (!newest || newest.facts.resources === 0) return undefined;
  return [
    `The state of "${environment}" is gone, and ${newest.facts.resources} resources that it knew are not: a deploy would create them once more, and fail.`,
    `Restore it: npx metronome state restore ${environment} latest-good (docs/state.md).`,
  ].join("\n");
}
