// Runs one of the project's TypeScript commands, after it has installed the npm packages where they are missing or
// other than the lockfile says. Plain JavaScript without imports from npm: it is what runs first in a fresh clone.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const projectDir = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 9)) {
  console.error(`Node.js ${process.versions.node} is too old: install 20.9 or later.`);
  process.exit(3);
}

const lockfile = join(projectDir, "package-lock.json");
const stamp = join(projectDir, "node_modules", ".installed-from");
const wanted = createHash("sha256").update(readFileSync(lockfile)).digest("hex");
if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
  console.error("Installing the npm packages (once) …");
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: projectDir,
    stdio: ["ignore", 2, 2],
  });
  if (npm.status !== 0) {
    console.error("npm ci failed: see above. Check that the npm registry can be reached, and run the command again.");
    process.exit(3);
  }
  writeFileSync(stamp, wanted);
}

// The SDK's own notice for Node 20, which the project supports; it is not the reader's concern.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

const [entry, ...args] = process.argv.slice(2);
process.chdir(projectDir);
process.argv = [process.argv[0], resolve(projectDir, entry), ...args];
const require = createRequire(import.meta.url);
require("tsx/cjs/api").register();
require(process.argv[1]);
