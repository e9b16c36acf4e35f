import { execFile, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { terraformPlatform } from "../../../cli/providers/mirrors";
import { ARCHIVE_VERSION, buildArchiveStub, STUB_ENV } from "../../../emulator/archive-stub";
import { PROJECT_DIR, WORK_DIR } from "../../../host/work-dir";
import { describeUnless } from "../support/needs";

const run = promisify(execFile);
const sourceDir = path.join(PROJECT_DIR, "emulator", "archive-stub");
const MINUTES = 60_000;

/** The stub is built with Go, which a machine with the real provider need not have. */
const lacking = spawnSync("go", ["version"]).status === 0 ? undefined : "Go is not on the PATH";

const STACK = {
  terraform: { required_providers: { archive: { source: "archive", version: ARCHIVE_VERSION } } },
  provider: { archive: [{}] },
  data: {
    archive_file: {
      zip: {
        type: "zip",
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's own interpolation
        source_dir: "${path.module}/assets/code",
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's own interpolation
        output_path: "${path.module}/archives/code.zip",
        output_file_mode: "0644",
      },
    },
  },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's own interpolation
  output: { hash: { value: "${data.archive_file.zip.output_base64sha256}" } },
};

describeUnless(lacking, "the archive stub", () => {
  let scratch: string;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    scratch = fs.mkdtempSync(path.join(os.tmpdir(), "archive-stub-e2e-"));
    const stub = await buildArchiveStub({
      sourceDir,
      workDir: WORK_DIR,
      mirrorDir: path.join(WORK_DIR, "providers"),
      env: process.env,
      platform: terraformPlatform(),
    });
    const cliConfigFile = path.join(scratch, "terraform.tfrc");
    fs.writeFileSync(
      cliConfigFile,
      `provider_installation {\n  filesystem_mirror {\n    path = "${stub.mirrorDir}"\n  }\n}\n`,
    );
    env = { ...process.env, TF_CLI_CONFIG_FILE: cliConfigFile, TF_PLUGIN_CACHE_DIR: "", CHECKPOINT_DISABLE: "1" };
  }, 5 * MINUTES);
  afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

  /** Writes the stack into a directory of its own, with files that have this date and mode. */
  function writeStack(directory: string, modified: Date, mode: number, files: readonly string[]): string {
    const stackDir = path.join(scratch, directory);
    for (const file of files) {
      const target = path.join(stackDir, "assets", "code", file);
      fs.mkdirSync(path.dirname(target), { recursive: true });
      fs.writeFileSync(target, `// ${file}\n`);
      fs.chmodSync(target, mode);
      fs.utimesSync(target, modified, modified);
    }
    fs.writeFileSync(path.join(stackDir, "main.tf.json"), JSON.stringify(STACK));
    return stackDir;
  }

  function terraform(cwd: string, umask: string, extraEnv: Readonly<Record<string, string>>, command: string) {
    const script = `umask ${umask} && exec terraform ${command}`;
    return run("sh", ["-c", script], { cwd, env: { ...env, ...extraEnv } });
  }

  it(
    "gives Terraform the same zip for any path, dates, modes, order and umask",
    async () => {
      const files = ["index.js", "lib/a.js", "lib-b.js"];
      const stacks = [
        { stackDir: writeStack("one", new Date("2001-01-01"), 0o644, files), umask: "022" },
        { stackDir: writeStack("elsewhere/two", new Date("2026-11-22"), 0o600, [...files].reverse()), umask: "077" },
      ];
      const hashes: string[] = [];
      for (const { stackDir, umask } of stacks) {
        await terraform(stackDir, umask, STUB_ENV, "init -input=false -no-color");
        const apply = await terraform(stackDir, umask, STUB_ENV, "apply -auto-approve -input=false -no-color");
        expect(apply.stdout).not.toContain("Warning");
        const { stdout } = await terraform(stackDir, umask, STUB_ENV, "output -raw hash");
        hashes.push(stdout);
        await terraform(stackDir, umask, STUB_ENV, "plan -detailed-exitcode -input=false -no-color");
      }
      expect(hashes[0]).toMatch(/^[A-Za-z0-9+/]{43}=$/);
      expect(hashes[1]).toBe(hashes[0]);
      const zips = stacks.map(({ stackDir }) => fs.readFileSync(path.join(stackDir, "archives", "code.zip")));
      expect(zips[1]?.equals(zips[0] ?? Buffer.of())).toBe(true);
    },
    3 * MINUTES,
  );

  it(
    "refuses to serve without the local environment's variable",
    async () => {
      const stackDir = writeStack("refused", new Date(), 0o644, ["index.js"]);
      await terraform(stackDir, "022", {}, "init -input=false -no-color");
      const attempt = terraform(stackDir, "022", { METRONOME_ARCHIVE_STAND_IN: "" }, "plan -input=false -no-color");
      await expect(attempt).rejects.toMatchObject({
        stderr: expect.stringContaining("serves the local environment only"),
      });
      expect(fs.existsSync(path.join(stackDir, "archives"))).toBe(false);
    },
    3 * MINUTES,
  );

  it(
    "passes its own checks",
    async () => {
      await run("go", ["vet", "./..."], { cwd: sourceDir });
      await run("go", ["test", "./..."], { cwd: sourceDir });
      const { stdout } = await run("gofmt", ["-l", "."], { cwd: sourceDir });
      expect(stdout).toBe("");
    },
    10 * MINUTES,
  );
});
