import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { ARCHIVE_ADDRESS, ARCHIVE_VERSION, buildArchiveStub, STUB_ENV } from "../../emulator/archive-stub";
import { isOpenTofu, terraformProgram } from "../terraform/binary";
import {
  impliedMirrors,
  linkForOpenTofu,
  type Mirror,
  mirrorsBelow,
  REGISTRY_HOST,
  readMirror,
  TOFU_REGISTRY_HOST,
  terraformPlatform,
} from "./mirrors";
import { satisfies } from "./version-constraint";

/** The environment variable that names a mirror's directory. */
const MIRROR_VARIABLE = "METRONOME_PROVIDER_MIRROR";

/** What {@link chooseProviders} works with. */
export interface ChooseProvidersOptions {
  /** The root of the project's checkout, in which Terraform's `terraform.d/plugins` would be. */
  readonly projectDir: string;
  /** The environment in which Terraform would run. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The Terraform version constraint of hashicorp/aws, such as "5.100.0". */
  readonly awsConstraint: string;
  /** Asks the registry. @default registryProblem */
  readonly askRegistry?: () => Promise<string | undefined>;
  /** A directory whose directories may be mirrors. @default "/opt" */
  readonly mirrorsDir?: string;
}

/** What {@link prepareProviders} works with. */
export interface PrepareProvidersOptions extends ChooseProvidersOptions {
  /** The project's directory for files that git ignores, such as `.metronome`. */
  readonly workDir: string;
  /** Gets a message before each step that takes long. @default none */
  readonly say?: (message: string) => void;
}

/** The source of the providers. */
export interface ProviderChoice {
  /** The mirror that Terraform takes them from. @default Terraform installs them in its own way */
  readonly mirror?: Mirror;
  /** Whether the registry answers. If not, and without a mirror, the user's CLI configuration names the source. */
  readonly registry: boolean;
  /**
   * A directory that Terraform would look into instead of the registry, and that lacks the release that is needed.
   * @default none
   */
  readonly unfitMirror?: string;
  /** The reason, as a clause for the user. */
  readonly why: string;
}

