import { readFileSync } from "node:fs";
import { isAbsolute, join, normalize } from "node:path";
import { z } from "zod";

/** The files of a bundle that have a name of their own; besides them it holds zips and `assets/`. */
export const BUNDLE_FILES = {
  manifest: "manifest.json",
  plan: "plan.tfplan",
  configuration: "cdk.tf.json",
  providers: ".terraform.lock.hcl",
  comment: "plan.md",
  fullPlan: "plan.txt",
  summary: "summary.json",
} as const;

/** Version of the manifest's format. */
const FORMAT = 1;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const shaByName = z.record(z.string(), sha256);

/** A path that stays below the directory it is joined to. */
const partPath = z
  .string()
  .refine((path) => !isAbsolute(path) && normalize(path) === path && !/^\.\.(\/|$)/.test(path) && !path.includes("\\"));

const manifestSchema = z.strictObject({
  format: z.literal(FORMAT),
  environment: z.string(),
  stack: z.string(),
  /** Instant of the plan, UTC. */
  createdAt: z.iso.datetime(),
  /** Whether applying it changes anything. */
  changes: z.boolean(),
  /** `null` outside a git checkout; `dirty` where files differed from the commit. */
  commit: z.strictObject({ sha: z.string(), dirty: z.boolean() }).nullable(),
  tools: z.strictObject({
    terraform: z.string(),
    /** Such as `linux_amd64`. */
    platform: z.string(),
    node: z.string(),
    cdktf: z.string(),
    /** Version by source address. */
    providers: z.record(z.string(), z.string()),
  }),
  backend: z.strictObject({ bucket: z.string(), key: z.string(), region: z.string() }),
  /** The state that it was planned against; `null` where there was none yet. */
  state: z.strictObject({ serial: z.int(), lineage: z.string() }).nullable(),
  /**
   * Fingerprint of the environment's configuration, and of each of its fields; `null` where what was planned had been
   * synthesized elsewhere (`--synthesized`), from a configuration that only its code tells of.
   */
  config: z.strictObject({ sha256, fields: shaByName }).nullable(),
  /** Fingerprint of what the code came to, and of each of its blocks and assets. */
  code: z.strictObject({ sha256, parts: shaByName }),
  /** SHA-256 in hex of each file that is applied or needed for it, by its path in the bundle. */
  parts: z
    .record(partPath, sha256)
    .refine((parts) => [BUNDLE_FILES.plan, BUNDLE_FILES.configuration].every((name) => name in parts)),
});

/** What a bundle is: the plan of one environment, and all that must not change until it is applied. */
export type Manifest = z.infer<typeof manifestSchema>;

/** A state's place in its history; `null` where there is no state yet. */
export type StateVersion = Manifest["state"];

/** The format that this version writes. */
export const MANIFEST_FORMAT: Manifest["format"] = FORMAT;

/**
 * Reads the manifest of a bundle.
 *
 * @returns the manifest, and the bytes it was read from, whose SHA-256 names the bundle.
 * @throws Error where the directory holds no bundle that this version wrote.
 */
export function readManifest(directory: string): { readonly manifest: Manifest; readonly bytes: Buffer } {
  let bytes: Buffer;
  try {
    bytes = readFileSync(join(directory, BUNDLE_FILES.manifest));
  } catch {
    throw new Error(`${directory} is no bundle: it has no ${BUNDLE_FILES.manifest}. Write one with: npm run plan`);
  }
  return { manifest: parseManifest(bytes.toString("utf8"), directory), bytes };
}

/** @throws Error where the text is no manifest of this version. @param where the directory, for the message. */
export function parseManifest(text: string, where: string): Manifest {
  const read = manifestSchema.safeParse(parseJson(text));
  if (read.success) return read.data;
  throw new Error(
    `${where} is no bundle that this version can read: its ${BUNDLE_FILES.manifest} is wrong:\n${z.prettifyError(read.error)}\nPlan again.`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
