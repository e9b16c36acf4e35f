import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { buildSync } from "esbuild";

const PROJECT_DIR = resolve(__dirname, "..");
const BUNDLES_DIR = join(PROJECT_DIR, ".metronome", "bundles");

const bundled = new Map<string, string>();

/**
 * Bundles a Lambda source, `functions/<name>/index.ts`, with all it imports into one file, as esbuild does it.
 *
 * The result depends on the sources alone: the same in every checkout, at any path.
 *
 * @returns the directory that holds `index.js` and nothing else.
 * @throws esbuild's BuildFailure if the sources do not compile.
 */
export function bundleFunction(name: string): string {
  const known = bundled.get(name);
  if (known) return known;
  const { outputFiles } = buildSync({
    absWorkingDir: PROJECT_DIR,
    entryPoints: [`functions/${name}/index.ts`],
    bundle: true,
    write: false,
    platform: "node",
    target: "node22",
    format: "cjs",
    mainFields: ["module", "main"],
    minify: true,
    keepNames: true,
    legalComments: "none",
    logLevel: "silent",
  });
  const code = outputFiles[0]?.text ?? "";
  const directory = join(BUNDLES_DIR, `${name}-${createHash("sha256").update(code).digest("hex").slice(0, 16)}`);
  const file = join(directory, "index.js");
  if (!existsSync(file)) {
    mkdirSync(directory, { recursive: true });
    // Outside of the directory, and moved there in one step: another process may write or read the same bundle.
    const unfinished = join(BUNDLES_DIR, `.${name}-${process.pid}.js`);
    writeFileSync(unfinished, code);
    renameSync(unfinished, file);
  }
  bundled.set(name, directory);
  return directory;
}
