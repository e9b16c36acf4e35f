import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PROJECT_DIR } from "../../../host/work-dir";

const LOCKED = {
  "": { name: "x" },
  "node_modules/a": { version: "1.0.0", integrity: "sha512-a" },
  "node_modules/only-elsewhere": { version: "1.0.0", integrity: "sha512-b", optional: true },
};
const INSTALLED = { "node_modules/a": LOCKED["node_modules/a"] };

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "bootstrap-"));
  for (const file of ["cli/metronome.mjs", "cli/run.mjs", "cli/lib/bootstrap.mjs", "host/child-environment.js"]) {
    cpSync(join(PROJECT_DIR, file), join(directory, file));
  }
  write("package-lock.json", JSON.stringify({ packages: LOCKED }));
  // Stands in for npm: notes that it was called, and leaves npm's record of what it installed.
  write(
    "bin/npm",
    `#!/bin/sh\necho "$@" > npm-called\nenv > npm-environment\nmkdir -p node_modules\ncat > node_modules/.package-lock.json <<'END'\n${JSON.stringify({ packages: INSTALLED })}\nEND\n`,
  );
  chmodSync(join(directory, "bin/npm"), 0o755);
  write("cli/metronome.ts", `console.log("ran", process.argv.slice(2).join(" "), process.cwd());`);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(directory, file)), { recursive: true });
  writeFileSync(join(directory, file), text);
}

function record(packages: object): void {
  write("node_modules/.package-lock.json", JSON.stringify({ packages }));
  write("node_modules/tsx/cjs/api/index.js", "exports.register = () => undefined;");
}

function run(...args: string[]) {
  return runWith({}, ...args);
}

function runWith(variables: Record<string, string>, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: tmpdir(),
    encoding: "utf8",
    env: { PATH: `${join(directory, "bin")}:${process.env.PATH}`, HOME: directory, ...variables },
  });
  const npmCalled = existsSync(join(directory, "npm-called"));
  return { status, stdout, stderr: stderr.replace(/^Node\.js 20 .*\n/, ""), npmCalled };
}

const metronome = (...args: string[]) => run(join(directory, "cli/metronome.mjs"), ...args);

test("after npm ci everything runs, in the project's directory, and nothing is installed", () => {
  record(INSTALLED);
  const ran = { status: 0, stderr: "", npmCalled: false };
  expect(metronome("stop", "a")).toEqual({ ...ran, stdout: `ran stop a ${directory}\n` });
  expect(metronome("start")).toEqual({ ...ran, stdout: `ran start ${directory}\n` });
  expect(run(join(directory, "cli/run.mjs"), "cli/metronome.ts", "b")).toEqual({
    ...ran,
    stdout: `ran b ${directory}\n`,
  });
});

test("packages for development may be missing, but for the commands that run cdktf itself", () => {
  const dev = { "node_modules/dev": { version: "1.0.0", integrity: "sha512-c", dev: true } };
  write("package-lock.json", JSON.stringify({ packages: { ...LOCKED, ...dev } }));
  record(INSTALLED);
  expect(metronome("plan")).toMatchObject({ status: 0, npmCalled: false });
  expect(metronome("bench")).toMatchObject({ status: 1, stderr: expect.stringContaining("Run: npm ci") });
  record({ ...INSTALLED, "node_modules/dev": { version: "1.0.1", integrity: "sha512-d", dev: true } });
  expect(metronome("plan")).toMatchObject({ status: 1, stderr: expect.stringContaining("Run: npm ci") });
  record(INSTALLED);
  expect(metronome("start")).toMatchObject({ npmCalled: true });
});

test.each([
  ["missing", undefined],
  ["of another version", { "node_modules/a": { version: "1.0.1", integrity: "sha512-a" } }],
  ["of another content", { "node_modules/a": { version: "1.0.0", integrity: "sha512-z" } }],
  ["incomplete", {}],
])("packages that are %s: one line says npm ci, and nothing is installed", (_, packages) => {
  if (packages) record(packages);
  expect(metronome("stop")).toEqual({
    status: 1,
    stdout: "",
    stderr: "The npm packages are missing, or are not those of package-lock.json. Run: npm ci\n",
    npmCalled: false,
  });
});

test.each([
  ["cli/metronome.mjs", "start"],
  ["cli/run.mjs", "cli/metronome.ts"],
])("%s %s installs them", (program, arg) => {
  record({});
  const ran = run(join(directory, program), arg);
  expect(ran).toMatchObject({ status: 0, npmCalled: true, stderr: "Installing the npm packages (once) …\n" });
  expect(ran.stdout).toMatch(/^ran/);
});

test("the caller's settings leave no package out, and say where packages come from", () => {
  record({});
  write(".npmrc", `//registry.example/:_authToken=\${CORPORATE_TOKEN}`);
  const wanted = {
    npm_config_registry: "https://registry.example",
    CORPORATE_TOKEN: "t",
    NPM_CONFIG_STRICT_SSL: "false",
  };
  const unwanted = {
    NODE_ENV: "production",
    npm_config_omit: "dev",
    npm_config_dry_run: "true",
    NODE_OPTIONS: "--no-deprecation",
  };
  const { status, stderr } = runWith({ ...wanted, ...unwanted }, join(directory, "cli/metronome.mjs"), "start");
  expect({ status, stderr }).toEqual({ status: 0, stderr: "Installing the npm packages (once) …\n" });
  const environment = readFileSync(join(directory, "npm-environment"), "utf8");
  for (const [name, value] of Object.entries(wanted)) expect(environment).toContain(`${name}=${value}\n`);
  for (const name of Object.keys(unwanted)) expect(environment).not.toContain(`${name}=`);
  expect(readFileSync(join(directory, "npm-called"), "utf8")).toMatch(/^ci --include=dev --include=optional /);
});

test("an npm ci that leaves packages out is no installation", () => {
  write("bin/npm", "#!/bin/sh\nexit 0\n");
  chmodSync(join(directory, "bin/npm"), 0o755);
  const { status, stderr } = metronome("start");
  expect(status).toBe(3);
  expect(stderr).toContain("npm ci ended without an error and without all packages.");
});

test("half a record of an npm that was killed is no installation", () => {
  write("node_modules/.package-lock.json", '{"packages": {');
  expect(metronome("stop")).toMatchObject({ status: 1, stderr: expect.stringContaining("Run: npm ci") });
});

test("without npm the message says so", () => {
  const env = { PATH: join(directory, "nothing") };
  expect(runWith(env, join(directory, "cli/metronome.mjs"), "start").stderr).toContain(
    "npm cannot be started (ENOENT)",
  );
});

test("a failed npm ci ends start with 3", () => {
  write("bin/npm", "#!/bin/sh\nexit 1\n");
  expect(metronome("start")).toMatchObject({ status: 3, stderr: expect.stringMatching(/\nnpm ci failed: /) });
});

test("Node.js 20 prints one line about its end, others none", () => {
  record(INSTALLED);
  const { stderr } = spawnSync(process.execPath, [join(directory, "cli/metronome.mjs"), "stop"], { encoding: "utf8" });
  const line = "Node.js 20 reached its end of life in April 2026. Install Node.js 24 or 22.\n";
  expect(stderr).toBe(process.versions.node.startsWith("20.") ? line : "");
});
