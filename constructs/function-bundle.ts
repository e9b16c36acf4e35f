import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { buildSync, type Metafile } from "esbuild";
import { thirdPartyNotices } from "./third-party-notices";

const PROJECT_DIR = resolve(__dirname, "..");
const BUNDLES_DIR = join(PROJECT_DIR, ".metronome", "bundles");

/** What esbuild makes of each source: it is the same for every stack of one synthesis. */
const bundles = new Map<string, Readonly<Record<string, string>>>();

/**
 * Bundles a Lambda source, `functions/<name>/index.ts`, with all it imports into one file, as esbuild does it.
 *
 * The result depends on the sources and `extra` alone: the same in every checkout, at any path.
 *
 * @param extra further files: their texts by name.
 * @returns the directory that holds `index.js`, the licences of the packages in it (`THIRD-PARTY-NOTICES.txt`), the further
 *   files, and nothing else.
 * @throws esbuild's BuildFailure if the sources do not compile; Error if a package in the bundle has no licence text.
 */
export function bundleFunction(name: string, extra: Readonly<Record<string, string>> = {}): string {
  const files = { ...sourceFiles(name), ...extra };
  const hash = createHash("sha256").update(JSON.stringify(files)).digest("hex");
  const directory = join(BUNDLES_DIR, `${name}-${hash.slice(0, 16)}`);
  if (!existsSync(directory)) writeDirectory(directory, files);
  return directory;
}

/** The files that the sources give. */
function sourceFiles(name: string): Readonly<Record<string, string>> {
  const known = bundles.get(name);
  if (known) return known;
  const { outputFiles, metafile } = buildSync({
    absWorkingDir: PROJECT_DIR,
    entryPoints: [`functions/${name}/index.ts`],
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    mainFields: ["module", "main"],
    minify: true,
    keepNames: true,
    // The licences are in a file of their own, also of packages whose code names none.
    legalComments: "none",
    logLevel: "silent",
  });
  const files = {
    "index.js": outputFiles[0]?.text ?? "",
    "THIRD-PARTY-NOTICES.txt": thirdPartyNotices(contributors(metafile), PROJECT_DIR),
  };
  bundles.set(name, files);
  return files;
}

/** The paths of the sources of which a bundle has code. */
function contributors({ outputs }: Metafile): string[] {
  return Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
}

/** Writes a directory in one step: another process may write or read the same one. */
function writeDirectory(directory: string, files: Readonly<Record<string, string>>): void {
  const unfinished = join(BUNDLES_DIR, `.${basename(directory)}-${process.pid}`);
  mkdirSync(unfinished, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(unfinished, name), text);
  try {
    renameSync(unfinished, directory);
  } catch (error) {
    rmSync(unfinished, { recursive: true });
    // Another process was first, with the same files.
    if (!existsSync(directory)) throw error;
  }
}
