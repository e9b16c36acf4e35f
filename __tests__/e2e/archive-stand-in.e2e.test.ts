import { execFile, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { terraformPlatform } from "../../cli/providers/provider-mirror";
import { renderCliConfig } from "../../cli/providers/terraform-cli-config";
import { buildArchiveStandIn, STAND_IN_ENV, type StandIn } from "../../emulator/archive-stub";

const run = promisify(execFile);
const projectDir = path.resolve(__dirname, "..", "..");
const sourceDir = path.join(projectDir, "emulator", "archive-stub");
const MINUTES = 60_000;

/** The stand-in is built with Go, which a machine with the real provider need not have. */
const describeWithGo = spawnSync("go", ["version"]).status === 0 ? describe : describe.skip;

const STACK = {
  terraform: { required_providers: { archive: { source: "archive", version: "2.7.1" } } },
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
        excludes: ["**/*.map"],
      },
    },
  },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's own interpolation
  output: { hash: { value: "${data.archive_file.zip.output_base64sha256}" } },
};

describeWithGo("the stand-in for hashicorp/archive", () => {
  let scratch: string;
  let standIn: StandIn;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    scratch = fs.mkdtempSync(path.join(os.tmpdir(), "archive-stand-in-e2e-"));
    const workDir = path.join(projectDir, ".metronome");
    const platform = terraformPlatform(process.platform, process.arch);
    standIn = await buildArchiveStandIn({ sourceDir, workDir, env: process.env, platform });
    const cliConfigFile = path.join(scratch, "terraform.tfrc");
    fs.writeFileSync(cliConfigFile, renderCliConfig([{ directory: standIn.mirrorDir }]));
    env = { ...process.env, TF_CLI_CONFIG_FILE: cliConfigFile, TF_PLUGIN_CACHE_DIR: "", CHECKPOINT_DISABLE: "1" };
  }, 5 * MINUTES);
  afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

  /** Writes the stack into a directory of its own, with files that have this date and mode. */
  function writeStack(directory: string, modified: Date, mode: number, files: readonly string[]): string {
    const stackDir = path.join(scratch, directory);
    for (const file of files) {
      const target = path.join(stackDir, "assets", "code", file);
      fs.mkdirSync(path.dirname(target), { recursive: true });
      fs.writeFileSync(target, `// ${file.endsWith(".map") ? directory : file}\n`);
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
    "gives Terraform the same zip whatever the path, the dates, the modes, the order and the umask",
    async () => {
      const files = ["index.js", "index.js.map", "lib/a.js", "lib-b.js"];
      const stacks = [
        { stackDir: writeStack("one", new Date("2001-01-01"), 0o644, files), umask: "022" },
        { stackDir: writeStack("elsewhere/two", new Date("2026-11-22"), 0o600, [...files].reverse()), umask: "077" },
      ];
      const hashes: string[] = [];
      for (const { stackDir, umask } of stacks) {
        await terraform(stackDir, umask, STAND_IN_ENV, "init -input=false -no-color");
        const apply = await terraform(stackDir, umask, STAND_IN_ENV, "apply -auto-approve -input=false -no-color");
        expect(apply.stdout).not.toContain("Warning");
        const { stdout } = await terraform(stackDir, umask, STAND_IN_ENV, "output -raw hash");
        hashes.push(stdout);
        await terraform(stackDir, umask, STAND_IN_ENV, "plan -detailed-exitcode -input=false -no-color");
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
    5 * MINUTES,
  );
});
