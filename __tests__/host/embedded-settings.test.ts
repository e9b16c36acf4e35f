import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { STUB_ENV } from "../../emulator/archive-stub";
import { embeddedSettings, refuseEmbeddedSettings } from "../../host/embedded-settings";
import { WORK_DIR } from "../../host/work-dir";

const directory = mkdtempSync(join(tmpdir(), "embedded-settings-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const CREDENTIALS = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];

test.each([
  ["the stub's permission", STUB_ENV, ["METRONOME_ARCHIVE_STAND_IN"]],
  ["Terraform's configuration", { TF_CLI_CONFIG_FILE: join(WORK_DIR, "terraform.tfrc") }, ["TF_CLI_CONFIG_FILE"]],
  ["its old name", { TERRAFORM_CONFIG: join(WORK_DIR, "terraform.tfrc") }, ["TERRAFORM_CONFIG"]],
  ["another checkout's", { TF_CLI_CONFIG_FILE: "/src/other/.metronome/terraform.tfrc" }, ["TF_CLI_CONFIG_FILE"]],
  ["a relative one", { TF_CLI_CONFIG_FILE: ".metronome/../.metronome/terraform.tfrc" }, ["TF_CLI_CONFIG_FILE"]],
  ["the key", { AWS_ACCESS_KEY_ID: "METRONOME12", AWS_SECRET_ACCESS_KEY: "test" }, CREDENTIALS],
])("%s is a setting of the embedded AWS", (_, env, names) => {
  expect(embeddedSettings(env)).toEqual(names);
  expect(() => refuseEmbeddedSettings("prod", { PATH: "/bin", ...env })).toThrow(
    `"prod" is on AWS, and this shell has the variables that npm start -- --keep printed for the embedded AWS. Use another shell, or run: unset ${names.join(" ")}`,
  );
});

test("a link into the work directory is one too", () => {
  mkdirSync(join(directory, ".metronome"));
  writeFileSync(join(directory, ".metronome", "terraform.tfrc"), "");
  symlinkSync(join(directory, ".metronome", "terraform.tfrc"), join(directory, "rc"));
  expect(embeddedSettings({ TF_CLI_CONFIG_FILE: join(directory, "rc") })).toEqual(["TF_CLI_CONFIG_FILE"]);
});

test.each([
  {},
  { METRONOME_ARCHIVE_STAND_IN: "", TF_CLI_CONFIG_FILE: "" },
  { TF_CLI_CONFIG_FILE: "/home/me/.terraformrc" },
  { TF_CLI_CONFIG_FILE: "/home/me/.metronome-rc" },
  { AWS_ACCESS_KEY_ID: "AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY: "s", AWS_PROFILE: "prod" },
])("%j is none", (env) => {
  expect(embeddedSettings(env)).toEqual([]);
  expect(() => refuseEmbeddedSettings("prod", env)).not.toThrow();
});
