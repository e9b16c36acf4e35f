import { existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import semver from "semver";
import { ARCHIVE_VERSION } from "../../emulator/archive-stub";

/** The host name of Terraform's public registry. It is also the first directory of every mirror that Terraform fills. */
export const REGISTRY_HOST = "registry.terraform.io";
/** The same for OpenTofu. It takes `hashicorp/aws` for a provider of its own registry. */
export const TOFU_REGISTRY_HOST = "registry.opentofu.org";

/** A filesystem mirror of providers for this platform. */
export interface Mirror {
  /** The directory that holds the host's directory. */
  readonly root: string;
  /** The host of the registry that the providers are from. */
  readonly host: string;
  /** The versions of hashicorp/aws, newest first. */
  readonly awsVersions: readonly string[];
  /** The versions of hashicorp/archive, newest first. */
  readonly archiveVersions: readonly string[];
  /** Whether it holds the release of hashicorp/archive that the project pins. */
  readonly hasArchive: boolean;
}

/** The directories in which Terraform looks for providers before it asks the registry. They need not exist. */
export function impliedMirrors(env: Readonly<Record<string, string | undefined>>, projectDir: string): string[] {
  const home = env.HOME ?? "/";
  const support = "Library/Application Support/io.terraform/plugins";
  const data = [
    env.XDG_DATA_HOME || `${home}/.local/share`,
    ...(env.XDG_DATA_DIRS || "/usr/local/share:/usr/share").split(":"),
  ];
  return [
    join(projectDir, "terraform.d/plugins"),
    join(home, ".terraform.d/plugins"),
    ...(process.platform === "darwin" ? [join(home, support), join("/", support)] : []),
    ...(process.platform === "linux" ? data.map((directory) => join(directory, "terraform/plugins")) : []),
  ];
}

/** The mirrors directly below a directory such as `/opt`, of root or of this user. */
export function mirrorsBelow(directory: string): string[] {
  return (attempt(() => readdirSync(directory)) ?? [])
    .map((name) => join(directory, name))
    .filter((root) => [REGISTRY_HOST, TOFU_REGISTRY_HOST].some((host) => attempt(() => isTrusted(join(root, host)))));
}

/** Whether a directory belongs to root or to this user, and not all users can put programs into it. */
function isTrusted(directory: string): boolean {
  const { uid, mode } = statSync(directory);
  return (mode & 0o002) === 0 && (uid === 0 || uid === process.getuid?.());
}

/**
 * @param directory a mirror, or its directory of a host; it need not exist.
 * @param host the registry of the program that takes providers from it. If a mirror has none of OpenTofu's, those of
 *   Terraform's registry serve, which are the same programs.
 */
export function readMirror(directory: string, host = REGISTRY_HOST): Mirror {
  const root = [REGISTRY_HOST, TOFU_REGISTRY_HOST].includes(basename(directory)) ? dirname(directory) : directory;
  const found = [host, REGISTRY_HOST].find((one) => providerVersions(join(root, one), "aws").length > 0) ?? host;
  const providers = join(root, found);
  const archiveVersions = providerVersions(providers, "archive");
  return {
    root,
    host: found,
    awsVersions: providerVersions(providers, "aws"),
    archiveVersions,
    hasArchive: archiveVersions.includes(ARCHIVE_VERSION),
  };
}

/**
 * Makes a mirror for OpenTofu: links to the packages of this platform.
 *
 * @param target the mirror's directory, which is replaced.
 * @param sources directories of a host in other mirrors. Of a version that several have, the first one's is taken.
 */
export function linkForOpenTofu(target: string, sources: readonly string[]): void {
  rmSync(target, { recursive: true, force: true });
  for (const source of sources) {
    const from = join(source, "hashicorp");
    for (const name of ["aws", "archive"]) {
      const to = join(target, TOFU_REGISTRY_HOST, "hashicorp", name);
      for (const entry of attempt(() => readdirSync(join(from, name))) ?? []) {
        const packages = entry.endsWith(`_${terraformPlatform()}.zip`) ? entry : join(entry, terraformPlatform());
        if (!existsSync(join(from, name, packages)) || existsSync(join(to, packages))) continue;
        mkdirSync(dirname(join(to, packages)), { recursive: true });
        symlinkSync(join(from, name, packages), join(to, packages));
      }
    }
  }
}

/** The versions of a HashiCorp provider in a host's directory for this platform, unpacked or as zips, newest first. */
function providerVersions(providers: string, name: string): string[] {
  const directory = join(providers, "hashicorp", name);
  const platform = terraformPlatform();
  const zip = new RegExp(`^terraform-provider-${name}_(.+)_${platform}\\.zip$`);
  const versions = (attempt(() => readdirSync(directory)) ?? []).flatMap((entry) => {
    const packed = zip.exec(entry)?.[1];
    if (packed) return [packed];
    const unpacked = attempt(() => readdirSync(join(directory, entry, platform)));
    return unpacked?.some((file) => file.startsWith(`terraform-provider-${name}`)) ? [entry] : [];
  });
  return semver.rsort(versions.filter((version) => semver.valid(version)));
}

/** The platform of provider packages, such as "linux_amd64". */
export function terraformPlatform(os = process.platform, architecture: string = process.arch): string {
  const goArch: Record<string, string> = { x64: "amd64", ia32: "386" };
  return `${os}_${goArch[architecture] ?? architecture}`;
}

/** A directory may be missing, or closed to this user. */
function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
