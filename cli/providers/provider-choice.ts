import fs from "node:fs";
import path from "node:path";
import semver from "semver";
import { ARCHIVE_VERSION } from "../../emulator/archive-stub";
import { satisfies } from "./version-constraint";

/** The public registry's host name. It is also the first directory of every mirror. */
export const REGISTRY_HOST = "registry.terraform.io";

/** The environment variable that names a mirror's directory. */
export const MIRROR_VARIABLE = "METRONOME_PROVIDER_MIRROR";

/** Whether the public Terraform registry can be reached, and if not, why. */
export type RegistryAnswer = { readonly answers: true } | { readonly answers: false; readonly reason: string };

/** What {@link chooseProviders} works with. */
export interface ChooseProvidersOptions {
  /** The root of the project's checkout, in which Terraform's `terraform.d/plugins` would be. */
  readonly projectDir: string;
  /** The environment in which Terraform would run. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The Terraform version constraint of hashicorp/aws, such as ">= 5.100.0, < 7". */
  readonly needs: { readonly aws: string };
  /** Asks the registry. @default registryAnswers */
  readonly askRegistry?: () => Promise<RegistryAnswer>;
  /** A directory whose directories may be mirrors. @default "/opt" */
  readonly mirrorsDir?: string;
}

/** A filesystem mirror that holds hashicorp/aws for this platform. */
export interface Mirror {
  /** The directory that holds the directory `registry.terraform.io`. */
  readonly root: string;
  /** The versions of hashicorp/aws, newest first; at least one. */
  readonly awsVersions: readonly string[];
  /** Whether it also holds the release of hashicorp/archive that the project pins. */
  readonly hasArchive: boolean;
}

/** The source of the providers. `why` is a clause for the user. */
export type ProviderChoice =
  /** Terraform installs them in its own way: from the registry, or as the user's CLI configuration says. */
  | { readonly kind: "registry" | "user"; readonly why: string }
  | { readonly kind: "mirror"; readonly why: string; readonly mirror: Mirror };

/**
 * Asks registry.terraform.io for its discovery document, as Terraform does first.
 *
 * @param timeoutMs milliseconds for the whole answer
 * @param get the `fetch` to ask with
 */
