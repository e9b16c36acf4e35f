// `node tick/build.mjs [DIR]`: builds the package into DIR (tick/dist by default) as a CommonJS and an ES module, with types.
import { execFileSync } from "node:child_process";
import { copyFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const tick = dirname(fileURLToPath(import.meta.url));
const dist = resolve(process.argv[2] ?? join(tick, "dist"));
for (const [format, extension] of [
  ["cjs", "cjs"],
  ["esm", "mjs"],
]) {
  buildSync({
    absWorkingDir: tick,
    entryPoints: ["src/index.ts", "src/dynamodb.ts"],
    bundle: true,
    external: ["@aws-sdk/*"],
    platform: "node",
    target: "node20",
    format,
    outdir: dist,
    outExtension: { ".js": `.${extension}` },
    logLevel: "error",
  });
}
const tsc = join(tick, "..", "node_modules", "typescript", "bin", "tsc");
execFileSync(process.execPath, [tsc, "-p", tick, "--outDir", dist], { stdio: "inherit" });
copyFileSync(join(tick, "..", "LICENSE"), join(dist, "..", "LICENSE"));
