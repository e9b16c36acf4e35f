import { readFileSync } from "node:fs";
import { join } from "node:path";
import { WORK_DIR } from "../host/work-dir";

/** The directory of the keys of the emulators of this checkout: a file for each port, which this user alone can read. */
const DIRECTORY = join(WORK_DIR, "access-keys");

/** The key in place of one that is not known: no emulator takes it, and no real one is sent to an emulator. */
const UNKNOWN_KEY = "METRONOME-UNKNOWN";

/** Credentials as the AWS SDK takes them. The embedded AWS looks at the access key only. */
export interface EmulatorCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/**
 * The file of the access key of the embedded AWS at an endpoint. The launcher makes the key when it starts, and writes
 * the file.
 *
 * @param endpoint the URL, with its port.
 */
export function accessKeyFile(endpoint: string, directory = DIRECTORY): string {
  return join(directory, new URL(endpoint).port || "80");
}

/**
 * The credentials that the embedded AWS at an endpoint takes: the key of its run. If no emulator of this checkout has
 * written one for that port, they are credentials that none takes.
 */
export function emulatorCredentials(endpoint: string, directory = DIRECTORY): EmulatorCredentials {
  let accessKeyId = UNKNOWN_KEY;
  try {
    accessKeyId = readFileSync(accessKeyFile(endpoint, directory), "utf8").trim() || UNKNOWN_KEY;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return { accessKeyId, secretAccessKey: "test" };
}

/**
 * Asks an admin endpoint of the embedded AWS.
 *
 * @param name such as `faults`.
 * @param post a body to post as JSON. @default a GET
 * @param signal ends the request.
 * @returns the answer's body, parsed.
 * @throws Error with the status and the answer if it is refused, and what `fetch` throws.
 */
export async function askEmulator(
  endpoint: string,
  name: string,
  { post, signal }: { readonly post?: object; readonly signal?: AbortSignal } = {},
): Promise<unknown> {
  const response = await fetch(`${endpoint}/_metronome/${name}`, {
    headers: { Authorization: `Bearer ${emulatorCredentials(endpoint).accessKeyId}` },
    ...(post && { method: "POST", body: JSON.stringify(post) }),
    signal,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`the embedded AWS refused ${name}: ${response.status} ${text}`);
  return JSON.parse(text);
}