/** Providers that are ready for Terraform. */
export interface Providers {
  /** Changes when the providers do; for {@link forgetOthers}. */
  readonly fingerprint: string;
  /** Sentences for the user. */
  readonly notes: readonly string[];
  /** Variables to add to Terraform's and cdktf's environment. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * After `terraform init`, cdktf would download the providers a second time for the checksums of linux_amd64. The local
 * environment has no lock file that another machine reads.
 */
const SKIP_LOCK = { CDKTF_SKIP_PROVIDER_LOCK: "true" };

/**
 * Asks a registry for its discovery document, as Terraform does first.
 *
 * @param timeoutMs milliseconds for the whole answer.
 * @param get the `fetch` to ask with.
 * @param host the registry.
 * @returns why the registry cannot be used; undefined if it answers.
 */
export async function registryProblem(
  timeoutMs = 3000,
  get: typeof fetch = fetch,
  host = REGISTRY_HOST,
): Promise<string | undefined> {
  try {
    const response = await get(`https://${host}/.well-known/terraform.json`, {
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) return `HTTP status ${response.status}`;
    const services = (await response.json()) as Record<string, unknown> | null;
    return typeof services?.["providers.v1"] === "string" ? undefined : "its answer is not a registry's";
  } catch (error) {
    const { name, message, cause } = error as Error & { cause?: NodeJS.ErrnoException };
    return name === "TimeoutError"
      ? `no answer within ${timeoutMs / 1000} s`
      : (cause?.code ?? cause?.message ?? message);
  }
}

/**
 * Chooses the source of Terraform's providers for the local environment: the registry if it answers; else the mirror
 * that METRONOME_PROVIDER_MIRROR names; else what the `provider_installation` of the user's own Terraform CLI
 * configuration says; else one of Terraform's implied mirror directories; else a directory of /opt that is a mirror.
 *
 * @throws Error if none of them has hashicorp/aws as needed; it says what to do.
 */
export async function chooseProviders(options: ChooseProvidersOptions): Promise<ProviderChoice> {
  const { env, projectDir, awsConstraint, mirrorsDir = "/opt" } = options;
  const host = registryOf(env);
  const { askRegistry = () => registryProblem(undefined, undefined, host) } = options;
  const problem = await askRegistry();
  if (problem === undefined) {
    const why = `${host} answers`;
    const unfitMirror = hidesRegistry(options, host);
    return { registry: true, why, ...(unfitMirror && { unfitMirror }) };
  }
  const silent = `${host} does not answer (${problem})`;

  const named = env[MIRROR_VARIABLE];
  const userFile = named ? undefined : installationFile(env);
  if (userFile) return { registry: false, why: `${silent}: Terraform takes providers as ${userFile} says` };
  const directories = named
    ? [resolve(projectDir, named)]
    : [...impliedMirrors(env, projectDir), ...mirrorsBelow(mirrorsDir)];
  const mirrors = directories
    .map((directory) => readMirror(directory, host))
    .filter(({ awsVersions }) => awsVersions.length > 0);
  for (const mirror of mirrors) {
    const version = mirror.awsVersions.find((version) => satisfies(version, awsConstraint));
    if (!version) continue;
    const why = `${silent}: Terraform takes hashicorp/aws ${version} from the mirror ${mirror.root}`;
    return { registry: false, why, mirror };
  }
  const [unfit] = mirrors;
  throw new Error(unfit ? doesNotFit(unfit, awsConstraint) : noProviders(silent, named));
}

/**
 * Makes the providers ready that {@link chooseProviders} chooses. If a mirror lacks hashicorp/archive, the project's
 * archive stub serves `archive_file`. For the local environment only: a real environment uses Terraform as the user has
 * set it up.
 *
 * @throws Error as chooseProviders does, and if the stub cannot be built; it says what to do.
 */
export async function prepareProviders(options: PrepareProvidersOptions): Promise<Providers> {
  const { awsConstraint, env, workDir } = options;
  const { mirror, registry, why, unfitMirror } = await chooseProviders(options);
  if (mirror) return fromMirror(options, mirror, `${why}.`);
  const source = `${registry ? "registry" : "user"}${registryOf(env) === TOFU_REGISTRY_HOST ? " opentofu" : ""}`;
  const fingerprint = `${source} aws ${awsConstraint}`;
  if (unfitMirror) {
    const note = `${why}: Terraform takes providers from it, because ${unfitMirror} has other releases of them.`;
    const file = writeInstallation(workDir, env, "  direct {}\n");
    return { fingerprint, notes: [note], env: { ...SKIP_LOCK, TF_CLI_CONFIG_FILE: file } };
  }
  const named = env.TF_CLI_CONFIG_FILE;
  return {
    fingerprint,
    notes: registry ? [] : [`${why}.`],
    // Terraform warns at every command of a file that does not exist.
    env: { ...SKIP_LOCK, ...(named && !existsSync(named) && { TF_CLI_CONFIG_FILE: "" }) },
  };
}

/**
 * Removes what Terraform has noted of other providers and of another backend, because it would refuse to go on. For the
 * local environment only: each emulator may have another port, and the archive stub has other checksums than the real
 * provider and than a stub that another Go built.
 *
 * @param stackDir the directory in which Terraform runs, such as `cdktf.out/stacks/metronome-local`; created when missing.
 * @param fingerprint of the providers, as {@link prepareProviders} returns it.
 */
export function forgetOthers(stackDir: string, fingerprint: string): void {
  // The second one holds a workspace that was selected by hand: the local environment has one state, as all have.
  for (const note of ["terraform.tfstate", "environment"]) rmSync(join(stackDir, ".terraform", note), { force: true });
  const fingerprintFile = join(stackDir, ".metronome-providers");
  if (existsSync(fingerprintFile) && readFileSync(fingerprintFile, "utf8") === fingerprint) return;
  rmSync(join(stackDir, ".terraform.lock.hcl"), { force: true });
  mkdirSync(stackDir, { recursive: true });
  writeFileAtomic.sync(fingerprintFile, fingerprint);
}

/** The host of the registry from which Terraform or OpenTofu takes `hashicorp/aws`. */
function registryOf(env: ChooseProvidersOptions["env"]): string {
  return isOpenTofu(terraformProgram(env)) ? TOFU_REGISTRY_HOST : REGISTRY_HOST;
}

/** The user's CLI configuration, if it says where providers come from. */
function installationFile(env: ChooseProvidersOptions["env"]): string | undefined {
  const file = env.TF_CLI_CONFIG_FILE || join(env.HOME ?? "", ".terraformrc");
  return existsSync(file) && /^\s*provider_installation\b/m.test(readFileSync(file, "utf8")) ? file : undefined;
}

/**
 * An implied mirror directory that lacks a release which is needed. Terraform asks the registry for no provider of which
 * such a directory has any release ("Implied Local Mirror Directories" of its CLI configuration).
 */
function hidesRegistry({ env, projectDir, awsConstraint }: ChooseProvidersOptions, host: string): string | undefined {
  if (installationFile(env)) return undefined;
  const mirrors = impliedMirrors(env, projectDir)
    .map((directory) => readMirror(directory, host))
    .filter((mirror) => mirror.host === host);
  const unfit = (has: (mirror: Mirror) => boolean, fits: (mirror: Mirror) => boolean) =>
    mirrors.some(fits) ? undefined : mirrors.find(has)?.root;
  return (
    unfit(
      ({ awsVersions }) => awsVersions.length > 0,
      ({ awsVersions }) => awsVersions.some((version) => satisfies(version, awsConstraint)),
    ) ??
    unfit(
      ({ archiveVersions }) => archiveVersions.length > 0,
      ({ hasArchive }) => hasArchive,
    )
  );
}

async function fromMirror(options: PrepareProvidersOptions, mirror: Mirror, note: string): Promise<Providers> {
  const { projectDir, env, say } = options;
  const workDir = resolve(options.workDir);
  const stub = mirror.hasArchive
    ? undefined
    : await buildArchiveStub({
        sourceDir: join(projectDir, "emulator", "archive-stub"),
        workDir,
        mirrorDir: join(workDir, "providers"),
        platform: terraformPlatform(),
        env,
        say,
      });
  const tofu = registryOf(env) === TOFU_REGISTRY_HOST;
  const linked = join(workDir, "providers-opentofu");
  if (tofu) {
    const stubs = stub ? [join(stub.mirrorDir, REGISTRY_HOST)] : [];
    linkForOpenTofu(linked, [...stubs, join(mirror.root, mirror.host)]);
  }
  const fromStub = `["${ARCHIVE_ADDRESS}"]`;
  const installation =
    stub && !tofu
      ? block(mirror.root, `exclude = ${fromStub}`) + block(stub.mirrorDir, `include = ${fromStub}`)
      : block(tofu ? linked : mirror.root);
  const cliConfigFile = writeInstallation(workDir, env, installation);
  const stubNote = `The mirror has no hashicorp/archive ${ARCHIVE_VERSION}: the project's archive stub serves archive_file, for the local environment only.`;
  return {
    fingerprint: `mirror ${mirror.root} aws ${options.awsConstraint} archive ${stub?.key ?? ARCHIVE_VERSION}${tofu ? " opentofu" : ""}`,
    notes: stub ? [note, stubNote] : [note],
    env: {
      ...SKIP_LOCK,
      TF_CLI_CONFIG_FILE: cliConfigFile,
      // A provider of the local environment must not get into a cache from which other environments take theirs.
      TF_PLUGIN_CACHE_DIR: "",
      CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
      ...(stub && STUB_ENV),
    },
  };
}

/** @param blocks the sources. @returns the CLI configuration file that names them. */
function writeInstallation(workDir: string, env: ChooseProvidersOptions["env"], blocks: string): string {
  // A file for each program: both may run at once.
  const file = join(resolve(workDir), registryOf(env) === TOFU_REGISTRY_HOST ? "opentofu.tfrc" : "terraform.tfrc");
  mkdirSync(dirname(file), { recursive: true });
  writeFileAtomic.sync(file, `provider_installation {\n${blocks}}\n`);
  return file;
}

/** Strings of a CLI configuration have JSON's escapes. */
function block(directory: string, ...rules: readonly string[]): string {
  const lines = [`path = ${JSON.stringify(directory)}`, ...rules].map((line) => `    ${line}\n`);
  return `  filesystem_mirror {\n${lines.join("")}  }\n`;
}

function doesNotFit({ root, awsVersions }: Mirror, awsConstraint: string): string {
  return (
    `The mirror ${root} holds hashicorp/aws ${awsVersions.join(", ")}, and none of these fits "${awsConstraint}". ` +
    `Add one that fits with \`terraform providers mirror\`, or set ${MIRROR_VARIABLE} to another mirror.`
  );
}

function noProviders(silent: string, named: string | undefined): string {
  const looked = named
    ? `${MIRROR_VARIABLE} is "${named}", and that directory holds no`
    : "no filesystem mirror on this machine holds";
  return (
    `No Terraform provider can be installed: ${silent}, and ${looked} hashicorp/aws for ${terraformPlatform()}. ` +
    "Connect to the internet. Or fill a directory with `terraform providers mirror DIRECTORY` on a machine that reaches the registry, and set " +
    `${MIRROR_VARIABLE} to it. Or, if Terraform reaches the registry by a proxy that Node.js does not use, write ` +
    "`provider_installation { direct {} }` into ~/.terraformrc."
  );
}
