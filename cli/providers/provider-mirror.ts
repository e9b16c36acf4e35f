import fs from "node:fs";
import path from "node:path";
import { compareVersions, isVersion, satisfies } from "./version-constraint";

/** The public registry's host name, which is also the first directory of every mirror. */
export const REGISTRY_HOST = "registry.terraform.io";

/** The environment variable that names a mirror's directory. */
export const MIRROR_VARIABLE = "METRONOME_PROVIDER_MIRROR";

/** An entry of a directory. */
export interface DirectoryEntry {
  readonly name: string;
  /** What it is by itself: a link to a directory is a link. */
  readonly kind: "directory" | "file" | "link";
}

/** What the search needs of a file system. Nothing here throws. */
export interface MirrorFileSystem {
  /** The entries of a directory, none when it is missing or may not be read. */
  list(directory: string): readonly DirectoryEntry[];
  /** Whether programs in it may be run though nobody named it: it belongs to root or to this user, and not everybody may write to it. */
  isTrusted(directory: string): boolean;
}

/** Where and how to look for a mirror. */
export interface MirrorSearch {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home directory; "" for none. */
  readonly home: string;
  /** The directory Terraform's `terraform.d/plugins` is relative to. */
  readonly workingDirectory: string;
  /** Directories that the user's own Terraform CLI configuration names as filesystem mirrors. */
  readonly configured: readonly string[];
  /** A Node.js platform, such as `process.platform`. */
  readonly os: NodeJS.Platform;
  /** The Terraform version constraint for hashicorp/aws, such as ">= 5.100.0, < 7". */
  readonly awsConstraint: string;
  /** The provider packages' platform, such as "linux_amd64"; see {@link terraformPlatform}. */
  readonly platform: string;
  readonly fileSystem: MirrorFileSystem;
  /** Milliseconds that the search near the root of the file system may take. @default 2000 */
  readonly budgetMs?: number;
  /** The time in milliseconds. @default Date.now */
  readonly now?: () => number;
}

/** How a mirror was found. */
export type MirrorOrigin =
  | typeof MIRROR_VARIABLE
  | "Terraform CLI configuration"
  | "Terraform's implied mirror directory"
  | "search near the root of the file system";

/** A filesystem mirror that holds hashicorp/aws for the platform. */
export interface Mirror {
  /** The directory that holds the directory `registry.terraform.io`. */
  readonly root: string;
  readonly foundBy: MirrorOrigin;
  /** The versions of hashicorp/aws for the platform, newest first; at least one. */
  readonly awsVersions: readonly string[];
  /** The versions of hashicorp/archive for the platform, newest first. */
  readonly archiveVersions: readonly string[];
}

/** Directories below the root of a file system that are no place for a mirror, or slow, or anybody's to write to. */
const SKIPPED = new Set(
  ["boot", "dev", "lost+found", "net", "Network", "private", "proc", "run", "snap", "sys", "System", "tmp"].map(
    (name) => name.toLowerCase(),
  ),
);

const SEARCH_DEPTH = 3;

/**
 * Finds a filesystem mirror with hashicorp/aws for the platform: the one that METRONOME_PROVIDER_MIRROR names, else those of the
 * user's Terraform CLI configuration, else Terraform's own implied mirror directories, else a directory named
 * `registry.terraform.io` at most three levels below the root of the file system. The first that holds a version within the
 * constraint is taken; if none does, the first of all, so that the caller can say what is wrong with it.
 *
 * @returns undefined when there is none
 * @throws Error when METRONOME_PROVIDER_MIRROR names a directory that does not serve, or the constraint cannot be read
 */
export function findMirror(search: MirrorSearch): Mirror | undefined {
  const named = search.env[MIRROR_VARIABLE];
  if (named) {
    return namedMirror(search, named);
  }
  let unfit: Mirror | undefined;
  for (const [root, foundBy] of candidates(search)) {
    const mirror = readMirror(search, root, foundBy);
    if (mirror?.awsVersions.some((version) => satisfies(version, search.awsConstraint))) {
      return mirror;
    }
    unfit ??= mirror;
  }
  return unfit;
}

/** The directories in which Terraform itself looks for providers before it asks the registry. */
export function impliedMirrorDirectories(
  search: Pick<MirrorSearch, "env" | "home" | "os" | "workingDirectory">,
): string[] {
  const { env, home, os } = search;
  const directories = [path.join(search.workingDirectory, "terraform.d", "plugins")];
  if (os === "win32") {
    if (env.APPDATA) {
      directories.push(
        path.join(env.APPDATA, "terraform.d", "plugins"),
        path.join(env.APPDATA, "HashiCorp", "Terraform", "plugins"),
      );
    }
    return directories;
  }
  if (home) {
    directories.push(path.join(home, ".terraform.d", "plugins"));
  }
  if (os === "darwin") {
    const support = path.join("Library", "Application Support", "io.terraform", "plugins");
    return [...directories, ...(home ? [path.join(home, support)] : []), path.join("/", support)];
  }
  const dataHome = env.XDG_DATA_HOME || (home ? path.join(home, ".local", "share") : "");
  const dataDirectories = (env.XDG_DATA_DIRS || "/usr/local/share:/usr/share").split(":");
  return [
    ...directories,
    ...[dataHome, ...dataDirectories].filter(Boolean).map((data) => path.join(data, "terraform", "plugins")),
  ];
}

