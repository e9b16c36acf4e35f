import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inWorkDirectory, WORK_DIR } from "../../host/work-dir";
import type { Context } from "../lib/context";
import { runTerraform } from "../terraform/binary";
import { backendOf, processEnvironment } from "./location";
import { heldBy } from "./lock";
import type { StateStore } from "./state-store";

/**
 * Releases the lock of this ID with `terraform force-unlock`, which compares the ID with the lock's once more. Terraform
 * runs beside the stack's backend alone, so it needs no synthesized stack and no provider.
 *
 * @returns who held it, as a sentence.
 * @throws Error if the state is not locked, or its lock has another ID.
 * @throws CommandError if Terraform fails.
 */
export async function unlock(store: StateStore, id: string, { env, signal }: Context): Promise<string> {
  const { location } = store;
  const { stack } = location;
  const lock = await store.lock();
  if (!lock) throw new Error(`the state of ${stack} is not locked: there is nothing to release.`);
  const held = heldBy(lock);
  if (lock.id !== id) {
    throw new Error(
      `the lock of ${stack} has another ID than ${id}: it is held by ${held}. Ask who holds it before you release it.`,
    );
  }
  // A damaged text has no ID for Terraform to compare. S3 deletes the object with this ETag, and no other.
  if (lock.etag === `"${lock.id}"`) {
    await store.releaseLock(lock.etag);
  } else {
    await inWorkDirectory("unlock", async (cwd) => {
      const backend = { terraform: { backend: { s3: backendOf(location) } } };
      writeFileSync(join(cwd, "backend.tf.json"), JSON.stringify(backend));
      const logFile = join(WORK_DIR, "logs", `${stack}-unlock.log`);
      const options = { cwd, env: processEnvironment(env, location), logFile, signal };
      await runTerraform(["init", "-input=false", "-no-color"], options);
      await runTerraform(["force-unlock", "-force", "-no-color", id], options);
    });
  }
  return `Released the lock of ${stack}, which was held by ${held}.`;
}
