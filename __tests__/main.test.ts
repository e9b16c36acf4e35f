import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { OVERRIDES_VARIABLE } from "../config/overrides";

const PROJECT_DIR = resolve(__dirname, "..");
const outdir = mkdtempSync(join(tmpdir(), "metronome-main-"));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

/** Runs main.ts as cdktf does. */
function main(out: string, variables: Record<string, string>) {
  return spawnSync(process.execPath, ["--import", "tsx", "main.ts"], {
    cwd: PROJECT_DIR,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, CDKTF_OUTDIR: join(outdir, out), ...variables },
    encoding: "utf8",
  });
}

const local = (fields: object) => ({ [OVERRIDES_VARIABLE]: JSON.stringify({ environment: "local", fields }) });

test("a good configuration is synthesized without a word", () => {
  const { status, stdout, stderr } = main("good", local({ strategy: { kind: "lambda-clock" }, schedules: [MINUTELY] }));
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
  const stacks = ["local", "dev", "prod"].flatMap((name) => [`metronome-${name}`, `metronome-state-${name}`]);
  expect(readdirSync(join(outdir, "good", "stacks")).sort()).toEqual(stacks.sort());
});

const MINUTELY = { name: "heartbeat", interval: "1m" };

test("a bad one ends in one message of all its problems, without a stack trace, and exit code 1", () => {
  const fields = {
    strategy: { kind: "cron" },
    schedules: [{ name: "heartbeat", interval: "0s" }],
    backend: { bucket: "X" },
  };
  const { status, stdout, stderr } = main("bad", local(fields));
  expect(stderr.trimEnd().split("\n")).toEqual([
    "The configuration has 3 problems (config/environments.ts):",
    expect.stringMatching(/^ {2}local\.strategy\.kind: "cron" is not a strategy\./),
    expect.stringMatching(/^ {2}local\.schedules\[0\]\.interval: "0s" is not an interval/),
    expect.stringMatching(/^ {2}local\.backend\.bucket: "X" is not a bucket name/),
  ]);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(existsSync(join(outdir, "bad"))).toBe(false);
});

test("settings of Terraform that would use another state end in one message, and nothing is synthesized", () => {
  const hostile = { TF_WORKSPACE: "prod", TF_DATA_DIR: "/data", TF_CLI_ARGS_plan: "-state=x", TF_ENCRYPTION: "{}" };
  const { status, stdout, stderr } = main("foreign", hostile);
  expect(stderr.trimEnd().split("\n")).toEqual([
    expect.stringMatching(/^Nothing is synthesized, /),
    ...Object.entries(hostile).map(([name, value]) =>
      expect.stringMatching(new RegExp(`^ {2}${name} is ${JSON.stringify(value)}: .* Run: unset ${name}$`)),
    ),
  ]);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(existsSync(join(outdir, "foreign"))).toBe(false);
});

test.each([
  { METRONOME_ARCHIVE_STAND_IN: "local" },
  { TF_CLI_CONFIG_FILE: join(PROJECT_DIR, ".metronome", "terraform.tfrc") },
  { AWS_ACCESS_KEY_ID: "METRONOME12" },
])("with %j, which npm start -- --keep prints, no environment on AWS can be deployed", (variables) => {
  const out = `embedded-${Object.keys(variables)}`;
  expect(main(out, variables as unknown as Record<string, string>)).toMatchObject({ status: 0, stderr: "" });
  expect(readdirSync(join(outdir, out, "stacks")).sort()).toEqual(["metronome-local", "metronome-state-local"]);
});

test("so does a workspace that was selected in a stack's directory", () => {
  const terraform = join(outdir, "selected", "stacks", "metronome-dev", ".terraform");
  mkdirSync(terraform, { recursive: true });
  writeFileSync(join(terraform, "environment"), "prod");
  expect(main("selected", {})).toMatchObject({
    status: 1,
    stderr: expect.stringContaining(`${terraform}/environment selects the workspace "prod". Run: rm`),
  });
});

test("the workspace that Terraform uses anyway is no problem", () => {
  expect(main("default", { TF_WORKSPACE: "default", TF_CLI_ARGS: "" })).toMatchObject({ status: 0, stderr: "" });
});

test.each([
  ["{", "is not {"],
  [JSON.stringify({ environment: "prod", fields: {} }), '"prod" is not an environment with an endpoint'],
])("overrides %s end in one message", (json, problem) => {
  const { status, stderr } = main("bad", { [OVERRIDES_VARIABLE]: json });
  expect(stderr.trimEnd().split("\n")).toEqual([
    "The configuration has a problem (config/environments.ts):",
    expect.stringContaining(problem),
  ]);
  expect(status).toBe(1);
});