/**
 * The platform of provider packages, such as "linux_amd64", for a Node.js platform and architecture.
 *
 * @throws Error when Terraform has no name for it
 */
export function terraformPlatform(os: NodeJS.Platform, architecture: string): string {
  const goOs = os === "win32" ? "windows" : os;
  const goArch: Record<string, string> = { x64: "amd64", arm64: "arm64", ia32: "386", arm: "arm" };
  const arch = goArch[architecture];
  if (!arch) {
    throw new Error(
      `No Terraform provider is known for the processor architecture "${architecture}": use one of ${Object.keys(goArch).join(", ")}.`,
    );
  }
  return `${goOs}_${arch}`;
}

/** The file system of this machine, as the search needs it. */
export function realMirrorFileSystem(): MirrorFileSystem {
  const attempt = <T>(read: () => T, otherwise: T): T => {
    try {
      return read();
    } catch {
      return otherwise;
    }
  };
  return {
    list: (directory) =>
      attempt(
        () =>
          fs.readdirSync(directory, { withFileTypes: true }).map((entry) => ({
            name: entry.name,
            kind: entry.isDirectory()
              ? ("directory" as const)
              : entry.isSymbolicLink()
                ? ("link" as const)
                : ("file" as const),
          })),
        [],
      ),
    isTrusted: (directory) =>
      attempt(() => {
        const { uid, mode } = fs.statSync(directory);
        const writableByAll = (mode & 0o002) !== 0;
        return !writableByAll && (uid === 0 || uid === process.getuid?.());
      }, false),
  };
}

function namedMirror(search: MirrorSearch, named: string): Mirror {
  const directory = path.resolve(search.workingDirectory, named);
  const root = path.basename(directory) === REGISTRY_HOST ? path.dirname(directory) : directory;
  const mirror = readMirror(search, root, MIRROR_VARIABLE);
  if (!mirror) {
    throw new Error(
      `${MIRROR_VARIABLE} is "${named}", and ${path.join(root, REGISTRY_HOST, "hashicorp", "aws")} holds no provider for ${search.platform}. ` +
        "Name the directory that `terraform providers mirror DIRECTORY` filled, or unset the variable.",
    );
  }
  return mirror;
}

/** The directories that may be a mirror, in order; the file system is searched only when all others have been tried. */
function* candidates(search: MirrorSearch): Generator<[root: string, foundBy: MirrorOrigin]> {
  for (const root of search.configured) {
    yield [root, "Terraform CLI configuration"];
  }
  for (const root of impliedMirrorDirectories(search)) {
    yield [root, "Terraform's implied mirror directory"];
  }
  for (const root of directoriesNearRoot(search)) {
    yield [root, "search near the root of the file system"];
  }
}

function readMirror(search: MirrorSearch, root: string, foundBy: MirrorOrigin): Mirror | undefined {
  const awsVersions = providerVersions(search, root, "aws");
  if (awsVersions.length === 0) {
    return undefined;
  }
  return { root, foundBy, awsVersions, archiveVersions: providerVersions(search, root, "archive") };
}

/** The versions of a HashiCorp provider in a mirror, unpacked or as zips, newest first. */
function providerVersions({ fileSystem, platform }: MirrorSearch, root: string, name: string): string[] {
  const directory = path.join(root, REGISTRY_HOST, "hashicorp", name);
  const zip = new RegExp(`^terraform-provider-${name}_(.+)_${platform}\\.zip$`);
  const versions = fileSystem.list(directory).flatMap((entry) => {
    const packed = zip.exec(entry.name)?.[1];
    if (packed && entry.kind !== "directory") {
      return [packed];
    }
    const unpacked = fileSystem.list(path.join(directory, entry.name, platform));
    return unpacked.some((file) => file.name.startsWith(`terraform-provider-${name}`)) ? [entry.name] : [];
  });
  return [...new Set(versions.filter(isVersion))].sort((left, right) => compareVersions(right, left));
}

/** The parents of trusted directories named `registry.terraform.io` near the root, the nearest first, within the budget. */
function* directoriesNearRoot(search: MirrorSearch): Generator<string> {
  const now = search.now ?? Date.now;
  const deadline = now() + (search.budgetMs ?? 2000);
  const top = path.parse(search.workingDirectory).root;
  let level = [top];
  for (let depth = 1; depth <= SEARCH_DEPTH; depth++) {
    const next: string[] = [];
    for (const directory of level) {
      if (now() > deadline) {
        return;
      }
      for (const { name, kind } of search.fileSystem.list(directory)) {
        if (kind !== "directory" || (directory === top && SKIPPED.has(name.toLowerCase()))) {
          continue;
        }
        const found = path.join(directory, name);
        if (name !== REGISTRY_HOST) {
          next.push(found);
        } else if (search.fileSystem.isTrusted(found)) {
          yield directory;
        }
      }
    }
    level = next.sort();
  }
}
