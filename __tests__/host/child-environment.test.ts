import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { currentCommit } from "../../cli/terraform/commit";
import { synthesize } from "../../cli/terraform/synthesize";
import { childEnvironment, type Program } from "../../host/child-environment";
import { PROJECT_DIR } from "../../host/work-dir";

const PROGRAMS: readonly Program[] = ["npm", "app", "terraform", "cdktf", "python", "emulator", "go", "git", "ps"];

/** Each changes what a program does, or which state, packages or repository it works on. */
const HOSTILE = Object.fromEntries(
  [
    ...["TF_WORKSPACE", "TF_DATA_DIR", "TF_CLI_ARGS", "TF_CLI_ARGS_plan", "TF_VAR_region", "TF_ENCRYPTION", "TF_INPUT"],
    ...["TF_REATTACH_PROVIDERS", "TF_STATE_PERSIST_INTERVAL", "CDKTF_OUTDIR", "CDKTF_OUTPUT", "CDKTF_TARGET_STACK_ID"],
    ...["CDKTF_CONTEXT_JSON", "SYNTH_HCL_OUTPUT", "NODE_ENV", "NODE_OPTIONS", "NODE_PATH", "TSX_TSCONFIG_PATH"],
    ...["npm_config_omit", "NPM_CONFIG_OMIT", "npm_config_production", "npm_config_global", "npm_config_dry-run"],
    ...["npm_config_prefix", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV", "PIP_CONSTRAINT"],
    ...["PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "VIRTUAL_ENV", "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"],
    ...["GIT_CONFIG_COUNT", "GOFLAGS", "GOWORK", "GOOS", "GOARCH", "GOEXPERIMENT", "LD_PRELOAD", "BASH_ENV"],
    ...["LOCALSTACK_HOST", "GATEWAY_PORT", "CI_TOKEN", "GITHUB_TOKEN"],
  ].map((name) => [name, "x"]),
);

jest.setTimeout(30_000);

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "child-environment-"));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

test.each(PROGRAMS)("%s gets nothing that would change what it does", (program) => {
  const usual = { PATH: "/bin", HOME: scratch, https_proxy: "p", NO_PROXY: "n", SSL_CERT_FILE: "c", LC_ALL: "C.UTF-8" };
  expect(childEnvironment(program, { ...usual, ...HOSTILE, UNSET: undefined })).toEqual(usual);
});

test("each gets the settings of where it gets what, and credentials reach Terraform alone", () => {
  const settings: Record<string, readonly Program[]> = {
    AWS_PROFILE: ["terraform", "cdktf"],
    AWS_SECRET_ACCESS_KEY: ["terraform", "cdktf"],
    TF_PLUGIN_CACHE_DIR: ["terraform", "cdktf"],
    TF_CLI_CONFIG_FILE: ["terraform", "cdktf"],
    TF_TOKEN_registry_example: ["terraform", "cdktf"],
    TF_LOG: ["terraform", "cdktf"],
    TERRAFORM_BINARY_NAME: ["cdktf"],
    METRONOME_OVERRIDES: ["app", "cdktf"],
    "npm_config_//registry.example/:_authToken": ["npm", "cdktf"],
    "npm_config_strict-ssl": ["npm", "cdktf"],
    PIP_INDEX_URL: ["python"],
    GOPROXY: ["go"],
    GIT_CONFIG_GLOBAL: ["git"],
  };
  for (const [name, wanted] of Object.entries(settings)) {
    const getting = PROGRAMS.filter((program) => name in childEnvironment(program, { HOME: scratch, [name]: "x" }));
    expect([name, [...getting].sort()]).toEqual([name, [...wanted].sort()]);
  }
});

test("npm gets the variables that the user's .npmrc names", () => {
  writeFileSync(join(scratch, ".npmrc"), `//registry.example/:_authToken=\${OUR_TOKEN}\n`);
  expect(childEnvironment("npm", { HOME: scratch, OUR_TOKEN: "t", OTHER: "o" })).toEqual({
    HOME: scratch,
    OUR_TOKEN: "t",
  });
});

test("the commit is this checkout's, also in a hook of another repository", () => {
  const git = (directory: string, ...args: string[]) =>
    execFileSync("git", ["-C", directory, "-c", "user.name=a", "-c", "user.email=a@b", ...args], {
      encoding: "utf8",
      env: childEnvironment("git", process.env),
    }).trim();
  const [ours, other] = [join(scratch, "ours"), join(scratch, "other")];
  for (const one of [ours, other]) {
    execFileSync("git", ["init", "-q", one], { env: childEnvironment("git", process.env) });
    git(one, "commit", "-q", "--allow-empty", "-m", one);
  }
  const env = { ...process.env, GIT_DIR: join(other, ".git"), GIT_WORK_TREE: other };
  expect(currentCommit(ours, env)).toBe(git(ours, "rev-parse", "HEAD"));
  git(ours, "config", "status.showUntrackedFiles", "no");
  writeFileSync(join(ours, "new"), "");
  expect(currentCommit(ours, env)).toMatch(/-dirty$/);
});

test("our own commands synthesize in spite of the caller's settings", async () => {
  const env = { ...process.env, ...HOSTILE };
  const directory = await synthesize({ stack: "metronome-dev", output: join(scratch, "out"), env });
  expect(readdirSync(directory)).toContain("cdk.tf.json");
});

test("every file that starts a program builds its environment here", () => {
  const sources = ["cli", "emulator", "host"].flatMap((folder) =>
    readdirSync(join(PROJECT_DIR, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => /\.(ts|mjs|js)$/.test(path))
      .map((path) => join(folder, path)),
  );
  const starting = sources.filter((file) =>
    /node:child_process|import \{[^}]*\brunCommand\b/.test(readFileSync(join(PROJECT_DIR, file), "utf8")),
  );
  expect(starting).toEqual(expect.arrayContaining(["cli/lib/bootstrap.mjs", "emulator/emulator.ts"]));
  const without = starting.filter(
    (file) => !/\bchildEnvironment\(/.test(readFileSync(join(PROJECT_DIR, file), "utf8")),
  );
  // runCommand is given the environment; ps gets its format by its arguments; MiniStack's worker is started by the emulator.
  expect(without.filter((file) => !file.startsWith("emulator/launcher/")).sort()).toEqual([
    "host/process-tree.ts",
    "host/run-command.ts",
  ]);
});