export async function registryAnswers(timeoutMs = 3000, get: typeof fetch = fetch): Promise<RegistryAnswer> {
  try {
    const response = await get(`https://${REGISTRY_HOST}/.well-known/terraform.json`, {
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) return { answers: false, reason: `HTTP status ${response.status}` };
    const services = (await response.json()) as Record<string, unknown> | null;
    const isRegistry = typeof services?.["providers.v1"] === "string";
    return isRegistry ? { answers: true } : { answers: false, reason: "its answer is not a registry's" };
  } catch (error) {
    const { name, message, cause } = error as Error & { cause?: NodeJS.ErrnoException };
    const timedOut = name === "TimeoutError" && `no answer within ${timeoutMs / 1000} s`;
    return { answers: false, reason: timedOut || (cause?.code ?? cause?.message ?? message) };
  }
}

/**
 * Chooses the source of Terraform's providers for the local environment: the registry if it answers; else the mirror that
 * METRONOME_PROVIDER_MIRROR names; else what the `provider_installation` of the user's own Terraform CLI configuration says; else one
 * of Terraform's implied mirror directories; else a directory of /opt that is a mirror.
 *
 * @throws Error if none of them has hashicorp/aws as needed; it says what to do
 */
export async function chooseProviders(options: ChooseProvidersOptions): Promise<ProviderChoice> {
  const { env, needs } = options;
  const registry = await (options.askRegistry ?? registryAnswers)();
  if (registry.answers) return { kind: "registry", why: `${REGISTRY_HOST} answers` };
  const silent = `${REGISTRY_HOST} does not answer (${registry.reason})`;

  const named = env[MIRROR_VARIABLE];
  const userFile = userCliConfig(env);
  if (!named && fs.existsSync(userFile) && /^\s*provider_installation\b/m.test(fs.readFileSync(userFile, "utf8"))) {
    return { kind: "user", why: `${silent}: Terraform takes providers as ${userFile} says` };
  }
  const directories = named ? [path.resolve(options.projectDir, named)] : impliedMirrors(options);
  const mirrors = directories.map(readMirror).filter((mirror) => mirror.awsVersions.length > 0);
  const [mirror = mirrors[0]] = mirrors.filter(({ awsVersions }) =>
    awsVersions.some((one) => satisfies(one, needs.aws)),
  );
  if (!mirror) throw noProviders(silent, named);
  const awsVersions = mirror.awsVersions.filter((version) => satisfies(version, needs.aws));
  if (awsVersions.length === 0) {
    throw new Error(
      `The mirror ${mirror.root} holds hashicorp/aws ${mirror.awsVersions.join(", ")}, and none of these fits "${needs.aws}". ` +
        `Add one that fits with \`terraform providers mirror\`, or set ${MIRROR_VARIABLE} to another mirror.`,
    );
  }
  const why = `${silent}: Terraform takes hashicorp/aws ${awsVersions[0]} from the mirror ${mirror.root}`;
  return { kind: "mirror", why, mirror: { ...mirror, awsVersions } };
}

/** The file of the user's own Terraform CLI configuration, which need not exist. */
function userCliConfig({ TF_CLI_CONFIG_FILE, HOME = "" }: ChooseProvidersOptions["env"]): string {
  return TF_CLI_CONFIG_FILE || path.join(HOME, ".terraformrc");
}

/** The directories in which Terraform looks for providers before it asks the registry, and the directories of /opt. */
function impliedMirrors({ env, projectDir, mirrorsDir = "/opt" }: ChooseProvidersOptions): string[] {
  const home = env.HOME ?? "/";
  const support = "Library/Application Support/io.terraform/plugins";
  const data = [
    env.XDG_DATA_HOME || `${home}/.local/share`,
    ...(env.XDG_DATA_DIRS || "/usr/local/share:/usr/share").split(":"),
  ];
  return [
    path.join(projectDir, "terraform.d/plugins"),
    path.join(home, ".terraform.d/plugins"),
    ...(process.platform === "darwin" ? [path.join(home, support), path.join("/", support)] : []),
    ...(process.platform === "linux" ? data.map((directory) => path.join(directory, "terraform/plugins")) : []),
    ...list(mirrorsDir)
      .map((name) => path.join(mirrorsDir, name))
      .filter((root) => isTrusted(path.join(root, REGISTRY_HOST))),
  ];
}

/** Whether a directory exists, belongs to root or to this user, and not all users can put programs into it. */
function isTrusted(directory: string): boolean {
  try {
    const { uid, mode } = fs.statSync(directory);
    return (mode & 0o002) === 0 && (uid === 0 || uid === process.getuid?.());
  } catch {
    return false;
  }
}

function readMirror(directory: string): Mirror {
  const root = path.basename(directory) === REGISTRY_HOST ? path.dirname(directory) : directory;
  return {
    root,
    awsVersions: providerVersions(root, "aws"),
    hasArchive: providerVersions(root, "archive").includes(ARCHIVE_VERSION),
  };
}

/** The versions of a HashiCorp provider in a mirror for this platform, unpacked or as zips, newest first. */
function providerVersions(root: string, name: string): string[] {
  const directory = path.join(root, REGISTRY_HOST, "hashicorp", name);
  const platform = terraformPlatform();
  const zip = new RegExp(`^terraform-provider-${name}_(.+)_${platform}\\.zip$`);
  const versions = list(directory).flatMap((entry) => {
    const packed = zip.exec(entry)?.[1];
    if (packed) return [packed];
    const unpacked = list(path.join(directory, entry, platform));
    return unpacked.some((file) => file.startsWith(`terraform-provider-${name}`)) ? [entry] : [];
  });
  return semver.rsort(versions.filter((version) => semver.valid(version)));
}

/** The names in a directory; none if it is missing or may not be read. */
function list(directory: string): string[] {
  try {
    return fs.readdirSync(directory);
  } catch {
    return [];
  }
}

/** The platform of provider packages, such as "linux_amd64". */
export function terraformPlatform(os = process.platform, architecture: string = process.arch): string {
  const goArch: Record<string, string> = { x64: "amd64", ia32: "386" };
  return `${os}_${goArch[architecture] ?? architecture}`;
}

function noProviders(silent: string, named: string | undefined): Error {
  const looked = named
    ? `${MIRROR_VARIABLE} is "${named}", and that directory`
    : `no filesystem mirror on this machine`;
  return new Error(
    `No Terraform provider can be installed: ${silent}, and ${looked} holds ${named ? "no " : ""}hashicorp/aws for ${terraformPlatform()}. ` +
      "Connect to the internet. Or fill a directory with `terraform providers mirror DIRECTORY` on a machine that reaches the registry, and set " +
      `${MIRROR_VARIABLE} to it. Or, if Terraform reaches the registry by a proxy that Node.js does not use, write ` +
      "`provider_installation { direct {} }` into ~/.terraformrc.",
  );
}
