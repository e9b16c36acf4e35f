import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../../host/run-command";
import { inWorkDirectory, WORK_DIR } from "../../host/work-dir";
import type { Context } from "../lib/context";
import { backendOf, processEnvironment, type StateLocation } from "./location";
import { heldBy } from "./lock";
import type { StateStore } from "./state-store";

/**
 * Releases the lock of this ID with `terraform force-unlock`, which compares the ID with the lock's once more. Terraform
 * runs beside the stack's backend alone, so it needs no synthesized stack and no provider.
 *
 * @returns who held it, as a sentence's end.
 * @throws Error if the state is not locked, or its lock has another ID.
 * @throws CommandError if Terraform fails.
 */
export async function unlock(
  id: string,
  location: StateLocation,
  store: StateStore,
  { env, signal }: Pick<Context, "env" | "signal">,
): Promise<string> {
  const { stack } = location;
  const lock = await store.lock();
  if (!lock) throw new Error(`the state of ${stack} is not locked: there is nothing to release.`);
  const held = heldBy(lock, Date.now());
  if (lock.id !== id) {
    throw new Error(
      `the lock of ${stack} has another ID than ${id}: it is held by ${held}. Ask who holds it before you release it.`,
    );
  }
  // A damaged text has no ID for Terraform to compare. S3 deletes the object with this ETag, and no other.
  if (lock.id === lock.etag) await store.releaseLock(lock.etag);
  else await forceUnlock(id, location, { env, signal });
  return held;
}

async function forceUnlock(
  id: string,
  location: StateLocation,
  { env, signal }: Pick<Context, "env" | "signal">,
): Promise<void> {
  await inWorkDirectory("unlock", async (directory) => {
    writeFileSync(
      join(directory, "backend.tf.json"),
      JSON.stringify({ terraform: { backend: { s3: backendOf(location) } } }),
    );
    for (const args of [
      ["init", "-input=false", "-no-color"],
      ["force-unlock", "-force", "-no-color", id],
    ]) {
      await runCommand("terraform", args, {
        cwd: directory,
        env: processEnvironment(env, location),
        logFile: join(WORK_DIR, "logs", `${location.stack}-unlock.log`),
        signal,
      });
    }
  });
}
