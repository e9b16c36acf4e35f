import { hostname, userInfo } from "node:os";
import { join, resolve } from "node:path";
import { CommanderError } from "commander";
import { environments } from "../../config/environments";
import { OVERRIDES_VARIABLE } from "../../config/overrides";
import { emulatorEnvironment } from "../../emulator/aws-environment";
import { PROJECT_DIR, WORK_DIR } from "../../host/work-dir";
import { adopt, renderAdopted } from "../state/adopt";
import { locateState, type StateLocation } from "../state/location";
import { heldBy } from "../state/lock";
import { renderRestored, restore } from "../state/restore";
import { readStateRequest, type StateRequest } from "../state/state-options";
import { StateStore } from "../state/state-store";
import { renderVersions } from "../state/versions-table";

/** Exit codes of `npm run state`. */
const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** Versions that are listed without `--all`. */
const LISTED = 20;

/** `npm run state -- <env> versions | restore | lock | unlock | adopt`. */
async function main(): Promise<void> {
  const request = readStateRequest(process.argv.slice(2));
  const location = locateState(environments, process.env[OVERRIDES_VARIABLE], request.environment, request.stack);
  const store = new StateStore(location);
  try {
    console.log(await answer(request, location, store));
  } finally {
    store.close();
  }
}

async function answer(request: StateRequest, location: StateLocation, store: StateStore): Promise<string> {
  switch (request.verb) {
    case "versions": {
      const entries = await store.list();
      if (entries.length === 0) return `${location.stack} has no state, and no version of one.`;
      const listed = request.all ? entries : entries.slice(0, LISTED);
      const older = entries.length - listed.length;
      const table = renderVersions(await store.read(listed), listed);
      return older > 0 ? `${table}\nand ${older} older: --all lists them` : table;
    }
    case "restore": {
      const { version, lineage } = request;
      const path = `${location.bucket}/${location.key}`;
      const options = { version, lineage, who: `${userInfo().username}@${hostname()}`, path, now: Date.now };
      return renderRestored(await restore(store, options), request.environment);
    }
    case "lock": {
      const lock = await store.lock();
      return lock
        ? `The state of ${location.stack} is locked by ${heldBy(lock, Date.now())}.`
        : `The state of ${location.stack} is not locked.`;
    }
    case "unlock":
      return unlock(request.id, location, store);
    case "adopt": {
      const options = {
        stackDirectory: join(resolve(PROJECT_DIR, process.env.CDKTF_OUTPUT ?? "cdktf.out"), "stacks", location.stack),
        workDirectory: WORK_DIR,
        env: location.endpoint
          ? emulatorEnvironment(process.env, location.endpoint)
          : (process.env as Record<string, string>),
        say: (message: string) => console.error(message),
      };
      return renderAdopted(await adopt(location, await store.current(), options), location);
    }
  }
}

async function unlock(id: string, { stack }: StateLocation, store: StateStore): Promise<string> {
  const lock = await store.lock();
  if (!lock) throw new Error(`the state of ${stack} is not locked: there is nothing to release.`);
  const held = heldBy(lock, Date.now());
  if (lock.id !== id) {
    throw new Error(
      `the lock of ${stack} has another ID than ${id}: it is held by ${held}. Ask who holds it before you release it.`,
    );
  }
  if (!(await store.releaseLock(lock.etag))) {
    throw new Error(`the lock ${id} was released by another a moment ago: look again with "lock".`);
  }
  return `Released the lock of ${stack}, which was held by ${held}.`;
}

main().then(
  () => process.exit(EXIT.ok),
  (error: unknown) => {
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? EXIT.ok : EXIT.usage);
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(EXIT.failed);
  },
);
