// Starts the project's TypeScript programs. Plain JavaScript without imports from npm: in a fresh clone it runs before
// the packages are installed.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { childEnvironment } from "../../host/child-environment.js";

const PROJECT_DIR = resolve(dirname(fileURLToPath(import.meta.url)), "..", "..");

/**
 * Runs a TypeScript file in this process, in the project's directory.
 *
 * @param entry the file, relative to the project's directory.
 * @param args its command line.
 * @param installs whether `npm ci` runs if packages are missing. If not, one line says so and the process ends.
 * @param development whether the packages for development are needed too. A workflow's job that can get a token goes without.
 */
export function run(entry, args, { installs, development }) {
  checkNode(installs ? 3 : 1);
  if (!isInstalled(development)) {
    if (installs) install();
    else end("The npm packages are missing, or are not those of package-lock.json. Run: npm ci", 1);
  }
  // checkNode prints the project's own line about Node.js 20.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  process.chdir(PROJECT_DIR);
  process.argv = [process.argv[0], resolve(PROJECT_DIR, entry), ...args];
  const require = createRequire(import.meta.url);
  require("tsx/cjs/api").register();
  require(process.argv[1]);
}

function checkNode(exitCode) {
  const { node } = process.versions;
  const [major, minor] = node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 9))
    end(`Node.js ${node} is too old. Install 24 (22 works too).`, exitCode);
  if (major === 20) console.error("Node.js 20 reached its end of life in April 2026. Install Node.js 24 or 22.");
}

/** Compares package-lock.json with npm's record of what it has installed. Packages of other platforms may be missing. */
function isInstalled(development) {
  const record = join(PROJECT_DIR, "node_modules", ".package-lock.json");
  if (!existsSync(record)) return false;
  const installed = attempt(() => packagesIn(record));
  // An npm that was killed may have left half a record.
  if (!installed) return false;
  return Object.entries(packagesIn(join(PROJECT_DIR, "package-lock.json"))).every(([path, wanted]) => {
    if (path === "") return true;
    const found = installed[path];
    return found
      ? found.version === wanted.version && found.integrity === wanted.integrity
      : wanted.optional === true || wanted.devOptional === true || (wanted.dev === true && !development);
  });
}

function packagesIn(lockfile) {
  return JSON.parse(readFileSync(lockfile, "utf8")).packages;
}

function attempt(action) {
  try {
    return action();
  } catch {
    return undefined;
  }
}

function install() {
  console.error("Installing the npm packages (once) …");
  // An .npmrc may leave out the development packages, or the optional ones, which hold the programs for this platform.
  const all = ["--include=dev", "--include=optional", "--include=peer"];
  const npm = spawnSync("npm", ["ci", ...all, "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: PROJECT_DIR,
    env: childEnvironment("npm", process.env),
    stdio: ["ignore", 2, 2],
  });
  if (npm.error) {
    end(`npm cannot be started (${npm.error.code}). Install npm, which comes with Node.js, and put it on the PATH.`, 3);
  }
  if (npm.status !== 0) {
    end("npm ci failed: see above. Check that the npm registry can be reached, and run the command again.", 3);
  }
  if (!isInstalled(true)) {
    end("npm ci ended without an error and without all packages. See npm config ls, and run npm ci by hand.", 3);
  }
}

function end(message, exitCode) {
  console.error(message);
  process.exit(exitCode);
}
