import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { impliedMirrors, mirrorsBelow, readMirror, terraformPlatform } from "../../../cli/providers/mirrors";
import { LOCAL, LocalSession, localAwsConstraint } from "../../../cli/start/session";
import { stackId } from "../../../constructs/naming";
import { ARCHIVE_VERSION, buildArchiveStub, STUB_ENV } from "../../../emulator/archive-stub";
import { CommandError, runCommand } from "../../../host/run-command";
import { PROJECT_DIR, WORK_DIR } from "../../../host/work-dir";
import { MINUTE_MS } from "../../../schedule/duration";
import { type ProviderRegistry, startRegistry } from "../support/provider-registry";

/** A release that a registry offers beside the one that is tested with the embedded AWS. */
const NEWER = "6.66.0";

/** The providers of this machine that the registry is made of. A machine with a real registry needs neither. */
const mirror = [
  process.env.METRONOME_PROVIDER_MIRROR ?? "",
  ...impliedMirrors(process.env, PROJECT_DIR),
  ...mirrorsBelow("/opt"),
]
  .map((directory) => readMirror(directory))
  .find(({ awsVersions }) => awsVersions.includes(localAwsConstraint()));
const has = (program: string, argument: string) => spawnSync(program, [argument]).status === 0;
const complete = mirror && has("gpg", "--version") && has("go", "version");

/** What `npm start` does on a machine with a registry, up to the deployed clock. */
(complete ? describe : describe.skip)("with a registry that has newer releases", () => {
  mkdirSync(WORK_DIR, { recursive: true });
  const directory = mkdtempSync(join(tmpdir(), "registry-"));
  const output = join(directory, "cdktf.out");
  let registry: ProviderRegistry;
  let env: NodeJS.ProcessEnv;
  let session: LocalSession;

  beforeAll(async () => {
    const stub = await buildArchiveStub({
      sourceDir: join(PROJECT_DIR, "emulator", "archive-stub"),
      workDir: WORK_DIR,
      mirrorDir: join(WORK_DIR, "providers"),
      platform: terraformPlatform(),
      env: process.env,
    });
    registry = await startRegistry(join(directory, "registry"), [
      {
        name: "aws",
        version: localAwsConstraint(),
        program: programIn(mirror?.root ?? "", "aws", localAwsConstraint()),
      },
      { name: "aws", version: NEWER },
      { name: "archive", version: ARCHIVE_VERSION, program: programIn(stub.mirrorDir, "archive", ARCHIVE_VERSION) },
      { name: "archive", version: "2.99.0" },
    ]);
    env = {
      ...process.env,
      ...STUB_ENV,
      METRONOME_PROVIDER_MIRROR: undefined,
      TF_CLI_CONFIG_FILE: registry.cliConfigFile,
      // The stub must not get into a cache from which other environments take the real provider.
      TF_PLUGIN_CACHE_DIR: "",
      CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
      CHECKPOINT_DISABLE: "1",
    };
    session = new LocalSession({
      env,
      keep: false,
      directory: join(directory, "aws"),
      output,
      askRegistry: async () => undefined,
    });
  }, 5 * MINUTE_MS);

  afterAll(async () => {
    await session?.stop();
    await registry?.close();
    rmSync(directory, { recursive: true, force: true });
  }, MINUTE_MS);

  it(
    "an open constraint takes the newest one",
    async () => {
      const stackDir = join(directory, "open");
      mkdirSync(stackDir);
      const aws = { source: "aws", version: ">= 5.100.0, < 7" };
      writeFileSync(join(stackDir, "main.tf.json"), JSON.stringify({ terraform: { required_providers: { aws } } }));
      const init = runCommand("terraform", ["init", "-input=false"], {
        cwd: stackDir,
        env: env as Record<string, string>,
      });
      await expect(init).rejects.toThrow(CommandError);
      expect(downloads()).toEqual([`aws/${NEWER}`]);
    },
    MINUTE_MS,
  );

  it(
    "the local environment is deployed with the release that is tested, and each is downloaded once",
    async () => {
      const before = downloads().length;
      const [, notes] = await Promise.all([session.start(), session.useProviders()]);
      expect(notes).toEqual([]);
      await session.createStateBucket();
      await session.deploy({});
      const wanted = [`archive/${ARCHIVE_VERSION}`, `aws/${localAwsConstraint()}`];
      expect(downloads().slice(before).sort()).toEqual(wanted);
      const lock = readFileSync(join(output, "stacks", stackId(LOCAL), ".terraform.lock.hcl"), "utf8");
      expect([...lock.matchAll(/^ {2}version += "(.*)"/gm)].map(([, version]) => version)).toEqual([
        ARCHIVE_VERSION,
        localAwsConstraint(),
      ]);
    },
    5 * MINUTE_MS,
  );

  it(
    "a second start downloads nothing, and finds nothing to change",
    async () => {
      const before = downloads().length;
      await session.useProviders();
      expect(await session.hasChanges({})).toBe(false);
      expect(downloads().slice(before)).toEqual([]);
    },
    3 * MINUTE_MS,
  );

  /** The releases whose packages were asked for, such as `aws/5.100.0`. */
  function downloads(): string[] {
    return registry.requests.flatMap((path) => /hashicorp\/(\w+\/[^/]+)\/download\//.exec(path)?.[1] ?? []);
  }
});

/** The program of an unpacked release in a mirror. */
function programIn(root: string, name: string, version: string): string {
  const release = join(root, "registry.terraform.io", "hashicorp", name, version, terraformPlatform());
  const program = readdirSync(release).find((file) => file.startsWith(`terraform-provider-${name}`)) ?? "";
  return join(release, program);
}
