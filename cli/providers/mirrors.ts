import { readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import semver from "semver";
import { ARCHIVE_VERSION } from "../../emulator/archive-stub";

/** The public registry's host name. It is also the first directory of every mirror. */
export const REGISTRY_HOST = "registry.terraform.io";

/** A filesystem mirror of providers for this platform. */
export interface Mirror {
  /** The directory that holds the directory `registry.terraform.io`. */
  readonly root: string;
  /** The versions of hashicorp/aws, newest first. */
  readonly awsVersions: readonly string[];
  /** Whether it holds the release of hashicorp/archive that the project pins. */
  readonly hasArchive: boolean;
}

/**
 * The directories in which Terraform looks for providers before it asks the registry, and the mirrors directly below
 * `mirrorsDir`.
 */
export function impliedMirrors(
  env: Readonly<Record<string, string | undefined>>,
  projectDir: string,
  mirrorsDir: string,
): string[] {
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
    ...(attempt(() => readdirSync(mirrorsDir)) ?? [])
      .map((name) => join(mirrorsDir, name))
      .filter((root) => attempt(() => isTrusted(join(root, REGISTRY_HOST)))),
  ];
}

/** Whether a directory belongs to root or to this user, and not all users can put programs into it. */
function isTrusted(directory: string): boolean {
  const { uid, mode } = statSync(directory);
  return (mode & 0o002) === 0 && (uid === 0 || uid === process.getuid?.());
}

/** @param directory a mirror, or its directory `registry.terraform.io`; it need not exist. */
export function readMirror(directory: string): Mirror {
  const root = basename(directory) === REGISTRY_HOST ? dirname(directory) : directory;
  return {
    root,
    awsVersions: providerVersions(root, "aws"),
    hasArchive: providerVersions(root, "archive").includes(ARCHIVE_VERSION),
  };
}

/** The versions of a HashiCorp provider in a mirror for this platform, unpacked or as zips, newest first. */
function providerVersions(root: string, name: string): string[] {
  const directory = join(root, REGISTRY_HOST, "hashicorp", name);
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
