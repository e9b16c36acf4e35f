import { locateState } from "../state/location";
import { StateStore, StoreError } from "../state/state-store";
import { goodVersions, type StoredVersion } from "../state/versions";
import type { Access } from "./access";

/** Versions that are looked at: enough to pass over what a mishap has left on top. */
const MOST_VERSIONS = 20;

/**
 * Looks whether a state that Terraform finds empty has been lost: deleted, or written over with nothing. Terraform does
 * not notice, and its plan would create every resource once more.
 *
 * @throws Error if an earlier version holds resources, with the command that restores it; also if the bucket's versions
 *   cannot be read, because without them the plan cannot be called safe.
 */
export async function refuseLostState({ name, env }: Access): Promise<void> {
  const store = new StateStore(locateState(env, name, "clock"));
  try {
    const problem = lostState(name, await store.read((await store.list()).slice(0, MOST_VERSIONS)));
    if (problem) throw new Error(problem);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new Error(
      `There is no state of "${name}", and an earlier one could not be looked for: ${error.message}\nPlan with the rights to s3:ListBucketVersions on the bucket and s3:GetObjectVersion on the state.`,
    );
  } finally {
    store.close();
  }
}

/**
 * The message for a state that had resources before it was empty; undefined if it had none, or if they were destroyed.
 *
 * @param versions of the state's object, newest first.
 */
export function lostState(environment: string, versions: readonly StoredVersion[]): string | undefined {
  const newest = goodVersions(versions)[0];
  if (!newest || newest.facts.resources === 0) return undefined;
  return [
    `The state of "${environment}" is empty, but its last version has ${newest.facts.resources} resources. A deploy would try to create them again and fail.`,
    `Restore it: npx metronome state restore ${environment} latest-good (docs/state.md).`,
  ].join("\n");
}
