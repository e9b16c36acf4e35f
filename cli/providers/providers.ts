import fs from "node:fs";
import path from "node:path";
import { ARCHIVE_VERSION, buildArchiveStandIn, STAND_IN_ENV } from "../../emulator/archive-stub";
import { type ChooseProvidersOptions, chooseProviders, type ProviderChoice } from "./provider-choice";
import { type Mirror, REGISTRY_HOST, terraformPlatform } from "./provider-mirror";
import { type FilesystemMirrorBlock, renderCliConfig } from "./terraform-cli-config";

/** What {@link prepareProviders} works with. */
export interface PrepareProvidersOptions extends ChooseProvidersOptions {
  /** The project's directory for things that git ignores, such as `.metronome`. */
  readonly workDir: string;
  /** Is told of steps that take long, before they begin. @default silence */
  readonly say?: (message: string) => void;
}

/** Terraform takes providers from the registry, or as the user's own Terraform CLI configuration says. */
export interface RegistryProviders {
  readonly kind: "registry";
  /** Changes when the providers do; for `forgetForeignLock`. */
  readonly fingerprint: string;
  /** Sentences for the user; often none. */
  readonly notes: readonly string[];
  /** What to add to Terraform's environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** Terraform takes providers from a filesystem mirror on this machine. */
export interface MirrorProviders {
  readonly kind: "mirror";
  /** Changes when the providers do; for `forgetForeignLock`. */
  readonly fingerprint: string;
  /** The Terraform CLI configuration that was written. */
  readonly cliConfigFile: string;
  /** The directory of the mirror. */
  readonly mirrorDir: string;
  /** The mirror's versions of hashicorp/aws that fit the need, newest first; Terraform takes the first. */
  readonly awsVersions: readonly string[];
  /** Whether archive_file is served by the real provider or by the project's stand-in. */
  readonly archiveFrom: "mirror" | "stand-in";
  /** Sentences for the user. */
  readonly notes: readonly string[];
  /** What to add to Terraform's environment. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Makes the providers ready that {@link chooseProviders} finds, with the project's stand-in for hashicorp/archive where a mirror lacks
 * it.
 *
 * @throws Error as chooseProviders does, and when the stand-in cannot be built; it says what to do
 */
export async function prepareProviders(options: PrepareProvidersOptions): Promise<RegistryProviders | MirrorProviders> {
  const choice = await chooseProviders(options);
  return choice.kind === "registry" ? fromRegistry(choice) : fromMirror(options, choice);
}

function fromRegistry({ user, notes }: Extract<ProviderChoice, { kind: "registry" }>): RegistryProviders {
  return {
    kind: "registry",
    fingerprint: "registry",
    notes,
    env: user.namesMissingFile ? { TF_CLI_CONFIG_FILE: "" } : {},
  };
}

async function fromMirror(
  options: PrepareProvidersOptions,
  { mirror, awsVersions, archiveFrom, note }: Extract<ProviderChoice, { kind: "mirror" }>,
): Promise<MirrorProviders> {
  const workDir = path.resolve(options.workDir);
  const archive = archiveFrom === "mirror" ? realArchive(mirror) : await standInArchive(options, mirror, workDir);
  const cliConfigFile = path.join(workDir, "terraform.tfrc");
  writeFile(cliConfigFile, renderCliConfig(archive.blocks));
  return {
    kind: "mirror",
    fingerprint: `mirror ${mirror.root} archive ${archive.identity}`,
    cliConfigFile,
    mirrorDir: mirror.root,
    awsVersions,
    archiveFrom,
    notes: [note, ...archive.notes],
    env: { ...mirrorEnv(cliConfigFile), ...archive.env },
  };
}

/** Where hashicorp/archive comes from next to a mirror. */
interface ArchiveSource {
  readonly identity: string;
  readonly blocks: readonly FilesystemMirrorBlock[];
  readonly notes: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

function realArchive(mirror: Mirror): ArchiveSource {
  return { identity: ARCHIVE_VERSION, blocks: [{ directory: mirror.root }], notes: [], env: {} };
}

async function standInArchive(
  options: PrepareProvidersOptions,
  mirror: Mirror,
  workDir: string,
): Promise<ArchiveSource> {
  const platform = terraformPlatform(process.platform, process.arch);
  const sourceDir = path.join(options.projectDir, "emulator", "archive-stub");
  const standIn = await buildArchiveStandIn({ sourceDir, workDir, env: options.env, platform, say: options.say });
  const archive = [`${REGISTRY_HOST}/hashicorp/archive`];
  const built = standIn.buildSeconds > 0 ? `, built in ${standIn.buildSeconds.toFixed(0)} s` : "";
  return {
    identity: standIn.key,
    blocks: [
      { directory: mirror.root, exclude: archive },
      { directory: standIn.mirrorDir, include: archive },
    ],
    notes: [
      `The mirror has no hashicorp/archive ${ARCHIVE_VERSION}: the project's stand-in serves archive_file${built}. It works for the local environment only.`,
    ],
    env: STAND_IN_ENV,
  };
}

/**
 * The plugin cache is off, cdktf's own too: a provider of the local environment, the stand-in above all, must not get into a
 * directory from which other environments take theirs.
 */
function mirrorEnv(cliConfigFile: string): Record<string, string> {
  return {
    TF_CLI_CONFIG_FILE: cliConfigFile,
    TF_PLUGIN_CACHE_DIR: "",
    CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
    CHECKPOINT_DISABLE: "1",
  };
}

/** Writes a file in one step, so that another run never reads half of it. */
function writeFile(file: string, text: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  fs.writeFileSync(temporary, text);
  fs.renameSync(temporary, file);
}
